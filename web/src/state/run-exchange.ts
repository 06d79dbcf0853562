import type { Exchange } from '../exchange/in-worker';
import type { ExportFormat, GgufType, NamedFile } from '../exchange/messages';
import type { EngineState } from './engine-state';
import type { RecipeState } from './recipe-state';
import type { RunFiles, SavedFile } from './run-files';
import type { RunKeeper } from './run-keeper';
import type { TextState } from './text-state';
import type { UndoState } from './undo-state';

// Models that leave for other programs, and come from them.
export class RunExchange {
  constructor(
    private readonly engine: EngineState,
    private readonly text: TextState,
    private readonly recipe: RecipeState,
    private readonly files: RunFiles,
    private readonly keeper: RunKeeper,
    private readonly undo: UndoState,
    private readonly exchange: Exchange,
  ) {}

  // The model of the run at hand, as a file. Null where that cannot be, which the keeper tells.
  async export(format: ExportFormat, dtype: GgufType = 'f32'): Promise<SavedFile | null> {
    const saved = await this.files.save();
    if (!saved) return null;
    const name = saved.name.replace(/\.safetensors$/, '');
    const answer = await this.ask('Exporting the model', {
      type: 'export',
      run: saved.bytes,
      format,
      dtype,
      name,
    });
    return answer?.type === 'exported' ? answer.file : null;
  }

  // Takes somebody else's model, if these files are one, for a run that learns the text at hand: all
  // of it, or with LoRA as the controls say.
  // Returns whether they are.
  async take(files: readonly File[]): Promise<boolean> {
    const { status } = this.engine;
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (status.value.name === 'ready' && size > status.value.memoryLimit) return false;
    const parts = await modelParts(files);
    if (!parts) return false;
    await this.import(await Promise.all(parts.map(read)));
    return true;
  }

  private async import(files: readonly NamedFile[]): Promise<void> {
    const text = this.text.text.value;
    if (!text) return this.keeper.refuse('Choose a text first: the model is to learn it.');
    const { entries, errors } = this.recipe;
    const wrong = errors.value.lora_rank ?? errors.value.lora_alpha;
    if (wrong) return this.keeper.refuse(wrong);
    const { lora_rank: rank, lora_alpha: alpha } = entries.value;
    const lora = { rank: Number(rank), alpha: Number(alpha) };
    const [first] = files;
    const name = nameOf((files.find((file) => /\.safetensors$/i.test(file.name)) ?? first!).name);
    const { bytes } = text;
    const answer = await this.ask(`Importing ${name}`, {
      type: 'import',
      files,
      text: bytes,
      lora,
    });
    if (answer?.type !== 'imported') return;
    const putBack = await this.keeper.remember();
    const runId = await this.keeper.load(answer.run, text);
    if (runId === null) return;
    await this.keeper.keepAsNew(runId, { name, text, forkedFrom: null });
    this.undo.offer(putBack);
  }

  // Null where it is refused, which the keeper tells.
  private async ask(what: string, question: Parameters<Exchange>[0]) {
    const answer = await this.keeper
      .working(what, () => this.exchange(question))
      .catch((reason: unknown) => (reason instanceof Error ? reason.message : String(reason)));
    if (typeof answer === 'string') this.keeper.refuse(`${what} failed: ${answer}.`);
    else if (answer.type === 'refused') this.keeper.error.value = answer.error;
    else return answer;
    return null;
  }
}

// The files that a model is in; null where they hold none, or cannot be looked at. With what unpacks
// them, which few visits need.
async function modelParts(files: readonly File[]): Promise<File[] | null> {
  try {
    const { holdModel, isPart } = await import('../exchange/foreign-files');
    return (await holdModel(files)) ? files.filter(isPart) : null;
  } catch {
    return null;
  }
}

const read = async (file: File): Promise<NamedFile> => ({
  name: file.name,
  bytes: new Uint8Array(await file.arrayBuffer()),
});

// "tiny-stories-hf.zip" holds "tiny-stories-hf".
const nameOf = (file: string) => file.replace(/\.(zip|safetensors)$/i, '');
