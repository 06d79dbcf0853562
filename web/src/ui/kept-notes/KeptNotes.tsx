import { offerKind, offerSentence } from '../../state/kept-words';
import { downloadRun } from '../download';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';

// What a person should know of what the browser keeps: a run to go on with, one that another tab
// has, and what cannot be kept.
export function KeptNotes() {
  return (
    <>
      <Offer />
      <Viewed />
      <StorageTrouble />
    </>
  );
}

function Offer() {
  const app = useApp();
  const { kept, keeper, library, offer } = app;
  const refused = kept.elsewhere.value;
  const record = refused ?? offer.record.value;
  if (!record || keeper.busy.value) return null;
  const kind = offerKind(record, refused !== null || library.elsewhere.value.has(record.id));
  const dismiss = () => {
    kept.dismiss();
    offer.decline();
  };
  return (
    <p role="status">
      {offerSentence(record, kind, Date.now())}{' '}
      {kind === 'elsewhere' ? (
        <>
          <Act label="View" act={() => void kept.open(record.id, 'view')} />{' '}
          <Act label="Fork" act={() => void kept.open(record.id, 'fork')} />
        </>
      ) : (
        <Act
          label={kind === 'go-on' ? 'Go on' : 'Open it'}
          act={() => void app.control.goOn(record)}
        />
      )}{' '}
      <Act label="Not now" act={dismiss} />
    </p>
  );
}

function Viewed() {
  const record = useApp().kept.viewed.value;
  if (!record) return null;
  return (
    <p role="status">
      You look at “{record.name}” as another tab kept it. Training here goes on as a fork of it.
    </p>
  );
}

function StorageTrouble() {
  const { library, files, run } = useApp();
  const problem = library.problem.value;
  const notice = library.notice.value;
  return (
    <>
      {problem && (
        <div class="kept-trouble">
          <Trouble>{problem.message}</Trouble>
          {run.alive.value && <Act label="Save as a file" act={() => void downloadRun(files)} />}
        </div>
      )}
      {notice && (
        <p role="status">
          {notice} <Act label="I see" act={() => (library.notice.value = null)} />
        </p>
      )}
    </>
  );
}

function Act({ label, act }: { label: string; act: () => void }) {
  return (
    <button class="link" type="button" onClick={act}>
      {label}
    </button>
  );
}
