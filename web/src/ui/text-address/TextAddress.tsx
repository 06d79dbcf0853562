import { publicTexts } from '../../corpora/public-texts';
import { formatBytes } from '../../state/format';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import './TextAddress.css';

// Texts from the network: known ones, and the address of any other. Nothing is fetched before a
// button is pressed.
export function TextAddress() {
  const { address } = useApp();
  const close = () => {
    address.stop();
    address.open.value = false;
  };
  const open = address.open.value;
  return (
    <dialog class="text-address" aria-labelledby="address-title" {...useDialog(open, close)}>
      {open && <Body close={close} />}
    </dialog>
  );
}

function Body({ close }: { close: () => void }) {
  const app = useApp();
  return (
    <div class="dialog-body">
      <div class="panel-head">
        <h2 id="address-title">A text from the network</h2>
        <button class="link" type="button" onClick={close}>
          Close
        </button>
      </div>
      <p class="small muted">
        It is fetched when you ask for it, into this tab, and goes nowhere else.
      </p>
      <ul class="choice-list">
        {publicTexts.map(({ name, about, address }) => (
          <li key={address}>
            <span>
              {name} <span class="small muted">{about}</span>
              <span class="small muted address-line">{address.replace('https://', '')}</span>
            </span>
            <button
              class="button"
              type="button"
              aria-label={`Fetch ${name}`}
              onClick={() => void app.bring.useAddress(address)}
            >
              Fetch
            </button>
          </li>
        ))}
      </ul>
      <OwnAddress />
      <Progress />
    </div>
  );
}

function OwnAddress() {
  const app = useApp();
  const { address } = app;
  const problem = address.problem.value;
  return (
    <form
      class="address-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void app.bring.useAddress(address.entry.value);
      }}
    >
      <label for="address">Another address</label>
      <input
        id="address"
        class="address-field mono"
        type="url"
        autocomplete="off"
        spellcheck={false}
        placeholder="https://example.org/book.txt"
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : 'address-problem'}
        value={address.entry.value}
        onInput={(event) => (address.entry.value = event.currentTarget.value)}
      />
      <button class="button" type="submit">
        Fetch
      </button>
    </form>
  );
}

function Progress() {
  const { address } = useApp();
  const fetching = address.fetching.value;
  const problem = address.problem.value;
  return (
    <div class="address-progress small">
      {fetching && (
        <p role="status">
          Fetching “{fetching.name}”, <span class="mono">{formatBytes(fetching.bytes)}</span> so far{' '}
          <button class="link" type="button" onClick={() => address.stop()}>
            Stop
          </button>
        </p>
      )}
      {problem && <Trouble id="address-problem">{problem}</Trouble>}
    </div>
  );
}
