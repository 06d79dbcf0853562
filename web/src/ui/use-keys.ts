import { useEffect } from 'preact/hooks';
import { keyAction } from '../state/keys';
import { useApp } from './use-app';

export const PROMPT_ID = 'prompt';

// The page's keys. They are left to a control that has the focus and a use for them.
export function useKeys(): void {
  const app = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body;
      const dialog = target.closest('dialog');
      // For a moment after it was closed, the focus is still in a dialog.
      const focused = dialog && !dialog.open ? 'body' : target.tagName.toLowerCase();
      const action = keyAction(event, focused, dialog?.open ?? false);
      if (!action) return;
      event.preventDefault();
      if (action === 'toggle') void app.control.toggle();
      if (action === 'single') void app.control.single();
      if (action === 'generate') void app.write.generate();
      if (action === 'share') app.share.open.value = true;
      if (action === 'prompt') document.getElementById(PROMPT_ID)?.focus();
      if (action === 'keys') app.view.keys.value = true;
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [app]);
}
