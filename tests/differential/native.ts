// The native side: the command line, a process a command.
import { execFile, type ExecFileException } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { flags, parseEvents, type Event, type Folder } from '../engine/cli/run';
import { figuresOf, isRefusal, type Refusal, type Run } from './run';
import { textOf, type Case } from './cases';

const kDiverged = 3; // the status of a run that could take no further step

interface Ended {
  readonly status: number;
  readonly events: readonly Event[];
  readonly sentence: string;
}

// REQUIRES: --json among the arguments.
async function command(...args: string[]): Promise<Ended> {
  const [error, stdout, stderr] = await new Promise<[ExecFileException | null, string, string]>(
    (resolve) => execFile(process.env.CLEARFORMER_CLI!, args, (...ended) => resolve(ended)),
  );
  const status = error ? error.code : 0;
  // Ended by a signal, or never begun: no refusal, a fault.
  if (typeof status !== 'number' || status > kDiverged)
    throw new Error(`'${args.join(' ')}' ended with ${status}: ${stderr}`, { cause: error });
  const sentence = stderr.replace(/^clearformer: /, '').trimEnd();
  return { status, events: parseEvents(stdout), sentence };
}

/** A case on the command line, its files in a folder. */
export class Native {
  private readonly text: string;
  private readonly recipe: string;
  private readonly machine: readonly string[];

  constructor(
    private readonly tried: Case,
    private readonly folder: Folder,
  ) {
    this.text = folder.write('text.txt', textOf(tried));
    this.recipe = folder.write('recipe.json', JSON.stringify(tried.recipe));
    this.machine = ['--class', tried.arithmetic];
  }

  /** One thread, from its begin to its end. */
  straight(): Promise<Run | Refusal> {
    return this.train('straight', [...this.begin(), '--threads', '1']);
  }

  /** Several threads, until it rests. */
  untilCut(): Promise<Run | Refusal> {
    const { threads, cut } = this.tried;
    return this.train('rested', [
      ...this.begin(),
      ...['--threads', `${threads}`, '--stop-at', `${cut}`],
    ]);
  }

  /** On from a file, on one thread. */
  resumed(file: Uint8Array): Promise<Run | Refusal> {
    const from = ['--resume', this.folder.write('from', file), '--threads', '1'];
    return this.train('resumed', from);
  }

  /** A model of the recipe before it is adapted, trained for a step. */
  async model(): Promise<Run | Refusal> {
    const recipe = { ...this.tried.recipe, lora_rank: 0, lora_alpha: 16 };
    const file = this.folder.write('model.json', JSON.stringify(recipe));
    const args = ['--text', this.text, '--recipe', file, ...this.machine, '--stop-at', '1'];
    return this.train('model', args);
  }

  /** Makes `straight` and `untilCut` begin with a model. */
  async adapt(model: Uint8Array): Promise<void> {
    const { lora_rank: rank = 0, lora_alpha: alpha = 16 } = this.tried.recipe;
    const from = ['--from', this.folder.write('model.safetensors', model)];
    const out = this.folder.at('adapted.safetensors');
    const lora = flags({ lora_rank: rank, lora_alpha: alpha });
    const { status, sentence } = await command('import', ...from, '--out', out, ...lora, '--json');
    if (status !== 0) throw new Error(`The model was not imported: ${sentence}`);
    this.begin = () => ['--resume', out, '--text', this.text];
  }

  /** What the fast gradients differ in from the double-precision reference: '' where in nothing. */
  async gradients(): Promise<string> {
    const args = ['--recipe', this.recipe, ...this.machine, '--json'];
    const { status, events, sentence } = await command('gradcheck', ...args);
    if (status === 2) return sentence;
    const wrong = events.filter(({ pass }) => pass === false).map((event) => JSON.stringify(event));
    return wrong.join('\n');
  }

  private begin = (): readonly string[] => [
    ...['--text', this.text, '--recipe', this.recipe],
    ...this.machine,
  ];

  private async train(name: string, args: readonly string[]): Promise<Run | Refusal> {
    const out = this.folder.at(name);
    const { status, events, sentence } = await command('train', ...args, '--out', out, '--json');
    // A run that begins is saved before its first step.
    if (!existsSync(out)) return { refused: sentence };
    return { figures: figuresOf(events), stopped: status !== 0, file: readFileSync(out) };
  }
}

/** For what must have begun. */
export function begun(run: Run | Refusal): Run {
  if (isRefusal(run)) throw new Error(`The run was refused: ${run.refused}`);
  return run;
}
