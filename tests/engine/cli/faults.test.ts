// Faults that befall a run on the command line: after each the file is whole, little is lost, a sentence
// says what happened, and the run goes on from its file to the bits of one that nothing befell.
import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusal } from './refused';
import { flags, Folder, outcome, parseEvents, program, start, succeed } from './run';
import { small, text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const textFile = folder.write('text.txt', text);
const endless = { ...small, steps: 10_000_000, eval_every: 10_000_000 };

const train = (out: string, settings: object, ...args: string[]) => [
  ...['train', '--text', textFile, '--out', out, '--json'],
  ...[...flags(settings as typeof small), ...args],
];
const stepOf = (run: string) => Number(succeed('info', '--model', run, '--json').events[0]!.step);

// Until the run has told of this many steps.
async function untilStep(child: ChildProcess, step: number): Promise<void> {
  for await (const line of createInterface(child.stdout!)) {
    const [event] = parseEvents(line);
    if (event?.event === 'step' && Number(event.step) >= step) return;
  }
}

async function kill(child: ChildProcess, signal: NodeJS.Signals) {
  const ended = once(child, 'exit');
  child.kill(signal);
  const [status, by] = (await ended) as [number | null, NodeJS.Signals | null];
  return { status, by };
}

// The sentence of a write that failed while `old` was there, which is as it was.
function expectWhole(run: string, before: Buffer, names: readonly string[]) {
  expect(readFileSync(run).equals(before)).toBe(true);
  expect(folder.names()).toEqual(names);
}

describe('a disk that is full', () => {
  it('at the first save: the old file is whole, nothing is left beside it, and nothing was trained', () => {
    const run = trainRun(folder, 'old', small);
    const [before, names] = [readFileSync(run), folder.names()];
    // 4 blocks of 512 bytes are less than any run takes.
    const limited = ['-c', 'ulimit -f 4; exec "$0" "$@"', program()];
    const sentence = refusal(outcome('sh', [...limited, ...train(run, small)]));
    expect(sentence).toBe(`Cannot write "${run}": File too large.`);
    expectWhole(run, before, names);
  });

  // A file system of its own needs rights that not every machine gives.
  const mounts = (script: string, ...args: string[]) =>
    spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, ...args], {
      encoding: 'utf8',
    });
  const canMount = mounts('mount -t tmpfs none /mnt').status === 0;

  it.skipIf(!canMount)(
    'on the way: it ends with a sentence, and the file goes on to the same bits',
    () => {
      const [room, kept] = [folder.at('room'), folder.at('kept')];
      mkdirSync(room);
      // Another file takes what room there is once the run is saved.
      const script = `mount -t tmpfs -o size=512k none "$0"
      "$@" | while read -r line; do
        case "$line" in *'"step":1,'*) head -c 1000000 /dev/zero > "$0/other" 2>/dev/null;; esac
      done
      cp "$0/run" "${kept}"; ls "$0"`;
      const settings = { ...small, steps: 3000, eval_every: 1000 };
      const { stdout, stderr } = mounts(script, room, program(), ...train(`${room}/run`, settings));
      expect(stderr).toMatch(
        /^clearformer: Cannot write "[^"]+": No space left on device\. It holds the run as it was after step \d+: mend that, and go on from there with --resume\.\n$/,
      );
      expect(stdout).toBe('other\nrun\n');
      const straight = succeed(...train(folder.at('straight'), settings)).events.at(-1)!;
      const on = succeed('train', '--resume', kept, '--out', kept, '--json').events.at(-1)!;
      expect(on.fingerprint).toBe(straight.fingerprint);
    },
  );
});

describe('a program that is killed', () => {
  // Large enough to be in the middle of its file when the signal comes.
  const large = { ...endless, n_embd: 256, n_head: 4, n_layer: 2, eval_every: 1, batch_size: 1 };
  const run = folder.at('killed');

  // What is being written, as Linux shows it: a file without a name as deleted; or with one beside
  // the other, where the file system has none without. Looked for as often as can be: it is short.
  async function whatItWrites({ pid }: ChildProcess): Promise<string> {
    const opened = (fd: string) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`);
      } catch {
        return ''; // closed meanwhile
      }
    };
    for (;;) {
      const files = readdirSync(`/proc/${pid}/fd`).map(opened);
      const written = files.find((file) => file.startsWith(folder.path) && kNew.test(file));
      if (written) return written;
      await new Promise(setImmediate);
    }
  }
  const kNew = / \(deleted\)$|\.tmp-/;

  it('while it writes the file that takes the old one’s place: the old one is whole, and nothing beside it', async () => {
    let before = -1;
    for (let i = 0; i < 5; ++i) {
      const args = i === 0 ? train(run, large) : ['train', '--resume', run, '--out', run, '--json'];
      const child = start(...args);
      await untilStep(child, before + 2);
      const written = await whatItWrites(child);
      expect(await kill(child, 'SIGKILL')).toEqual({ status: null, by: 'SIGKILL' });
      const beside = folder.names().filter((name) => name.includes('.tmp-'));
      expect(beside).toHaveLength(written.endsWith(' (deleted)') ? 0 : 1);
      for (const name of beside) rmSync(folder.at(name));
      const step = stepOf(run); // its checksum is looked at
      expect(step).toBeGreaterThan(before);
      before = step;
    }
  });

  it('without a word, between two evaluations: ten seconds are lost at most', async () => {
    const run = folder.at('long');
    const child = start(...train(run, endless));
    await untilStep(child, 1);
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    await kill(child, 'SIGKILL');
    expect(stepOf(run)).toBeGreaterThan(0);
  });

  it.each(['SIGTERM', 'SIGHUP'] as const)(
    'by %s: it saves the step that it is at',
    async (signal) => {
      const run = folder.at('ended');
      const child = start(...train(run, endless));
      await untilStep(child, 20);
      expect(await kill(child, signal)).toEqual({ status: 0, by: null });
      expect(stepOf(run)).toBeGreaterThanOrEqual(20);
    },
  );

  it('is not, by a signal that it was told to ignore', () => {
    const ignored = ['-c', 'trap "" HUP; "$0" "$@" & sleep 0.3; kill -HUP $!; wait $!', program()];
    const settings = { ...small, steps: 3000, eval_every: 3000 };
    const { events } = outcome('sh', [...ignored, ...train(folder.at('nohup'), settings)]);
    expect(events.at(-1)).toMatchObject({ event: 'done', step: 3000 });
  });
});

describe('a text that changes while it is read', () => {
  let straight: unknown;
  beforeAll(() => {
    straight = succeed(...train(folder.at('whole'), small)).events.at(-1)!.fingerprint;
  });

  it('and comes in pieces is read to its end', () => {
    const half = text.length / 2;
    const [one, two] = [text.slice(0, half), text.slice(half)].map((part, i) =>
      folder.write(`part-${i}`, part),
    );
    const pipe = `(cat "${one}"; sleep 0.2; cat "${two}") | "$0" "$@"`;
    const args = train(folder.at('piped'), small).map((arg) =>
      arg === textFile ? '/dev/stdin' : arg,
    );
    expect(outcome('sh', ['-c', pipe, program(), ...args]).events.at(-1)!.fingerprint).toBe(
      straight,
    );
  });

  it('and grows without end is refused', () => {
    const args = train(folder.at('endless'), small).map((arg) =>
      arg === textFile ? '/dev/zero' : arg,
    );
    expect(refusal(outcome(program(), args))).toMatch(
      /^Cannot read "\/dev\/zero": it is more than [\d,]+ bytes; at most [\d,]+ are allowed\.$/,
    );
  });
});
