import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { publicTexts } from '../../../web/src/corpora/public-texts';
import { AddressState } from '../../../web/src/state/address-state';

let address: AddressState;
let answer: (url: string) => Promise<Response>;
const plain = { headers: { 'content-type': 'text/plain' } };

beforeEach(() => {
  address = new AddressState();
  answer = () => Promise.resolve(new Response('Once there was a fox.', plain));
  vi.stubGlobal('fetch', (url: URL) => answer(url.href));
});
afterEach(() => vi.unstubAllGlobals());

describe('a text by address', () => {
  it('is named as it is known, or by the last part of its address', async () => {
    const { address: known, name } = publicTexts[0]!;
    expect((await address.fetch(known))?.name).toBe(name);
    expect((await address.fetch('https://a.example/b/c%20d.txt'))?.name).toBe('c d.txt');
    expect((await address.fetch('https://a.example/%ff'))?.name).toBe('%ff');
    expect((await address.fetch('https://a.example'))?.name).toBe('a.example');
  });

  it('tells what is wrong, and forgets it at the next try', async () => {
    expect(await address.fetch('ftp://a.example/')).toBeNull();
    expect(address.problem.value).toMatch(/https addresses only/);
    expect(await address.fetch('https://a.example/')).not.toBeNull();
    expect(address.problem.value).toBeNull();
    expect(address.fetching.value).toBeNull();
  });

  it('gives way to the next, whose answer alone counts', async () => {
    let answerSlow: (response: Response) => void = () => undefined;
    answer = (url) =>
      url.includes('slow')
        ? new Promise((resolve) => (answerSlow = resolve))
        : Promise.resolve(new Response('fast', plain));
    const slow = address.fetch('https://a.example/slow');
    const fast = address.fetch('https://a.example/fast');
    answerSlow(new Response('slow', plain));
    expect(await slow).toBeNull();
    expect((await fast)?.name).toBe('fast');
    expect(address.problem.value).toBeNull();
  });

  it('can be stopped, which is no problem', async () => {
    // A fetch that ends, as the platform's does, when it is told to.
    const aborted = (init?: RequestInit) =>
      new Promise<Response>((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
      );
    vi.stubGlobal('fetch', (_: URL, init?: RequestInit) => aborted(init));
    const fetched = address.fetch('https://a.example/slow');
    expect(address.fetching.value).toEqual({ name: 'slow', bytes: 0 });
    address.stop();
    expect(await fetched).toBeNull();
    expect(address.fetching.value).toBeNull();
    expect(address.problem.value).toBeNull();
  });
});
