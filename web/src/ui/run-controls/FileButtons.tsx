import { downloadRun } from '../download';
import { FilePicker } from '../file-picker/FilePicker';
import { useApp } from '../use-app';

// Saves the run as a file, and opens one.
export function FileButtons() {
  const { files, run } = useApp();
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
      <FilePicker
        look="button"
        label="Saved run to open"
        accept=".safetensors"
        testId="run-file"
        onFiles={([file]) => void files.open(file!)}
      >
        Open
      </FilePicker>
    </>
  );
}
