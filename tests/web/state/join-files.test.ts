import { describe, expect, it } from 'vitest';
import { limits } from '../../../web/src/recipe/schema';
import { joinParts, readParts } from '../../../web/src/state/join-files';

const file = (name: string, words: string) => new File([words], name);
const decode = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

async function join(...files: File[]) {
  const parts = await readParts(files);
  if (typeof parts === 'string') throw new Error(parts);
  return joinParts(parts);
}

describe('several files', () => {
  it('are joined in the order of their names, numbers as numbers', async () => {
    const text = await join(
      file('ch10.txt', 'ten'),
      file('ch2.txt', 'two'),
      file('ch1.txt', 'one'),
    );
    expect(decode(text.bytes)).toBe('one\ntwo\nten');
    expect(text.parts).toEqual(['ch1.txt', 'ch2.txt', 'ch10.txt']);
    expect(text.name).toBe('ch1.txt and 2 more');
  });

  it('each begin a line; what ends in one, is empty or has a mark is joined plainly', async () => {
    const text = await join(
      file('a', 'one\n'),
      file('b', ''),
      file('c', '\ufefftwo'),
      file('d', 'three\n'),
    );
    expect(decode(text.bytes)).toBe('one\ntwo\nthree\n');
  });

  it('too large together name the one that is too much, before any is read', async () => {
    const files = ['a', 'b', 'c'].map((name) => {
      const one = file(name, 'x');
      Object.defineProperty(one, 'size', { value: Math.floor(limits.max_text_bytes * 0.4) });
      one.arrayBuffer = () => Promise.reject(new Error('was read'));
      one.slice = () => {
        throw new Error('was read');
      };
      return one;
    });
    expect(await readParts(files)).toMatch(/^With “c” the files have .*; a text may have up to /);
  });

  it('name the one that cannot be read, or that is a run', async () => {
    const broken = file('b.txt', 'x');
    broken.arrayBuffer = () => Promise.reject(new Error('no'));
    expect(await readParts([file('a.txt', 'x'), broken])).toMatch(/^“b\.txt” could not be read/);
    const run = file('run.safetensors', 'x');
    expect(await readParts([file('a.txt', 'x'), run])).toMatch(
      /^“run\.safetensors” is a saved run/,
    );
  });
});
