import { linkSentence, lengthSentence } from '../../share/words';
import { formatCount } from '../../state/format';
import { corpusName } from '../../state/share-text';
import { downloadRun } from '../download';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { Along } from './Along';
import { CopyButton } from './CopyButton';
import { linkTo } from './address';

// Longer ones are copied, and are not put into the page's own address.
const LONGEST_ADDRESS = 2000;

export function LinkSection() {
  const { share, run } = useApp();
  const past = {
    rescheduled: run.alive.value && run.pastSchedules.value.length > 0,
    fromModel: share.subject?.info.from_model ?? false,
  };
  const status = share.link.value;
  const made = status.name === 'made' ? status : null;
  const url = made ? linkTo(made.fragment) : '';
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    // In place of the present address, so that Back still goes back.
    if (url.length <= LONGEST_ADDRESS) history.replaceState(null, '', url);
  };
  return (
    <section class="share-section" aria-labelledby="share-link-title">
      <h3 id="share-link-title">Link</h3>
      {status.name === 'none' ? (
        <>
          <Trouble>{status.reason}</Trouble>
          <SaveButton />
        </>
      ) : (
        <p class="small muted share-says">
          {made ? linkSentence(made.shared, corpusName, past) : 'Making the link …'}
        </p>
      )}
      <div class="share-row">
        <input
          class="share-text mono"
          type="text"
          readOnly
          aria-label="Link"
          value={url}
          onFocus={(event) => event.currentTarget.select()}
        />
        {made && <CopyButton label="Copy link" copy={copy} subject={url} primary />}
        {made && 'share' in navigator && (
          <button
            class="button"
            type="button"
            onClick={() =>
              void navigator.share({ title: 'Clearformer', url }).catch(() => undefined)
            }
          >
            Send
          </button>
        )}
      </div>
      <p class="small muted share-length">
        {made && (
          <>
            <span class="mono">{formatCount(url.length)}</span> characters.{' '}
            {lengthSentence(url.length)}
          </>
        )}
      </p>
      <Along />
    </section>
  );
}

// What no link carries, a file does.
function SaveButton() {
  const { files, run } = useApp();
  if (!run.alive.value) return null;
  return (
    <div>
      <button class="button" type="button" onClick={() => void downloadRun(files)}>
        Save the run as a file
      </button>
    </div>
  );
}
