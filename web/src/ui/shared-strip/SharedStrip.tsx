import { modelSentence, textName, verdictSentence } from '../../share/words';
import type { Shared } from '../../share/shared';
import type { Verdict } from '../../share/verdict';
import { recipeTitle } from '../../state/recipe-title';
import { corpusName } from '../../state/share-text';
import { FilePicker } from '../file-picker/FilePicker';
import { useApp } from '../use-app';
import './SharedStrip.css';

// What the link says that the page was opened with, and what has become of it.
export function SharedStrip() {
  const { received } = useApp();
  const problem = received.problem.value;
  const shared = received.shared.value;
  const verdict = received.verdict.value;
  if (problem !== null) {
    return (
      <section class="shared-strip" aria-label="The link">
        <p class="shared-words trouble" role="alert">
          This link cannot be opened. {problem}
        </p>
        <Dismiss />
      </section>
    );
  }
  if (!shared || !verdict) return null;
  return (
    <section class={`shared-strip ${verdict.kind}`} aria-label="Shared with you">
      <p class="shared-words">
        <span class="shared-title">
          Shared:{' '}
          <span class="mono">{recipeTitle(textName(shared.text, corpusName), shared.recipe)}</span>
        </span>{' '}
        <span role="status">
          <Words shared={shared} verdict={verdict} />
        </span>
      </p>
      <div class="shared-actions">
        <Actions shared={shared} verdict={verdict} />
        <Dismiss />
      </div>
    </section>
  );
}

interface Props {
  readonly shared: Shared;
  readonly verdict: Verdict;
}

function Words({ shared, verdict }: Props) {
  const { received } = useApp();
  const begun = verdict.kind !== 'waiting' && verdict.kind !== 'needs-text';
  if (shared.model && !begun) return <>{modelSentence(shared, received.model.value)}</>;
  return <>{verdictSentence(verdict, shared, corpusName)}</>;
}

function Actions({ shared, verdict }: Props) {
  const app = useApp();
  const differences = verdict.kind === 'waiting' ? verdict.differences : [];
  const differs = (kind: string) => differences.some((each) => each.kind === kind);
  return (
    <>
      {shared.model && (
        <button class="button primary" type="button" onClick={() => void app.writeFromLink()}>
          Write
        </button>
      )}
      {(verdict.kind === 'needs-text' || differs('text')) && (
        <FilePicker
          look="button"
          label="The sender’s text"
          onFiles={([file]) => void app.bring.openFile(file!)}
        >
          Open the file
        </FilePicker>
      )}
      {differs('recipe') && (
        <button class="link" type="button" onClick={() => app.recipe.use(shared.recipe)}>
          Back to the link’s
        </button>
      )}
    </>
  );
}

function Dismiss() {
  const { received } = useApp();
  const dismiss = () => {
    received.dismiss();
    history.replaceState(null, '', location.pathname + location.search);
  };
  return (
    <button class="link small" type="button" onClick={dismiss}>
      Dismiss
    </button>
  );
}
