import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { firstOptions } from '../../../web/src/recipe/sample-options';
import { presets } from '../../../web/src/recipe/presets';
import { settings } from '../../../web/src/recipe/schema';
import { decodeLink, encodeLink, isLink, LONGEST_LINK } from '../../../web/src/share/link';
import { noText } from '../../../web/src/share/shared';
import { bare, examples } from './examples';

const packed = (plain: string) => `1z${deflateRawSync(plain).toString('base64url')}`;
const errorOf = async (fragment: string) => (await decodeLink(fragment)).error;

describe('a link', () => {
  it.each(Object.entries(examples))('gives back %s', async (_, shared) => {
    const link = await encodeLink(shared);
    expect(isLink(link)).toBe(true);
    expect(await decodeLink(link)).toEqual({ value: shared, error: null });
  });

  it('says only what differs from the defaults', async () => {
    expect(await encodeLink(bare)).toBe('1:');
    const recipe = { ...bare.recipe, n_layer: 2, bias: true };
    expect(await encodeLink({ ...bare, recipe })).toBe('1:n_layer=2&bias=true');
  });

  it('is deflated once that is shorter', async () => {
    expect(await encodeLink(examples['a run over a sample text']!)).toMatch(/^1:/);
    const text = examples['a text that travels, with a prompt']!;
    const link = await encodeLink(text);
    expect(link).toMatch(/^1z/);
    expect(link.length).toBeLessThan(400);
  });

  it('of a recipe stays under 2,000 characters, whatever its text is called', async () => {
    const name = '𓀀'.repeat(200);
    const text = { ...examples['a text of the user’s, by name']!.text, name };
    for (const { recipe } of presets) {
      expect((await encodeLink({ ...bare, recipe, text })).length).toBeLessThan(1200);
    }
  });

  it('has letters that no program takes for its end', async () => {
    const writing = { prompt: `~'"()*! <>\n#/:`, options: firstOptions, stop: '' };
    expect(await encodeLink({ ...bare, writing })).toMatch(/^1[A-Za-z0-9:=&%_.-]*$/);
  });

  it('has a key for every setting, and none of them has a dot', () => {
    for (const { name } of settings) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  });

  it('is told from a place on the page', () => {
    expect(isLink('work')).toBe(false);
    expect(isLink('')).toBe(false);
    expect(isLink('2z')).toBe(true);
  });
});

describe('a link that is wrong says how', () => {
  it.each([
    ['2:n_layer=3', /^It is of version “2”, and this page reads version 1\./],
    ['1', /^It is cut short or damaged\./],
    ['1n_layer=3', /^It is cut short or damaged\./],
    ['1zAAAA', /^It is cut short or damaged\./],
    ['1z%%%', /^It is cut short or damaged\./],
    ['1:n_layer', /^Its part “n_layer” is not a name, “=” and a value\.$/],
    ['1:n_layer=2&n_layer=3', /^It says “n_layer” twice\.$/],
    ['1:text.name=%E0%A4', /^What it says of “text\.name” is cut short or damaged\.$/],
    ['1:n_layer=0', /^Layers is 0; it must be a whole number from 1 up to 48\.$/],
    ['1:n_layer=1e99', /^Layers is 1e99; it must be/],
    [`1:n_layer=${'9'.repeat(400)}`, /^Layers is 400 characters long\.$/],
    ['1:bias=yes', /^Biases is “yes”; it must be true or false\.$/],
    ['1:tokenizer=word', /^Tokens is “word”; it must be one of/],
    ['1:lr=<img src=x>', /^Learning rate is “<img src=x>”; it must be a number/],
    ['1:n_layers=3', /^It says something of “n_layers”, which this page does not know;/],
    ['1:text.corpus=..%2Fx', /^The sample text is “\.\.\/x”; it must be named by small letters/],
    ['1:text.seed=1', /^It has a seed, but no sample text/],
    ['1:text.sha256=abc', /^The text’s SHA-256 is “abc”; it must be 43 letters/],
    ['1:text.bytes=9999999999', /^The text’s length is 9999999999; it must be .* up to \d+\.$/],
    ['1:text.name=a%0Ab', /^The text’s name is “a\uFFFDb”; it must be 1 to 60 visible/],
    ['1:run.step=5', /^A fingerprint needs its step and its class/],
    [
      '1:run.class=strict&run.fingerprint=0123456789ABCDEF&run.step=5',
      /^The fingerprint is “0123456789ABCDEF”; it must be 16 hexadecimal digits\.$/,
    ],
    [
      '1:steps=10&run.class=strict&run.fingerprint=0123456789abcdef&run.step=11',
      /^The fingerprint’s step is 11; it must be a whole number from 1 up to 10\.$/,
    ],
    ['1:write.temperature=1', /^Temperature is given, but no prompt/],
    ['1:write.prompt=a&write.max_tokens=1e9', /^Length is 1e9; it must be/],
    [`1:write.prompt=${'a'.repeat(5000)}`, /^The prompt has 5000 characters; 4000 are allowed\.$/],
    ['1:/AAAA', /^The model in it is cut short or damaged;/],
    ['1:/', /^The model in it is cut short or damaged;/],
    ['1:/AA/AA', /^It has more parts than any link has\.$/],
    [`1:${'a=1&'.repeat(300)}`, /^It has more parts than any link has\.$/],
    [`1:${'a'.repeat(LONGEST_LINK)}`, /^It has 1000002 characters; up to 1000000 can be read\.$/],
    [packed('n_layer=0'), /^Layers is 0;/],
    [packed('\u{1F98A}').slice(0, -1), /^It is cut short or damaged\./],
  ])('number %#', async (fragment, words) => {
    const error = await errorOf(fragment);
    expect(error).toMatch(words);
    expect(error?.length).toBeLessThan(250);
  });

  it('a bomb in its fields, or in its model', async () => {
    const bomb = deflateRawSync(Buffer.alloc(64 << 20)).toString('base64url');
    expect(await errorOf(`1z${bomb}`)).toMatch(/^It is cut short or damaged\./);
    expect(await errorOf(`1:/${bomb}`)).toMatch(/^The model in it is cut short or damaged;/);
  });

  it('bytes that are no text', async () => {
    const fragment = `1z${deflateRawSync(Buffer.from([0xff, 0xfe])).toString('base64url')}`;
    expect(await errorOf(fragment)).toMatch(/^It is cut short or damaged\./);
  });

  it('only a part of a text that was cut', async () => {
    const link = await encodeLink(examples['a text that travels, with a prompt']!);
    for (let length = 1; length < link.length; length++) {
      expect(await errorOf(link.slice(0, length))).not.toBeNull();
    }
  });
});

it('a name without anything to see is called text', async () => {
  const link = await encodeLink({ ...bare, text: { ...noText, name: '\u202E\n' } });
  expect((await decodeLink(link)).value?.text.name).toBe('text');
});
