import { downloadRun } from '../download';
import { FilePicker } from '../file-picker/FilePicker';
import { useApp } from '../use-app';

// Saves the run as a file, exports its model, and opens either. On a narrow page they stand with the
// runs, before which what was opened comes in sight.
export function FileButtons() {
  const { exchange, files, run, view } = useApp();
  const open = async (chosen: readonly File[]) => {
    view.sheet.value = null;
    if (!(await exchange.take(chosen))) await files.open(chosen[0]!);
  };
  return (
    <>
      <button
        class="button"
        type="button"
        aria-disabled={!run.alive.value}
        onClick={() => void downloadRun(files)}
      >
        Save
      </button>
      <button
        class="button"
        type="button"
        aria-haspopup="dialog"
        aria-disabled={!run.alive.value}
        onClick={() => (view.exporting.value = run.alive.value)}
      >
        Export
      </button>
      <FilePicker
        look="button"
        label="Saved run to open, or another program’s model"
        accept=".safetensors,.zip,.json"
        multiple
        testId="run-file"
        onFiles={(chosen) => void open(chosen)}
      >
        Open
      </FilePicker>
    </>
  );
}
