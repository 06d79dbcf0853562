import { recipeTitle } from '../../state/recipe-title';
import { textName } from '../../share/words';
import { corpusName } from '../../state/share-text';
import { useApp } from '../use-app';
import { CopyButton } from './CopyButton';
import { embedSnippet } from './address';

export function EmbedSection() {
  const { share } = useApp();
  const status = share.link.value;
  if (status.name !== 'made') return null;
  const { fragment, shared } = status;
  const title = `Clearformer: ${recipeTitle(textName(shared.text, corpusName), shared.recipe)}`;
  const snippet = embedSnippet(fragment, title);
  return (
    <section class="share-section" aria-labelledby="share-embed-title">
      <h3 id="share-embed-title">In a page of your own</h3>
      <p class="small muted">
        Curve and writing in a frame, with a way to this page. It trains when it is pressed, on one
        thread.
      </p>
      <div class="share-row">
        <textarea
          class="share-text mono small"
          readOnly
          rows={2}
          aria-label="Snippet for a page of your own"
          value={snippet}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton
          label="Copy snippet"
          copy={() => navigator.clipboard.writeText(snippet)}
          subject={snippet}
        />
      </div>
    </section>
  );
}
