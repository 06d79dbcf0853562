import type { Browser, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
let requests: string[];
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => {
  visit = await Visit.begin(browser);
  requests = [];
  // Stands in for every other place: nothing of this test reaches the network.
  await visit.page.route(/^https:/, (route) => {
    requests.push(route.request().url());
    return answer(route);
  });
});
afterEach(() => visit.end());

let answer: (route: Route) => Promise<void>;

const allowed = { 'access-control-allow-origin': '*', 'content-type': 'text/plain; charset=utf-8' };
const give = (body: string | Buffer, headers: Record<string, string> = allowed, status = 200) => {
  answer = (route) => route.fulfill({ status, headers, body });
};
const dialog = () => visit.page.getByRole('dialog', { name: 'A text from the network' });
const told = () => dialog().getByRole('alert').innerText();
const chosen = () =>
  visit.page.getByLabel('Text to learn from').locator('option:checked').innerText();

async function ask(address: string): Promise<void> {
  if (!(await dialog().isVisible())) await visit.button('From an address').click();
  await dialog().getByLabel('Another address').fill(address);
  await dialog().getByRole('button', { name: 'Fetch', exact: true }).click();
}

describe('a public text', () => {
  it('is fetched when asked for, and not before', async () => {
    give('First Citizen:\nBefore we proceed any further, hear me speak.\n'.repeat(20));
    await visit.button('From an address').click();
    await dialog().getByText('raw.githubusercontent.com').first().waitFor();
    expect(requests).toEqual([]);
    await visit.button('Fetch Tiny Shakespeare').click();
    await eventually(chosen).toBe('Tiny Shakespeare');
    expect(requests).toEqual([
      'https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt',
    ]);
    expect(await dialog().isVisible()).toBe(false);
    await visit.button('Undo').click();
    await eventually(chosen).toContain('tiny stories');
    expect(visit.complaints).toEqual([]);
  });

  it('of Project Gutenberg comes without its licence', async () => {
    const licence = 'You may copy it, give it away or re-use it.\n';
    give(
      `${licence}*** START OF THIS PROJECT GUTENBERG EBOOK THE TIME MACHINE ***\n\n` +
        `The Time Traveller was expounding.\n\nEnd of the Project Gutenberg EBook\n${licence}`,
    );
    await visit.button('From an address').click();
    await visit.button('Fetch The Time Machine').click();
    await eventually(chosen).toBe('The Time Machine');
    expect((await visit.page.locator('.text-preview').innerText()).trim()).toBe(
      'The Time Traveller was expounding.',
    );
  });
});

describe('an address of one’s own', () => {
  it('is fetched, trained from and named', async () => {
    give('A fox sat by the well. '.repeat(100));
    await ask('texts.example/fables/fox.txt');
    await eventually(chosen).toBe('fox.txt');
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    expect(visit.complaints).toEqual([]);
  });

  it('that is none is refused before anything is asked', async () => {
    await ask('http://texts.example/fox.txt');
    await eventually(told).toMatch(/^This page reads from https addresses only: try/);
    await ask('no address');
    await eventually(told).toBe('“no address” is no address.');
    expect(requests).toEqual([]);
    expect(visit.complaints).toEqual([]);
  });

  it('that cannot be had is told in a sentence each, and the text before is kept', async () => {
    give('Nothing here', allowed, 404);
    await ask('https://texts.example/a.txt');
    await eventually(told).toMatch(/^texts\.example has nothing at this address \(404\)/);

    give('A fox', { ...allowed, 'access-control-allow-origin': 'https://other.example' });
    await ask('https://texts.example/b.txt');
    await eventually(told).toMatch(
      /^texts\.example could not be read .*\(CORS\).*drop the file here\.$/,
    );

    give('<!doctype html>', { ...allowed, 'content-type': 'text/html' });
    await ask('https://texts.example/c.html');
    await eventually(told).toMatch(/a web page, not with a plain text/);

    give('%PDF-1.7', { ...allowed, 'content-type': 'application/pdf' });
    await ask('https://texts.example/d.pdf');
    await eventually(told).toMatch(/application\/pdf, not a text/);

    answer = (route) => route.abort('connectionrefused');
    await ask('https://texts.example/e.txt');
    await eventually(told).toMatch(/^texts\.example could not be read from this page/);

    await visit.page.context().setOffline(true);
    await ask('https://texts.example/f.txt');
    await eventually(told).toMatch(/^There is no network, so texts\.example cannot be reached/);
    await visit.page.context().setOffline(false);
    await dialog().getByRole('button', { name: 'Close' }).click();
    expect(await chosen()).toContain('tiny stories');
  });

  it('whose text is no UTF-8 shows where, as a file does', async () => {
    give(Buffer.from('Stra\xdfe\n'.repeat(100), 'latin1'), { ...allowed, 'content-type': '' });
    await ask('https://texts.example/german.txt');
    await visit.button('Read it as Windows-1252').click();
    await eventually(chosen).toBe('german.txt, read as Windows-1252');
  });

  it('that takes too long is stopped', async () => {
    answer = () => new Promise(() => undefined);
    await ask('https://texts.example/slow.txt');
    await dialog().getByText('Fetching “slow.txt”').waitFor();
    await visit.button('Stop').click();
    await dialog().getByText('Fetching “slow.txt”').waitFor({ state: 'hidden' });
    expect(await dialog().getByRole('alert').count()).toBe(0);
  });
});

it('the page’s policy lets it read over https, and nothing else from elsewhere', async () => {
  give('A fox', allowed);
  const violations = await visit.page.evaluate(async () => {
    const violated: string[] = [];
    addEventListener('securitypolicyviolation', (event) =>
      violated.push((event as SecurityPolicyViolationEvent).blockedURI),
    );
    const tries = ['https://texts.example/', 'http://texts.example/', 'wss://texts.example/'];
    const reached: string[] = [];
    for (const address of tries) {
      if (address.startsWith('ws')) {
        try {
          new WebSocket(address);
        } catch {
          // Some browsers throw, others tell of it below.
        }
      } else
        await fetch(address).then(
          () => reached.push(address),
          () => undefined,
        );
    }
    // They are told of later, on a busy machine by more than a frame.
    const end = performance.now() + 5000;
    while (violated.length < 2 && performance.now() < end) await new Promise(requestAnimationFrame);
    return { violated, reached };
  });
  expect(violations.reached).toEqual(['https://texts.example/']);
  expect(violations.violated).toEqual(
    expect.arrayContaining([expect.stringMatching(/^http:/), expect.stringMatching(/^wss:/)]),
  );
});
