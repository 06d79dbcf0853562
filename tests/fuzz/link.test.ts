// Links are somebody else's input: any valid one comes back as it was, any other string is answered
// with a sentence.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstOptions, sampleOptions } from '../../web/src/recipe/sample-options';
import type { SettingValue } from '../../web/src/recipe/recipe';
import { settings, type Setting } from '../../web/src/recipe/schema';
import { toBase64url } from '../../web/src/share/base64url';
import { deflate } from '../../web/src/share/deflate';
import { decodeLink, encodeLink } from '../../web/src/share/link';
import { noText, type Shared, type SharedText } from '../../web/src/share/shared';

// Every value that the engine's table allows.
function valueOf(setting: Setting): fc.Arbitrary<SettingValue> {
  const { type, min = 0, max = 0, exclusive_max: exclusive, choices = [] } = setting;
  if (type === 'boolean') return fc.boolean();
  if (type === 'choice') {
    const sizes = fc.integer({ min, max }).map((size) => `${setting.sized}${size}`);
    return fc.oneof(fc.constantFrom(...choices), ...(setting.sized ? [sizes] : []));
  }
  if (type === 'integer') return fc.integer({ min, max });
  return fc
    .double({ min, max, noNaN: true })
    .filter((value) => !(exclusive && value >= max) && !Object.is(value, -0));
}

const recipe = fc.record(Object.fromEntries(settings.map((each) => [each.name, valueOf(each)])));
const hex = fc.stringMatching(/^[0-9a-f]{16}$/);
const sha256 = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => toBase64url(bytes) as string | null);
const word = fc.string({ unit: 'grapheme', maxLength: 200 });
const visible = fc
  .string({ unit: 'grapheme-composite', minLength: 1, maxLength: 60 })
  .map((name) => [...name.replace(/\p{C}/gu, '')].slice(0, 60).join('') || 'x');

const text: fc.Arbitrary<SharedText> = fc.oneof(
  fc.constant(noText),
  fc.record({
    corpus: fc.record({
      key: fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,39}$/),
      seed: fc.option(fc.nat({ max: 2 ** 31 })),
    }),
    sha256: fc.option(sha256).map((each) => each ?? null),
    bytes: fc.option(fc.integer({ min: 1, max: 1e8 })),
    name: fc.constant(null),
    content: fc.constant(null),
  }),
  fc.record({
    corpus: fc.constant(null),
    sha256,
    bytes: fc.integer({ min: 1, max: 1e8 }),
    name: visible,
    content: fc.option(word),
  }),
);

const writing = fc.record({
  prompt: word,
  stop: word,
  options: fc
    .record({
      temperature: fc.double({ min: 0, max: 100, noNaN: true }).map((value) => String(value + 0)),
      seed: fc.nat({ max: 2 ** 31 }).map(String),
      max_tokens: fc.integer({ min: 1, max: 100_000 }).map(String),
    })
    .map((some) => ({ ...firstOptions, ...some })),
});

const shared: fc.Arbitrary<Shared> = recipe.chain((recipe) =>
  fc.record({
    recipe: fc.constant(recipe),
    text,
    run: fc.option(
      fc.record({
        arithmetic: fc.constantFrom('strict' as const, 'fused' as const),
        step: fc.integer({ min: 1, max: Number(recipe.steps) }),
        fingerprint: hex,
      }),
    ),
    writing: fc.option(writing),
    model: fc.option(
      fc.uint8Array({ minLength: 1, maxLength: 3000 }).map((bytes) => new Uint8Array(bytes)),
    ),
  }),
);

async function expectAnswer(fragment: string): Promise<void> {
  const { value, error } = await decodeLink(fragment);
  if (error === null) {
    // What was understood is said again in the same way, whatever way it was said in.
    expect(await decodeLink(await encodeLink(value))).toEqual({ value, error: null });
    return;
  }
  expect(error).toMatch(/^[A-Z].*\.$/su);
  expect(error.length).toBeLessThan(300);
}

describe('any valid link', () => {
  it('comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(shared, async (shared) => {
        expect(await decodeLink(await encodeLink(shared))).toEqual({ value: shared, error: null });
      }),
      { numRuns: 300 },
    );
  });

  it('with one letter changed is another link, or is answered with a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(shared, fc.nat(), fc.string({ maxLength: 2 }), async (shared, at, put) => {
        const link = await encodeLink(shared);
        const place = at % link.length;
        await expectAnswer(link.slice(0, place) + put + link.slice(place + 1));
      }),
      { numRuns: 300 },
    );
  });
});

describe('any string', () => {
  const keys = [...settings, ...sampleOptions].map(({ name }) => name);
  const key = fc.oneof(
    fc.constantFrom(...keys, 'text.name', 'text.bytes', 'run.step', 'write.prompt', '__proto__'),
    fc.string(),
  );
  const pairs = fc
    .array(fc.tuple(key, fc.oneof(fc.string(), fc.double().map(String))), { maxLength: 8 })
    .map((each) => each.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join('&'))
    .filter((plain) => !/[\uD800-\uDFFF]/.test(plain));

  it.each([
    ['of any letters', fc.string({ unit: 'binary' })],
    ['of link letters', fc.stringMatching(/^1[:z][A-Za-z0-9_./=&%-]{0,60}$/)],
    ['of fields', pairs.map((plain) => `1:${plain}`)],
  ])('%s is answered', async (_, strings) => {
    await fc.assert(fc.asyncProperty(strings, expectAnswer), { numRuns: 1000 });
  });

  it('deflated is answered', async () => {
    const bytes = fc.oneof(
      pairs.map((plain) => new TextEncoder().encode(plain)),
      fc.uint8Array({ maxLength: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (bytes) => {
        await expectAnswer(`1z${toBase64url(await deflate(new Uint8Array(bytes)))}`);
      }),
      { numRuns: 500 },
    );
  });
});
