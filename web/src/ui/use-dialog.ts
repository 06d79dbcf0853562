import { useEffect, useRef } from 'preact/hooks';

// Shows a <dialog> as modal while `open`, so that the browser keeps the focus in it and gives it
// back afterwards; pressing Escape or beside it closes it.
export function useDialog(open: boolean, close: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  // The browser tells of each closing later, when the dialog may be wanted again already.
  const closing = useRef(false);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) {
      closing.current = true;
      dialog.close();
    }
  }, [open]);
  return {
    ref,
    onCancel: (event: Event) => {
      if (event.target !== ref.current) return; // a file picker inside was left
      event.preventDefault();
      close();
    },
    onClose: () => {
      if (!closing.current) close();
      closing.current = false;
    },
    onClick: (event: MouseEvent) => {
      if (event.target === ref.current) close();
    },
  };
}
