// Files that cannot be used, as text, as run or as a place for one: each is refused with a sentence.
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, runWithin, succeed, type Settings } from './run';
import { refusal, refuse, refuseTraining } from './refused';
import { small, text, trainRun } from './small';

const folder = new Folder();
let run: string;
beforeAll(() => {
  run = trainRun(folder, 'run', small);
});
afterAll(() => folder.remove());

const kTebibyte = 2 ** 40;
/** A file of so many zero bytes that takes no room on the disk. */
function sparse(name: string, size: number): string {
  const path = folder.write(name, '');
  truncateSync(path, size);
  return path;
}

describe('a text', () => {
  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));
  const kAdvice = 'Save it as UTF-8 and try again.';

  it.each([
    ['that is empty', bytes(), 'The text is empty; it needs at least one character.'],
    ['that is a byte order mark alone', bytes([0xef, 0xbb, 0xbf]), 'The text is empty'],
    [
      'that is a binary file',
      bytes('ab', [0], text),
      'This is a binary file, not a text: it has a zero byte at offset 2.',
    ],
    [
      'that is not UTF-8',
      bytes('ab\nc', [0xff], text),
      `This is not UTF-8 text: byte 0xFF at offset 4 (line 2) cannot start a character. ${kAdvice}`,
    ],
    [
      'that is UTF-8 but cut off',
      bytes(text, [0xc3]),
      `byte 0xC3 at offset ${text.length.toLocaleString('en')} (`,
    ],
    ['that is UTF-16', bytes([0xff, 0xfe, 0x41, 0]), `the byte order mark of UTF-16; only UTF-8`],
    [
      'that is shorter than a passage',
      bytes('a'.repeat(40)),
      'The training part of the text is 36 tokens long; block_size 64 needs at least 65. Use a longer',
    ],
    [
      'whose held out part is shorter than a passage',
      bytes('a'.repeat(100)),
      'The part of the text held out by val_fraction 0.1 is 10 tokens long; block_size 64 needs',
    ],
  ])('%s', (_, content, words) => {
    const file = folder.write('bad.txt', content);
    expect(refuseTraining(folder, run, '--text', file)).toContain(words);
  });

  it('that is a byte longer than allowed, or a tebibyte, is not even read', () => {
    const limit = 100 * 1024 * 1024;
    for (const [size, shown] of [
      [limit + 1, '104,857,601'],
      [kTebibyte, '1,099,511,627,776'],
    ] as const) {
      const file = sparse('large.txt', size);
      expect(refuseTraining(folder, run, '--text', file)).toBe(
        `The text is ${shown} bytes; at most 104,857,600 are allowed.`,
      );
    }
    // At the limit it is read: these bytes are no text.
    const file = sparse('large.txt', limit);
    expect(refuseTraining(folder, run, '--text', file)).toContain('zero byte at offset 0');
  });

  it('to be measured on is checked as well', () => {
    const evaluate = (content: string | Uint8Array) =>
      refuse('eval', '--model', run, '--text', folder.write('bad.txt', content));
    expect(evaluate('')).toContain('The text is empty');
    expect(evaluate(bytes('a', [0]))).toContain('zero byte at offset 1');
    expect(evaluate('T')).toContain('The text is 1 token long; at least 2 are needed');
    expect(evaluate('The\n狐')).toContain(
      'The character "狐" (U+72D0) at offset 4 (line 2) is not among',
    );
  });
});

/** Every command that reads a run. */
const readers = (path: string) => [
  ['info', '--model', path],
  ['sample', '--model', path],
  ['eval', '--model', path, '--text', `${run}.txt`],
  ['train', '--resume', path, '--out', folder.at('new'), '--steps', '20'],
];

it('a path to nothing or to a folder is named, by every command', () => {
  for (const [path, reason] of [
    [folder.at('none'), 'No such file or directory.'],
    [folder.path, 'it is a directory.'],
    [`${run}/none`, 'Not a directory.'],
    ['', 'No such file or directory.'],
  ] as const) {
    const sentence = `Cannot read "${path}": ${reason}`;
    for (const command of readers(path)) expect(refuse(...command)).toBe(sentence);
    expect(refuse('eval', '--model', run, '--text', path)).toBe(sentence);
    expect(refuseTraining(folder, run, '--text', path)).toBe(sentence);
    const recipe = ['--text', `${run}.txt`, '--recipe', path];
    expect(refuseTraining(folder, run, ...recipe)).toBe(sentence);
  }
});

