import { describe, expect, it } from 'vitest';
import { publicTexts, withoutLicence } from '../../../web/src/corpora/public-texts';
import { readAddress } from '../../../web/src/state/fetch-text';

it('public texts have addresses that this page reads, each its own', () => {
  for (const { address } of publicTexts) expect(readAddress(address).url?.href).toBe(address);
  expect(new Set(publicTexts.map(({ address }) => address)).size).toBe(publicTexts.length);
});

describe('withoutLicence', () => {
  const licence = 'The Project Gutenberg EBook\nYou may copy it\n';

  it.each([
    ['*** START OF THIS PROJECT GUTENBERG EBOOK A ***', 'End of the Project Gutenberg EBook of A'],
    ['*** START OF THE PROJECT GUTENBERG EBOOK A ***', '*** END OF THE PROJECT GUTENBERG EBOOK A'],
    ['***START OF THE PROJECT GUTENBERG EBOOK A***', '***END OF THE PROJECT GUTENBERG EBOOK A'],
  ])('leaves the book alone between %j and %j', (begin, end) => {
    const text = `${licence}${begin}\n\n\nChapter 1\n\nOnce.\n\n\n${end}\n${licence}`;
    expect(withoutLicence(text)).toBe('Chapter 1\n\nOnce.\n');
    expect(withoutLicence(text.replaceAll('\n', '\r\n'))).toBe('Chapter 1\n\nOnce.\n');
  });

  it('changes no other text', () => {
    const text = 'Once.\r\n*** START ***\r\nEnd of Project Gutenberg\r\n';
    expect(withoutLicence(text)).toBe(text);
  });
});
