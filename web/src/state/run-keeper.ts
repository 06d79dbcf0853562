import { batch, signal } from '@preact/signals';
import type { EngineError } from '../engine/types';
import type { Recipe } from '../recipe/recipe';
import type { EngineState } from './engine-state';
import { fileName, formatBytes, formatCount } from './format';
import type { RecipeState } from './recipe-state';
import type { RunState } from './run-state';
import type { Text, TextState } from './text-state';
import type { UndoState } from './undo-state';
import type { WritingState } from './writing-state';

export interface SavedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

// Begins, puts away, saves and opens runs. The engine holds one at a time; before another takes its
// place the present one is saved in memory, so that it can be had back.
export class RunKeeper {
  readonly busy = signal<string | null>(null); // what is being done with a file
  readonly error = signal<EngineError | null>(null);
  private nextRunId = 1;

  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly run: RunState,
    private readonly writing: WritingState,
    private readonly undo: UndoState,
  ) {}

  // A new run of the recipe and text at hand. Returns the engine's objection if it has one; the
  // run before is kept then.
  async start(recipe: Recipe, text: Text): Promise<EngineError | null> {
    const before = this.run.phase.value;
    const putBack = await this.remember();
    this.run.phase.value = 'starting';
    const runId = this.nextRunId++;
    const { bytes } = text;
    const answer = await this.engine.ask({ type: 'start', runId, recipe, bytes, arithmetic: null });
    if (answer.type === 'refused') {
      if (this.run.phase.value === 'starting') this.run.phase.value = before;
      return answer.error;
    }
    this.begin(() => this.run.begin({ runId, text, recipe, info: answer.info }));
    this.undo.offer(putBack && { ...putBack, label: `A new run began. ${putBack.label}` });
    return null;
  }

  async reset(): Promise<void> {
    if (this.run.phase.value === 'none') return;
    const putBack = await this.remember();
    this.begin(() => this.run.clear());
    this.undo.offer(putBack);
  }

  async save(): Promise<SavedFile | null> {
    this.error.value = null;
    this.busy.value = 'Saving the run';
    const answer = await this.engine.ask({ type: 'save' });
    this.busy.value = null;
    if (answer.type === 'refused') {
      this.error.value = answer.error;
      return null;
    }
    const name = fileName(this.run.run.value?.text.name ?? 'run', answer.step);
    return { name, bytes: answer.bytes };
  }

  // Opens a saved run in place of the present one, which is kept if the file is not sound.
  async open(file: File): Promise<void> {
    this.error.value = null;
    const { status } = this.engine;
    if (status.value.name === 'ready' && file.size > status.value.memoryLimit) {
      this.refuse(
        `“${file.name}” has ${formatBytes(file.size)}; this build of the engine can hold up to ` +
          `${formatBytes(status.value.memoryLimit)}.`,
      );
      return;
    }
    this.busy.value = `Opening ${file.name}`;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const putBack = await this.remember();
      if (await this.load(bytes, file.name)) this.undo.offer(putBack);
    } catch {
      this.refuse(`“${file.name}” could not be read; nothing was changed.`);
    } finally {
      this.busy.value = null;
    }
  }

  private async load(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<boolean> {
    const runId = this.nextRunId++;
    const answer = await this.engine.ask({ type: 'load', runId, bytes }, [bytes.buffer]);
    if (answer.type === 'refused') {
      this.error.value = answer.error;
      return false;
    }
    const { info, history, fingerprint } = answer;
    const recipe = JSON.parse(info.recipe_json) as Recipe;
    const text: Text = { name: textName(name), corpus: null, bytes: answer.text };
    this.begin(() => {
      this.recipe.use(recipe);
      this.run.restore({ runId, text, recipe, info }, history, fingerprint);
    });
    await this.text.offer(text);
    return true;
  }

  // What brings the present run back once another has taken its place; null where there is none
  // worth it.
  private async remember(): Promise<{ label: string; restore: () => Promise<void> } | null> {
    const { run, alive, step } = this.run;
    const past = run.value;
    if (!past || !alive.value || step.value === 0) return null;
    const saved = await this.engine.ask({ type: 'save' });
    if (saved.type === 'refused') return null;
    const writings = this.writing.writings.value;
    return {
      label: `The run at step ${formatCount(saved.step)} was put away.`,
      restore: async () => {
        if (!(await this.load(saved.bytes, past.text.name))) return;
        this.writing.writings.value = writings;
      },
    };
  }

  private begin(change: () => void): void {
    batch(() => {
      this.error.value = null;
      this.writing.clear();
      change();
    });
  }

  private refuse(message: string): void {
    this.error.value = { code: 'file', where: '', message };
  }
}

// The text of "tiny-stories-step-1200.safetensors" is called "tiny-stories".
function textName(file: string): string {
  return file.replace(/(-step-\d+)?\.safetensors$/i, '');
}