describe('a run', () => {
  let whole: Buffer;
  beforeAll(() => {
    whole = readFileSync(run);
  });
  const damaged = (content: Uint8Array) => folder.write('damaged', content);

  it('that was cut short is refused, wherever it was cut', () => {
    const header = 8 + Number(whole.readBigUInt64LE(0));
    const inside = [100, header - 1, header, header + 1, header + 4000, whole.length >> 1];
    for (const length of [0, 1, 7, 8, ...inside, whole.length - 1]) {
      const sentence = refuse('info', '--model', damaged(whole.subarray(0, length)));
      expect(sentence).toContain(
        length < 8
          ? `it is ${length} byte`
          : `This file ends after ${length.toLocaleString('en')} of`,
      );
    }
  });

  it('with a single bit changed is refused, wherever that is', () => {
    const count = 40;
    for (let i = 0; i <= count; ++i) {
      const copy = Buffer.from(whole);
      const at = Math.floor((i * (whole.length - 1)) / count);
      copy[at]! ^= 1 << (i % 8);
      refuse('info', '--model', damaged(copy));
    }
  });

  it('with a weight changed is said to be', () => {
    const copy = Buffer.from(whole);
    copy[8 + Number(whole.readBigUInt64LE(0)) + 5]! ^= 1;
    for (const command of readers(damaged(copy)))
      expect(refuse(...command)).toContain('was changed after it was saved: its checksum');
  });

  it('with something behind it is refused', () => {
    const longer = damaged(Buffer.concat([whole, Buffer.from('\n')]));
    for (const command of readers(longer)) expect(refuse(...command)).toMatch(/\b1 byte\b/);
  });

  it('that is another program’s safetensors file is refused', () => {
    const tensors = { wte: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } };
    const header = Buffer.from(JSON.stringify(tensors));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const foreign = damaged(Buffer.concat([length, header, Buffer.alloc(4)]));
    for (const command of readers(foreign))
      expect(refuse(...command)).toContain("a safetensors file, but not one of Clearformer's");
  });

  it('that is no safetensors file at all is refused', () => {
    for (const command of readers(`${run}.txt`))
      expect(refuse(...command)).toContain('This is not a safetensors file');
    for (const command of readers(sparse('zeros', 1000))) refuse(...command);
  });

  it('that is larger than the memory is not even read', () => {
    for (const command of readers(sparse('large', kTebibyte)))
      expect(refuse(...command)).toContain('it is 1,099,511,627,776 bytes; at most ');
  });
});

it('a place where no run can be saved is refused before training', () => {
  const file = folder.write('file', 'kept');
  for (const [path, reason] of [
    [folder.at('none/run'), 'No such file or directory.'],
    [`${file}/run`, 'Not a directory.'],
    [folder.path, 'it is a directory.'],
    ['/dev/null', 'it is not a regular file.'],
    ['', 'No such file or directory.'],
    [folder.at('n'.repeat(300)), 'File name too long.'],
  ] as const) {
    // The recipe would take hours.
    const args = [
      '--text',
      `${run}.txt`,
      ...flags({ ...small, eval_batches: 10_000 }),
      '--out',
      path,
    ];
    expect(refuse('train', ...args)).toBe(`Cannot write "${path}": ${reason}`);
  }
  expect(readFileSync(file, 'utf8')).toBe('kept');
});

it('memory that the system does not give is a sentence too', () => {
  const train = (content: string, settings: Settings) => {
    const args = ['--text', folder.write('text.txt', content), '--out', folder.at('new')];
    return refusal(runWithin(200, 'train', ...args, '--threads', '1', ...flags(settings)));
  };
  expect(train('All the words. '.repeat(6_000_000), small)).toBe(
    'The memory that this needs could not be had. Close other programs, or use a smaller file.',
  );
  expect(train(text, { n_layer: 12, n_embd: 512, n_head: 8 })).toMatch(
    /^The [\d,]+ MB that this run needs could not be had\. Close other programs, or lower /,
  );
  expect(existsSync(folder.at('new'))).toBe(false);
});

it('a run takes the place of an older file, and leaves nothing else behind', () => {
  const other = new Folder();
  const args = ['--text', `${run}.txt`, '--out', other.at('run'), ...flags(small)];
  writeFileSync(other.at('run'), 'an older file');
  succeed('train', ...args);
  expect(succeed('info', '--model', other.at('run')).stdout).toContain('step 12 of 12');
  expect(other.names()).toEqual(['run']);
  other.remove();
});
