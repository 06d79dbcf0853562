import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import { SplitBar } from './SplitBar';
import { Summary } from './Summary';
import './TextView.css';
import { TokenWindow } from './TokenWindow';
import { Vocabulary } from './Vocabulary';

// The text as the model reads it: tokens, a window at a time, where it is split, of which characters
// it is made, and how much of the held-out part is no news.
export function TextView() {
  const { textView } = useApp();
  const close = () => (textView.open.value = false);
  const open = textView.open.value;
  return (
    <dialog class="text-view" aria-labelledby="text-view-title" {...useDialog(open, close)}>
      {open && <Body close={close} />}
    </dialog>
  );
}

function Body({ close }: { close: () => void }) {
  const { text, textView } = useApp();
  const problem = textView.problem.value;
  return (
    <>
      <div class="panel-head text-view-head">
        <h2 id="text-view-title">{text.text.value?.name ?? 'Text'}</h2>
        <button class="link" type="button" onClick={close}>
          Close
        </button>
      </div>
      <div class="text-view-body">
        {problem && <Trouble>The text could not be looked at: {problem}.</Trouble>}
        <Summary />
        <SplitBar />
        <TokenWindow />
        <Vocabulary />
      </div>
    </>
  );
}
