import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolationHeaders } from '../../web/src/offline/isolation-headers';
import { decodeLink } from '../../web/src/share/link';
import { eventually, launch, Visit } from './browser';
import { firefoxPath, FirefoxVisit } from './firefox';
import { StaticHost } from './static-host';
import { realText } from './texts';

const recipe = {
  n_layer: 2,
  n_head: 2,
  n_embd: 24,
  block_size: 16,
  batch_size: 4,
  steps: 12,
  warmup_steps: 3,
  eval_every: 5,
  eval_batches: 2,
};
const text = realText().slice(0, 20_000);

const sample = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, steps: 12, eval_every: 100 };

// A link to a run of the first sample text.
async function linkFromChromium(): Promise<string> {
  const browser = await launch();
  const visit = await Visit.begin(browser);
  await visit.setRecipe(sample);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  await visit.button('Share').click();
  const link = visit.page.getByRole('textbox', { name: 'Link' });
  await eventually(() => link.inputValue()).toMatch(/#1/);
  const address = await link.inputValue();
  await browser.close();
  return address;
}

const saidBy = async (link: string) => (await decodeLink(new URL(link).hash.slice(1))).value;

// What Chromium ends with, in one go.
async function inChromium(): Promise<string> {
  const browser = await launch();
  const visit = await Visit.begin(browser, '?build=single');
  await visit.drop('text.txt', Buffer.from(text));
  await visit.page.locator('.text-facts', { hasText: '20,000' }).waitFor();
  await visit.page.getByLabel('Preset').selectOption('nano');
  await visit.setRecipe(recipe);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  await browser.close();
  return fingerprint;
}

describe.skipIf(!firefoxPath)('in Firefox', () => {
  let chromium: string;
  let folder: string;
  beforeAll(async () => {
    chromium = await inChromium();
    expect(chromium).toMatch(/^[0-9a-f]{16}$/);
    folder = mkdtempSync(join(tmpdir(), 'clearformer-text-'));
    writeFileSync(join(folder, 'text.txt'), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function begun(address: string): Promise<FirefoxVisit> {
    const visit = await FirefoxVisit.begin(address);
    await visit.giveFile('text-file', join(folder, 'text.txt'));
    await visit.page.waitForFunction(() =>
      document.querySelector('.text-facts')?.textContent?.includes('20,000'),
    );
    await visit.page.select('[aria-label="Preset"]', 'nano');
    await visit.setRecipe(recipe);
    return visit;
  }

  it('a run is trained, saved, opened after a reload and goes on, to the bits of Chromium', async () => {
    const visit = await begun('?threads=2');
    for (let step = 1; step <= 7; step++) {
      await visit.press('Step');
      await visit.page.waitForFunction(
        (step) => document.querySelector('.phase-mark .steps')?.textContent?.startsWith(`${step} `),
        {},
        step,
      );
    }
    const fingerprint = await visit.fingerprint();
    const file = await visit.save();

    await visit.open('?threads=2');
    await visit.giveFile('run-file', file);
    await visit.waitForPhase('paused');
    expect(await visit.step()).toBe(7);
    expect(await visit.fingerprint()).toBe(fingerprint);

    await visit.press('Resume');
    await visit.waitForPhase('done');
    expect(await visit.fingerprint()).toBe(chromium);
    expect(await visit.read('.fingerprint')).toMatch(/2 threads$/);
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('a run that the browser kept is offered after a reload and goes on, to the same bits', async () => {
    const visit = await begun('?threads=2');
    await visit.press('Step');
    await visit.page.waitForFunction(() =>
      document.querySelector('.run-facts')?.textContent?.startsWith('step 1 of 12'),
    );
    await visit.open('?threads=2');
    await visit.press('Open it');
    await visit.waitForPhase('paused');
    expect(await visit.step()).toBe(1);
    await visit.press('Resume');
    await visit.waitForPhase('done');
    expect(await visit.fingerprint()).toBe(chromium);
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  // Firefox answers a claim when all workers of the page have, and these never do.
  it('a service worker that takes over while threads sleep keeps no visit waiting', async () => {
    const host = await StaticHost.begin(isolationHeaders);
    const release = host.withhold('icon-maskable.svg'); // which the service worker alone asks for
    const visit = await FirefoxVisit.begin(`${host.url}?threads=2`);
    await visit.setRecipe(recipe);
    await visit.press('Step');
    await visit.page.waitForFunction(() =>
      document.querySelector('.run-facts')?.textContent?.startsWith('step 1 of 12'),
    );
    release();
    const takenOver = visit.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      // One that waits in vain is ended after 60 s.
      for (const until = Date.now() + 40_000; Date.now() < until;)
        if (registration.active?.state === 'activated') return true;
        else await new Promise((done) => setTimeout(done, 50));
      return false;
    });
    expect(await takenOver).toBe(true);
    await visit.open(host.url);
    expect(visit.complaints).toEqual([]);
    await visit.end();
    await host.end();
  });

  it('one thread gives the same', async () => {
    const visit = await begun('?build=single');
    await visit.press('Train');
    await visit.waitForPhase('done');
    expect(await visit.fingerprint()).toBe(chromium);
    await visit.end();
  });

  it('a link from Chromium is reproduced, and the link to what came of it says the same', async () => {
    const link = await linkFromChromium();
    const visit = await FirefoxVisit.begin(link);
    const told = () => visit.read('.shared-words');
    await eventually(told).toContain('Nothing has started');
    await visit.press('Train');
    await visit.waitForPhase('done');
    await eventually(told).toContain('Reproduced: after step 12 the weights are the sender’s');
    await visit.press('Share');
    const own = () =>
      visit.page.$eval('::-p-aria([name="Link"][role="textbox"])', (it) =>
        it instanceof HTMLInputElement || it instanceof HTMLTextAreaElement ? it.value : '',
      );
    await eventually(own).toMatch(/#1/);
    expect(await saidBy(await own())).toEqual(await saidBy(link));
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('a host that sends no headers gives threads, and later visits need no network', async () => {
    const host = await StaticHost.begin();
    const visit = await FirefoxVisit.begin(host.url);
    const isolated = () => visit.page.evaluate(() => crossOriginIsolated).catch(() => false);
    await eventually(isolated).toBe(true);
    await host.goOffline();
    await visit.open(host.url);
    await visit.setRecipe({ ...recipe, steps: 3 });
    await visit.press('Train');
    await visit.waitForPhase('done');
    expect(await visit.read('.fingerprint')).toMatch(/[2-9] threads$/);
    await visit.end();
    await host.end();
  });
});
