import { describe, expect, it } from 'vitest';
import { findFaults } from '../../../web/src/text/faults';
import { readingsOf } from '../../../web/src/text/readings';

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const utf8 = (text: string) => new TextEncoder().encode(text);

describe('findFaults', () => {
  it('finds none in UTF-8', () => {
    expect(findFaults(utf8('Straße, 狐, 🦊\n'))).toBeNull();
    expect(findFaults(new Uint8Array())).toBeNull();
  });

  it('tells line, column, bytes and surroundings', () => {
    const bytes = new Uint8Array([...utf8('Ärger\n狐狐 in '), 0xdf, 0xfc, ...utf8('x und\nmehr')]);
    expect(findFaults(bytes)).toEqual({
      count: 2,
      more: false,
      shown: [
        { offset: 17, line: 2, column: 7, bytes: [0xdf], before: '狐狐 in ', after: '\ufffdx und' },
        { offset: 18, line: 2, column: 8, bytes: [0xfc], before: '狐狐 in \ufffd', after: 'x und' },
      ],
    });
  });

  it('takes a character cut off at the end for one fault', () => {
    const faults = findFaults(utf8('ab狐').subarray(0, 4))!;
    expect(faults.shown).toMatchObject([{ offset: 2, bytes: [0xe7, 0x8b], after: '' }]);
  });

  it('shows a few of many, and gives up counting very many', () => {
    expect(findFaults(latin1('ü '.repeat(100)))).toMatchObject({ count: 100, more: false });
    const many = findFaults(latin1('ü '.repeat(1_000_000)))!;
    expect(many.more).toBe(true);
    expect(many.shown).toHaveLength(4);
  });

  it('shows no control characters', () => {
    const { before, after } = findFaults(latin1('a\u0001\u001b[31m\xff\u0007b'))!.shown[0]!;
    expect(before + after).toMatch(/^[ -~\ufffd]+$/);
  });
});

describe('readingsOf', () => {
  it('offers Windows-1252 for bytes that are no UTF-8', () => {
    // Its quotation marks are tried in a browser: Node 20 reads those as ISO 8859-1.
    const bytes = latin1('Stra\xdfe');
    const [reading] = readingsOf(bytes);
    expect(reading?.key).toBe('windows-1252');
    expect(reading?.read(bytes)).toBe('Straße');
  });

  it('or to put a sign in place of what is broken', () => {
    const bytes = latin1('Stra\xdfe');
    expect(readingsOf(bytes)[1]?.read(bytes)).toBe('Stra\ufffde');
  });

  it.each([
    ['utf-16le', [0xff, 0xfe, 0x41, 0, 0xd0, 0x72]],
    ['utf-16be', [0xfe, 0xff, 0, 0x41, 0x72, 0xd0]],
  ])('reads %s by its mark', (key, array) => {
    const bytes = Uint8Array.from(array);
    const readings = readingsOf(bytes);
    expect(readings.map((reading) => reading.key)).toEqual([key]);
    expect(readings[0]?.read(bytes)).toBe('A狐');
  });

  it('offers nothing for a binary file', () => {
    expect(readingsOf(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0, 0xff))).toEqual([]);
  });
});
