import * as fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import {
  ArchiveError,
  readArchive,
  writeArchive,
  type ArchivedAbout,
  type ArchivedRun,
} from '../../../web/src/storage/archive';

const about = (id: string): ArchivedAbout => ({
  id,
  name: `run ${id}`,
  text: { name: 'fox.txt', corpus: null },
  forkedFrom: { name: 'before', step: 3 },
  writings: [{ step: 1, prompt: 'a', asked: true, text: 'b' }],
});
const bytesOf = (id: string) => new Uint8Array(100_000).fill(id.charCodeAt(0));

// eslint-disable-next-line @typescript-eslint/require-await -- as from the storage
async function* files(ids: readonly string[]) {
  for (const id of ids) yield { id, file: bytesOf(id) };
}

const pack = (ids: readonly string[]) => writeArchive(ids.map(about), files(ids));

async function unpack(archive: Blob): Promise<ArchivedRun[]> {
  const runs: ArchivedRun[] = [];
  await readArchive(archive, (run) => Promise.resolve(void runs.push(run)));
  return runs;
}

const zip = (entries: Record<string, string | Uint8Array>, level: 0 | 9 = 0) =>
  new Blob([
    zipSync(
      Object.fromEntries(
        Object.entries(entries).map(([name, content]) => [
          name,
          typeof content === 'string' ? strToU8(content) : content,
        ]),
      ),
      { level },
    ),
  ]);
const index = (runs: unknown, version: unknown = 1) =>
  JSON.stringify({ clearformer: 'runs', version, runs });

describe('an archive', () => {
  it('gives back what went in', async () => {
    const runs = await unpack(await pack(['a1', 'b2']));
    expect(runs).toEqual(['a1', 'b2'].map((id) => ({ about: about(id), file: bytesOf(id) })));
  });

  it('of nothing is one', async () => {
    expect(await unpack(await pack([]))).toEqual([]);
  });

  it('packed anew by another program is read', async () => {
    const again = zip(
      { 'index.json': index([about('a1')]), 'runs/a1.safetensors': bytesOf('a1') },
      9,
    );
    expect(await unpack(again)).toEqual([{ about: about('a1'), file: bytesOf('a1') }]);
  });
});

describe('what is no sound archive is refused in a sentence:', () => {
  const refusal = (archive: Blob) =>
    unpack(archive).then(
      () => null,
      (reason: unknown) => reason,
    );

  it.each([
    ['a zip of something else', zip({ 'a.txt': 'a' }), /not an archive of Clearformer’s runs/],
    ['bytes that are no zip', new Blob(['no zip at all']), /not an archive|damaged/],
    ['one of a newer version', zip({ 'index.json': index([], 2) }), /newer version/],
    ['an index that is none', zip({ 'index.json': '{"runs":' }), /not an archive/],
  ])('%s', async (_, archive, words) => {
    const reason = await refusal(archive);
    expect(reason).toBeInstanceOf(ArchiveError);
    expect((reason as Error).message).toMatch(words);
  });

  it('one that was cut short, which gives the runs before the cut', async () => {
    const whole = await pack(['a1', 'b2']);
    const runs: string[] = [];
    const cut = whole.slice(0, whole.size - 50_000);
    const reading = readArchive(cut, ({ about: { id } }) => Promise.resolve(void runs.push(id)));
    await expect(reading).rejects.toBeInstanceOf(ArchiveError);
    expect(runs).toEqual(['a1']);
  });

  it('an index that would unpack to more than can be', async () => {
    const bomb = zip({ 'index.json': new Uint8Array(80_000_000) }, 9);
    expect(bomb.size).toBeLessThan(200_000);
    expect((await refusal(bomb)) as Error).toMatchObject({ message: /too large/ });
  });

  it('any other bytes, as far as they say nothing sound', async () => {
    const sound = new Uint8Array(await (await pack(['a1'])).slice(0, 2000).arrayBuffer());
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }),
        async (changes) => {
          const damaged = sound.slice();
          for (const [at, byte] of changes) damaged[at] = byte;
          const reason = await refusal(new Blob([damaged]));
          if (reason !== null) expect(reason).toBeInstanceOf(ArchiveError);
        },
      ),
    );
  });
});

it('what the index says of a run is bounded, and no markup nor path', async () => {
  const hostile = { id: 'a1', name: 'x'.repeat(1e6), text: 7, forkedFrom: [], writings: 'all' };
  const archive = zip({
    'index.json': index([hostile, { id: '../../b' }, null]),
    'runs/a1.safetensors': bytesOf('a1'),
    'runs/../c.safetensors': bytesOf('c'),
  });
  const runs = await unpack(archive);
  expect(runs).toHaveLength(1);
  expect(runs[0]!.about.name).toHaveLength(60);
  expect(runs[0]!.about.text.name).toBe('imported run');
});
