// Runs the native command line as a process of its own, as a script would.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Settings = Readonly<Record<string, number | boolean | string>>;
export type Event = Record<string, unknown> & { event: string };

export interface Outcome {
  /** The exit status; null where a signal ended it. */
  status: number | null;
  stdout: string;
  stderr: string;
  /** What --json printed. */
  events: Event[];
}

// Nothing here takes seconds on an idle machine: what takes this long hangs.
const kTimeout = 60_000;

export function program(): string {
  const path = process.env.CLEARFORMER_CLI;
  if (!path) throw new Error('CLEARFORMER_CLI must name the native command line');
  return path;
}

/** The flags of a recipe, as the command line names them. */
export const flags = (recipe: Settings): string[] =>
  Object.entries(recipe).flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, `${value}`]);

export const parseEvents = (stdout: string): Event[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);

export const run = (...args: string[]): Outcome => outcome(program(), args);

/** Like run, with so much address space and no more. */
export const runWithin = (megabytes: number, ...args: string[]): Outcome =>
  outcome('sh', ['-c', `ulimit -v ${megabytes * 1024}; exec "$0" "$@"`, program(), ...args]);

export function outcome(command: string, args: string[]): Outcome {
  const options = { encoding: 'utf8', timeout: kTimeout, killSignal: 'SIGKILL' } as const;
  const { status, stdout, stderr, error } = spawnSync(command, args, options);
  if (error) throw error;
  const events = args.includes('--json') ? parseEvents(stdout) : [];
  return { status, stdout, stderr, events };
}

/** Like run, of a command that must succeed. */
export function succeed(...args: string[]): Outcome {
  const outcome = run(...args);
  if (outcome.status !== 0)
    throw new Error(`status ${outcome.status} of '${args.join(' ')}': ${outcome.stderr}`);
  return outcome;
}

/** Starts a command that goes on while the test does. */
export const start = (...args: string[]): ChildProcess =>
  spawn(program(), args, { stdio: ['ignore', 'pipe', 'inherit'] });

export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'clearformer-'));

  at(name: string): string {
    return join(this.path, name);
  }

  /** Writes a file and returns its path. */
  write(name: string, content: string | Uint8Array): string {
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  names(): string[] {
    return readdirSync(this.path).sort();
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The fingerprint of a recipe's weights after training natively. */
export function trainNatively(recipe: Settings, text: string, arithmetic = 'strict'): string {
  const folder = new Folder();
  try {
    const files = [
      ...['--text', folder.write('text.txt', text)],
      ...['--recipe', folder.write('recipe.json', JSON.stringify(recipe))],
      ...['--out', folder.at('run.safetensors')],
    ];
    const { events } = succeed('train', ...files, '--class', arithmetic, '--json');
    return events.at(-1)?.fingerprint as string;
  } finally {
    folder.remove();
  }
}
