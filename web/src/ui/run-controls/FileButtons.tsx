import { useRef } from 'preact/hooks';
import { downloadRun } from '../download';
import { useApp } from '../use-app';

// Saves the run as a file, and opens one.
export function FileButtons() {
  const app = useApp();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        class="button"
        type="button"
        aria-disabled={!app.run.alive.value}
        onClick={() => void downloadRun(app.files)}
      >
        Save
      </button>
      <button class="button" type="button" onClick={() => picker.current?.click()}>
        Open
      </button>
      <input
        ref={picker}
        class="visually-hidden"
        type="file"
        tabIndex={-1}
        accept=".safetensors"
        aria-label="Saved run to open"
        data-testid="run-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          event.currentTarget.value = '';
          if (file) void app.files.open(file);
        }}
      />
    </>
  );
}
