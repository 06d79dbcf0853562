import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { embedSnippet, isEmbedded, linkTo, pageName } from '../../../../web/src/ui/share/address';

beforeEach(() => {
  const { origin, host, pathname } = new URL('https://example.org/clearformer/index.html?build=x');
  vi.stubGlobal('location', { origin, host, pathname });
});
afterEach(() => vi.unstubAllGlobals());

it('a link leaves out what the address asks of this visit', () => {
  expect(linkTo('1:n_layer=2')).toBe('https://example.org/clearformer/index.html#1:n_layer=2');
  expect(pageName()).toBe('example.org/clearformer');
});

it('a snippet cannot be left by what is written into it', () => {
  const snippet = embedSnippet('1:a=1&b=2', 'Clearformer: "><script>alert(1)</script>');
  expect(snippet).toBe(
    '<iframe src="https://example.org/clearformer/index.html?embed=1#1:a=1&amp;b=2" ' +
      'title="Clearformer: &quot;>&lt;script>alert(1)&lt;/script>" ' +
      'width="760" height="420" style="border: 0" loading="lazy"></iframe>',
  );
});

it.each([
  ['?embed=1', true],
  ['?threads=1&embed=1', true],
  ['', false],
  ['?embed=0', false],
])('"%s" is embedded: %s', (search, embedded) => expect(isEmbedded(search)).toBe(embedded));
