import type { EngineState } from './engine-state';
import { fileName, formatBytes } from './format';
import type { RunKeeper } from './run-keeper';
import type { RunState } from './run-state';
import type { UndoState } from './undo-state';

export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

// The run as a file that a person has, here or for the command line.
export class RunFiles {
  constructor(
    private readonly engine: EngineState,
    private readonly run: RunState,
    private readonly keeper: RunKeeper,
    private readonly undo: UndoState,
  ) {}

  save(): Promise<SavedFile | null> {
    return this.keeper.working('Saving the run', async () => {
      const answer = await this.engine.ask({ type: 'save' });
      if (answer.type === 'refused') {
        this.keeper.error.value = answer.error;
        return null;
      }
      const name = fileName(this.run.run.value?.text.name ?? 'run', answer.step);
      return { name, bytes: answer.bytes };
    });
  }

  // Opens a saved run in place of the present one, which is kept if the file is not sound.
  async open(file: File): Promise<void> {
    const { keeper } = this;
    const { status } = this.engine;
    if (status.value.name === 'ready' && file.size > status.value.memoryLimit) {
      keeper.refuse(
        `“${file.name}” has ${formatBytes(file.size)}; this build of the engine can hold up to ` +
          `${formatBytes(status.value.memoryLimit)}.`,
      );
      return;
    }
    const opening = keeper.working(`Opening ${file.name}`, async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const text = { name: textName(file.name), corpus: null };
      const putBack = await keeper.remember();
      const runId = await keeper.load(bytes, text);
      if (runId === null) return;
      await keeper.keepAsNew(runId, { name: text.name, text, forkedFrom: null });
      this.undo.offer(putBack);
    });
    await opening.catch(() =>
      keeper.refuse(
        `“${file.name}” could not be read; nothing was changed. It may have changed meanwhile: choose it again.`,
      ),
    );
  }
}

// The text of "tiny-stories-step-1200.safetensors" is called "tiny-stories".
function textName(file: string): string {
  return file.replace(/(-step-\d+)?\.safetensors$/i, '');
}
