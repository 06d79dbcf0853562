import { formatBytes, formatCount } from '../../state/format';
import { PIECE } from '../../text/repeats';
import { useApp } from '../use-app';

// The text in figures, and how much of its held-out part the training part tells already.
export function Summary() {
  const { text, textView } = useApp();
  const analysis = textView.analysis.value;
  const bytes = text.text.value?.bytes.length ?? 0;
  const figures = [
    [formatBytes(bytes), 'size'],
    [formatCount(analysis?.characters), 'characters'],
    [formatCount(analysis?.lines), 'lines'],
    [formatCount(analysis?.vocabulary.length), 'different characters'],
    [formatCount(analysis ? textView.tokens.value : null), 'tokens'],
  ] as const;
  return (
    <>
      <dl class="text-figures">
        {figures.map(([value, label]) => (
          <div key={label}>
            <dt class="small muted">{label}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
      <p class="small text-repeats" data-testid="repeats">
        {analysis ? repeats(analysis.repeated, textView.held.value) : 'Looking through the text …'}
      </p>
    </>
  );
}

function repeats(share: number | null, held: number): string {
  if (held === 0) return 'Nothing is held out, so there is nothing to compare.';
  if (share === null) return `The held-out part is too short to compare: less than ${PIECE} bytes.`;
  const percent = share > 0 && share < 0.01 ? 'Less than 1' : String(Math.round(share * 100));
  return (
    `${percent} % of the held-out part stands word for word in the training part, counted in pieces ` +
    `of ${PIECE} bytes: so much of it a model may know by heart rather than understand.`
  );
}
