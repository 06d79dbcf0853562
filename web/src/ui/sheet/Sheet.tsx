import type { ComponentChildren } from 'preact';
import type { SheetName } from '../../state/view-state';
import { useApp } from '../use-app';
import { useDialog } from '../use-dialog';
import './Sheet.css';

interface Props {
  readonly name: SheetName;
  readonly title: string;
  readonly children: ComponentChildren;
}

// Settings on a narrow page: they come from below and leave the curve in sight.
export function Sheet({ name, title, children }: Props) {
  const { view } = useApp();
  const open = view.sheet.value === name;
  const close = () => {
    if (view.sheet.value !== name) return;
    view.sheet.value = null;
    view.attention.value = null;
  };
  return (
    <dialog class="sheet" aria-label={title} {...useDialog(open, close)}>
      {open && (
        <>
          <div class="sheet-bar">
            <span class="sheet-title" aria-hidden="true">
              {title}
            </span>
            <button class="link" type="button" onClick={close}>
              Close
            </button>
          </div>
          {children}
        </>
      )}
    </dialog>
  );
}
