import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { useApp } from '../use-app';
import { droppedFiles } from './dropped-files';
import './DropTarget.css';

const TYPED_INTO = 'input, textarea, select, dialog';

// The whole page takes dropped files, texts or a saved run, and a pasted text.
export function DropTarget() {
  const app = useApp();
  const over = useSignal(false);
  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      over.value = true;
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) over.value = false;
    };
    const onDrop = (event: DragEvent) => {
      over.value = false;
      if (!hasFiles(event)) return;
      event.preventDefault();
      void droppedFiles(event.dataTransfer).then((files) => app.bring.openFiles(files));
    };
    const onPaste = (event: ClipboardEvent) => {
      if (event.target instanceof Element && event.target.closest(TYPED_INTO)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      const words = event.clipboardData?.getData('text/plain') ?? '';
      if (files.length > 0) void app.bring.openFiles(files);
      else if (words) void app.bring.usePasted(words);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
      removeEventListener('paste', onPaste);
    };
  }, [app, over]);
  if (!over.value) return null;
  return (
    <div class="drop-target" aria-hidden="true">
      <p>
        Let go: a text to learn from, several to be joined, a saved run to go on with, or another
        program’s model.
      </p>
    </div>
  );
}
