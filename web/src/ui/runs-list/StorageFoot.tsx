import { useComputed } from '@preact/signals';
import { ARCHIVE_NAME } from '../../state/run-archive';
import { storageWords } from '../../state/kept-words';
import { downloadBlob } from '../download';
import { FilePicker } from '../file-picker/FilePicker';
import { useApp } from '../use-app';

// How much is kept, what the browser promised, and the way out and in for all of it.
export function StorageFoot() {
  const { library, room, archive } = useApp();
  const words = useComputed(() =>
    storageWords(library.runs.value, room.allowed.value, room.promised.value),
  );
  const exportAll = async () => {
    const blob = await archive.export();
    if (blob) downloadBlob(ARCHIVE_NAME, blob);
  };
  const doing = archive.busy.value;
  return (
    <div class="storage-foot small">
      <p class="muted">{words}</p>
      <p class="run-actions">
        <button
          class="link"
          type="button"
          aria-disabled={library.runs.value.length === 0 || doing !== null}
          onClick={() => !doing && library.runs.value.length > 0 && void exportAll()}
        >
          Export all
        </button>
        <FilePicker
          look="link"
          label="Archive of runs to import"
          accept=".zip"
          testId="archive-file"
          onFiles={([file]) => void archive.import(file!)}
        >
          Import
        </FilePicker>
      </p>
      <p role="status">{doing ? `${doing} …` : archive.outcome.value}</p>
    </div>
  );
}
