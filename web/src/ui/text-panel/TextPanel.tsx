import { useComputed } from '@preact/signals';
import { corpora, corpusOf, FIRST_SEED } from '../../corpora/corpora';
import { sizeOf } from '../../recipe/entries';
import { settingOf } from '../../recipe/schema';
import { formatBytes, formatCount, formatShare } from '../../state/format';
import { beginningOf } from '../../state/beginning';
import { FilePicker } from '../file-picker/FilePicker';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useAttention } from '../use-attention';
import { FaultList } from './FaultList';
import { SampleFacts } from './SampleFacts';
import './TextPanel.css';

const OWN = 'own';
const tokenizer = settingOf('tokenizer')!;
const MOST_NAMES = 8;

export function TextPanel() {
  const app = useApp();
  const { text, recipe } = app;
  const section = useAttention<HTMLElement>('text');
  const preview = useComputed(() => beginningOf(text.text.value?.bytes ?? new Uint8Array()));
  const current = text.text.value;
  const corpus = corpusOf(current?.corpus ?? null);
  const trouble = text.error.value?.message ?? recipe.textProblem.value;
  return (
    <section class="panel text-panel" ref={section} aria-labelledby="text-title">
      <div class="panel-head">
        <h2 id="text-title">Text</h2>
        <select
          class="plain-select small"
          aria-label="Text to learn from"
          value={current?.corpus ?? OWN}
          onChange={(event) => {
            const chosen = corpusOf(event.currentTarget.value);
            if (chosen) void app.bring.useCorpus(chosen);
          }}
        >
          {current && current.corpus === null && <option value={OWN}>{current.name}</option>}
          {corpora.map(({ key, name }) => (
            <option key={key} value={key}>
              {name} (sample)
            </option>
          ))}
        </select>
      </div>
      {corpus && <SampleFacts corpus={corpus} seed={current?.seed ?? FIRST_SEED} />}
      <p class="text-preview" aria-label="Beginning of the text">
        {preview}
      </p>
      <TextFacts />
      {current?.parts && <Parts names={current.parts} />}
      {trouble && <Trouble>{trouble}</Trouble>}
      <FaultList />
      <div class="text-actions small">
        <FilePicker
          look="link"
          label="Text files to open"
          multiple
          testId="text-file"
          onFiles={(files) => void app.bring.openFiles(files)}
        >
          Open files
        </FilePicker>
        <span class="muted drop-hint">or drop them</span>
        <button class="link" type="button" onClick={() => (app.view.editor.value = true)}>
          Paste or edit
        </button>
        <button class="link" type="button" onClick={() => (app.address.open.value = true)}>
          From an address
        </button>
        <button class="link" type="button" onClick={() => (app.textView.open.value = true)}>
          See its tokens
        </button>
      </div>
    </section>
  );
}

// The files that the text was joined from, in their order.
function Parts({ names }: { names: readonly string[] }) {
  const rest = names.length - MOST_NAMES;
  return (
    <p class="text-parts small muted">
      Joined in this order: {names.slice(0, MOST_NAMES).join(', ')}
      {rest > 0 && `, and ${rest} more`}.
    </p>
  );
}

function TextFacts() {
  const { text, recipe } = useApp();
  const report = text.report.value;
  const held = Number(recipe.recipe.value?.val_fraction ?? NaN);
  const asked = Number(sizeOf(tokenizer, recipe.entries.value.tokenizer ?? '') ?? 0);
  if (text.reading.value !== null) {
    return <p class="text-facts small muted text-reading">Reading “{text.reading.value}” …</p>;
  }
  return (
    <p class="text-facts small muted">
      <span class="mono">{report ? formatBytes(report.bytes) : '–'}</span>,{' '}
      <span class="mono">{formatCount(report?.characters)}</span> characters,{' '}
      <span class="mono">{formatCount(report?.vocab_size)}</span> different tokens
      {report && report.vocab_size < asked && ', as many as the text gives'}.{' '}
      {Number.isFinite(held) && (
        <>
          <span class="mono">{formatShare(1 - held)}</span> to learn from,{' '}
          <span class="mono">{formatShare(held)}</span> held out.
        </>
      )}
    </p>
  );
}
