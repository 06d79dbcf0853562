import { useRef } from 'preact/hooks';
import { formatBytes } from '../../state/format';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import './TextEditor.css';

// More than this makes a text area slow.
const MOST_EDITABLE = 2_000_000; // bytes

// Where a text is pasted, written, or changed.
export function TextEditor() {
  const app = useApp();
  const open = app.view.editor.value;
  const close = () => (app.view.editor.value = false);
  return (
    <dialog class="text-editor" aria-labelledby="editor-title" {...useDialog(open, close)}>
      {open && <Body close={close} />}
    </dialog>
  );
}

function Body({ close }: { close: () => void }) {
  const app = useApp();
  const area = useRef<HTMLTextAreaElement>(null);
  const text = app.text.text.value;
  const tooLong = (text?.bytes.length ?? 0) > MOST_EDITABLE;
  const words = text && !tooLong ? new TextDecoder().decode(text.bytes) : '';
  const use = () => {
    const now = area.current?.value ?? '';
    close();
    if (now !== words)
      void app.bring.usePasted(now, text && !tooLong ? editedName(text.name) : undefined);
  };
  return (
    <form
      class="editor-body"
      onSubmit={(event) => {
        event.preventDefault();
        use();
      }}
    >
      <h2 id="editor-title">Text</h2>
      <p class="small muted">
        {text && tooLong
          ? `“${text.name}” has ${formatBytes(text.bytes.length)}, too long to edit here; what you paste takes its place.`
          : 'Paste over it, or change it. The next run learns from what stands here.'}
      </p>
      <textarea ref={area} aria-labelledby="editor-title" spellcheck={false} defaultValue={words} />
      <div class="editor-actions">
        <button class="button" type="button" onClick={close}>
          Cancel
        </button>
        <button class="button primary" type="submit">
          Use this text
        </button>
      </div>
    </form>
  );
}

function editedName(name: string): string {
  return name.endsWith(', edited') ? name : `${name}, edited`;
}
