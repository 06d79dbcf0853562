// Files are somebody else's input: whatever their bytes are, the page reads a run, tells what is wrong,
// or leaves it to the engine to tell.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ARCHIVE_INDEX,
  ArchiveError,
  readArchive,
  writeArchive,
  type ArchivedRun,
} from '../../web/src/storage/archive';
import { readHeader, summarise } from '../../web/src/storage/checkpoint';

const bytesOf = (bytes: Uint8Array) => new Uint8Array(bytes);

describe('a run’s file', () => {
  const offset = fc.oneof(fc.integer({ min: -9, max: 99 }), fc.double(), fc.jsonValue());
  const tensor = fc.oneof(
    fc.record({
      dtype: fc.constantFrom('F32', 'I64', 'U8', 7),
      data_offsets: fc.tuple(offset, offset),
    }),
    fc.jsonValue(),
  );
  const metadata = fc.oneof(
    fc.record({
      clearformer: fc.constantFrom('1', 1),
      step: fc.oneof(fc.constantFrom('0', '1', '2', '1e300', '-1'), fc.jsonValue()),
      recipe: fc.oneof(fc.constant('{}'), fc.json(), fc.jsonValue()),
    }),
    fc.jsonValue(),
  );
  const columns = ['loss', 'eval.step', 'eval.train_loss', 'eval.val_loss'];
  const header = fc.record({
    __metadata__: metadata,
    ...Object.fromEntries(columns.map((name) => [`history.${name}`, tensor])),
  });

  it('of any header says what it is, or that it is none', () => {
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 99 }), fc.nat(9), (header, data, more) => {
        const json = new TextEncoder().encode(JSON.stringify(header));
        const file = new Uint8Array(8 + json.length + data.length);
        new DataView(file.buffer).setBigUint64(0, BigInt(json.length + (more === 9 ? 1 : 0)), true);
        file.set(json, 8);
        file.set(data, 8 + json.length);
        const summary = summarise(file);
        if (summary) expect(Number.isSafeInteger(summary.step)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('of any bytes is none, whatever length it claims', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(summarise(bytes)).toBeNull();
        const head = readHeader(bytes);
        if (head) expect(head.end).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('an archive of runs', () => {
  const runs = fc.uniqueArray(
    fc.record({
      id: fc.stringMatching(/^[0-9a-f]{1,64}$/),
      name: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }),
      file: fc.uint8Array({ maxLength: 200 }),
    }),
    { maxLength: 4, selector: ({ id }) => id },
  );
  type Run = { readonly id: string; readonly name: string; readonly file: Uint8Array };

  async function* filesOf(all: readonly Run[]) {
    for (const { id, file } of all) yield await Promise.resolve({ id, file });
  }
  async function packed(all: readonly Run[]): Promise<Uint8Array<ArrayBuffer>> {
    const text = { name: 'text', corpus: null };
    const index = all.map(({ id, name }) => ({ id, name, text, forkedFrom: null, writings: [] }));
    return new Uint8Array(await (await writeArchive(index, filesOf(all))).arrayBuffer());
  }
  // Its runs, and whether it was told that there is something wrong with it.
  async function read(bytes: Uint8Array) {
    const found: ArchivedRun[] = [];
    try {
      await readArchive(new Blob([bytesOf(bytes)]), (run) => {
        found.push(run);
        return Promise.resolve();
      });
    } catch (reason) {
      expect(reason).toBeInstanceOf(ArchiveError);
      expect((reason as ArchiveError).message).toMatch(/^.{20,200}\.$/s);
      return { found, told: true };
    }
    return { found, told: false };
  }

  it('gives back every run', async () => {
    await fc.assert(
      fc.asyncProperty(runs, async (all) => {
        const { found, told } = await read(await packed(all));
        expect(told).toBe(false);
        expect(found.map(({ about, file }) => [about.id, bytesOf(file)])).toEqual(
          all.map(({ id, file }) => [id, file]),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('that was changed or cut gives runs or a sentence, and no more than it holds', async () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    const cut = fc.option(fc.nat());
    await fc.assert(
      fc.asyncProperty(runs, fc.array(change, { maxLength: 5 }), cut, async (all, changes, end) => {
        let bytes = await packed(all);
        for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
        if (end !== null) bytes = bytes.slice(0, end % bytes.length);
        const { found } = await read(bytes);
        const size = found.reduce((sum, { file }) => sum + file.length, 0);
        expect(size).toBeLessThanOrEqual(1100 * bytes.length); // deflate's largest factor is 1,032
      }),
      { numRuns: 500 },
    );
  });

  it('of any bytes is told to be none', async () => {
    const start = new TextEncoder().encode(`PK\u0003\u0004…${ARCHIVE_INDEX}`);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), async (tail, zip) => {
        const { found, told } = await read(zip ? Buffer.concat([start, tail]) : tail);
        expect(found).toEqual([]);
        expect(told).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
