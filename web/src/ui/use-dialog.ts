import { useEffect, useRef } from 'preact/hooks';

// Shows a <dialog> as modal while `open`, so that the browser keeps the focus in it and gives it
// back afterwards; pressing Escape or beside it closes it.
export function useDialog(open: boolean, close: () => void) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog) return;
    if (open && !dialog.open) dialog.showModal();
    if (!open && dialog.open) dialog.close();
  }, [open]);
  return {
    ref,
    onClose: close,
    onClick: (event: MouseEvent) => {
      if (event.target === ref.current) close();
    },
  };
}
