import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { characterStart, stepUtf8, withoutMark } from '../../../web/src/text/utf8';

// U+FFFD for each broken part, as the platform's decoder has it.
function decodeBySteps(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length;) {
    const step = stepUtf8(bytes, at);
    const part = bytes.subarray(at, at + Math.abs(step));
    text += step < 0 ? '\ufffd' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(part);
    at += Math.abs(step);
  }
  return text;
}

describe('stepUtf8', () => {
  it('agrees with the platform on any bytes', () => {
    const platform = new TextDecoder('utf-8', { ignoreBOM: true });
    // Bytes near the edges of the table come up often.
    const edges = [
      0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5,
    ];
    const byte = fc.oneof(fc.nat(255), fc.constantFrom(...edges));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (array) => {
        const bytes = Uint8Array.from(array);
        expect(decodeBySteps(bytes)).toBe(platform.decode(bytes));
      }),
      { numRuns: 5000 },
    );
  });

  it('goes through any text character by character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeBySteps(new TextEncoder().encode(text))).toBe(text);
      }),
    );
  });
});

it('characterStart finds the next whole character', () => {
  const bytes = new TextEncoder().encode('a狐b');
  expect([0, 1, 2, 3, 4, 5].map((at) => characterStart(bytes, at))).toEqual([0, 1, 4, 4, 4, 5]);
});

it('withoutMark takes off one mark, and nothing else', () => {
  const bytes = new TextEncoder().encode('\ufeff\ufeffa');
  expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(withoutMark(bytes))).toBe('\ufeffa');
  expect(withoutMark(Uint8Array.of(0xef, 0xbb))).toHaveLength(2);
});
