import { afterEach, describe, expect, it, vi } from 'vitest';
import { Stock } from '../../../web/src/offline/stock';

const files = { 'index.html': 'sha256-a', 'assets/x-1.js': 'sha256-b', 'theme.js': 'sha256-c' };
const stock = new Stock({} as CacheStorage, files, 'https://host.example/some/path/');
const path = (url: string, method = 'GET') => stock.pathOf({ method, url });

describe('which requests the service worker answers', () => {
  it.each([
    ['https://host.example/some/path/', 'index.html'],
    ['https://host.example/some/path/?build=single', 'index.html'],
    ['https://host.example/some/path/index.html', 'index.html'],
    ['https://host.example/some/path/theme.js', 'theme.js'],
    ['https://host.example/some/path/assets/x-1.js', 'assets/x-1.js'],
    ['https://host.example/some/path/assets/x-0.js', 'assets/x-0.js'], // the version before
  ])('%s is %s', (url, file) => {
    expect(path(url)).toBe(file);
  });

  it.each([
    'https://host.example/',
    'https://host.example/some/other/index.html',
    'https://host.example/some/path/constructor',
    'https://host.example/some/path/service-worker.js',
    'https://texts.example/some/path/index.html',
  ])('%s is none of its', (url) => {
    expect(path(url)).toBeNull();
  });

  it('answers only what reads', () => {
    expect(path('https://host.example/some/path/', 'POST')).toBeNull();
  });
});

describe('what storage fails to give comes from the network', () => {
  const caches = { open: () => Promise.reject(new Error('no room')) } as unknown as CacheStorage;
  const failing = new Stock(caches, files, 'https://host.example/some/path/');
  const given = (answer: (request: Request) => Response) => {
    vi.stubGlobal('fetch', (request: Request) => Promise.resolve(answer(request)));
    return failing.give('theme.js', new Request('https://host.example/theme.js'));
  };
  afterEach(() => vi.unstubAllGlobals());

  it('with the headers that threads need', async () => {
    const response = await given(({ url }) => new Response(url));
    expect(await response.text()).toBe('https://host.example/theme.js');
    expect(response.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin');
  });

  // Its status is 0, of which no response can be made.
  it('as it is, where the host sends elsewhere', async () => {
    const type = { value: 'opaqueredirect' };
    const redirect = Object.create(Response.error(), { type }) as Response;
    expect(await given(() => redirect)).toBe(redirect);
  });
});
