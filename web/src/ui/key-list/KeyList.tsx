import { keyList } from '../../state/keys';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import './KeyList.css';

export function KeyList() {
  const { view } = useApp();
  const close = () => (view.keys.value = false);
  return (
    <dialog aria-labelledby="keys-title" {...useDialog(view.keys.value, close)}>
      <div class="key-body">
        <h2 id="keys-title">Keys</h2>
        <dl>
          {keyList.map(({ name, does }) => (
            <div key={name} class="key-row">
              <dt>
                <kbd class="mono">{name}</kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p class="small muted">
          Clearformer is free software, of parts that are:{' '}
          <a href="licences.txt" target="_blank" rel="noopener">
            their licences
          </a>
          .
        </p>
        <button class="button" type="button" onClick={close}>
          Close
        </button>
      </div>
    </dialog>
  );
}
