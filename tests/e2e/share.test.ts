import { deflateRawSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { decodeLink, encodeLink } from '../../web/src/share/link';
import type { SharedRun } from '../../web/src/share/shared';
import { ownPage } from './own-page';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const small = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, steps: 12, eval_every: 100 };
const foxes = 'The fox sat by the well. The hen sat by the fox. '.repeat(60);

// What the panel's link is.
async function sharedLink(visit: Visit): Promise<string> {
  const link = visit.page.getByRole('textbox', { name: 'Link' });
  await eventually(() => link.inputValue()).toMatch(/#1/);
  return link.inputValue();
}

const said = async (link: string) => (await decodeLink(new URL(link).hash.slice(1))).value!;

// The link as somebody would have it who wants to mislead.
async function forged(link: string, run: Partial<SharedRun>): Promise<string> {
  const shared = await said(link);
  const fragment = await encodeLink({ ...shared, run: { ...shared.run!, ...run } });
  return link.replace(/#.*/, `#${fragment}`);
}

async function train(visit: Visit, recipe: Parameters<Visit['setRecipe']>[0] = small) {
  await visit.setRecipe(recipe);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
}

// What the page says of the link it was opened with.
const told = (visit: Visit) => visit.page.locator('.shared-words').innerText();

async function trainedLink({ text = '', address = '' } = {}) {
  const visit = await Visit.begin(browser, address);
  if (text) await visit.drop('foxes.txt', Buffer.from(text));
  await train(visit);
  const fingerprint = await visit.fingerprint();
  await visit.page.keyboard.press('s');
  const link = await sharedLink(visit);
  await visit.end();
  return { link, fingerprint };
}

describe('a link to a run', () => {
  it('is copied, opened in a fresh profile, waits, and is reproduced', async () => {
    const sender = await Visit.begin(browser, '', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await train(sender);
    const fingerprint = await sender.fingerprint();
    const entries = await sender.page.evaluate(() => history.length);
    await sender.button('Share').click();
    const link = await sharedLink(sender);
    expect(link.length).toBeLessThan(2000);
    await sender.button('Copy link').click();
    await sender.page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await sender.page.evaluate(() => navigator.clipboard.readText())).toBe(link);
    expect(sender.page.url()).toBe(link);
    expect(await sender.page.evaluate(() => history.length)).toBe(entries);
    await sender.button('Close').click();
    await sender.end();

    const receiver = await Visit.begin(browser, link);
    await eventually(() => told(receiver)).toMatch(
      `Nothing has started. Train it, and after step 12 the weights should have the fingerprint ${fingerprint}.`,
    );
    await receiver.waitForPhase('ready');
    expect(await receiver.page.locator('#setting-n_embd').inputValue()).toBe('16');
    await receiver.button('Train').click();
    await receiver.waitForPhase('done');
    expect(await told(receiver)).toMatch(
      `Reproduced: after step 12 the weights are the sender’s, bit for bit. Fingerprint ${fingerprint}.`,
    );
    expect(receiver.complaints).toEqual([]);
    await receiver.end();
  });

  it('whose fingerprint was tampered with ends in what differs', async () => {
    const { link, fingerprint } = await trainedLink();
    const visit = await Visit.begin(
      browser,
      await forged(link, { fingerprint: '00000000deadbeef' }),
    );
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    expect(await told(visit)).toMatch(
      new RegExp(
        `Not reproduced: after step 12 the fingerprint is ${fingerprint}, the sender’s ` +
          '00000000deadbeef\\. Recipe, text and arithmetic are the same, so the link was changed, or',
      ),
    );
    await visit.end();
  });

  it('of strict arithmetic is reproduced in it, though the engine here may have a faster one', async () => {
    const { link } = await trainedLink({ address: '?build=simd' });
    expect((await said(link)).run?.arithmetic).toBe('strict');
    const visit = await Visit.begin(browser, link);
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    expect(await told(visit)).toContain('Reproduced: after step 12');
    await visit.end();
  });

  it('of another class of arithmetic, or with a setting changed here, says that', async () => {
    const { link } = await trainedLink();
    const fused = await forged(link, { arithmetic: 'fused' });
    const visit = await Visit.begin(browser, fused.replace('#', '?build=simd#'));
    await visit.setRecipe({ lr: 0.5 });
    await eventually(() => told(visit)).toMatch(/Learning rate is 0\.5, the link’s 0\.002\./);
    await visit.button('Back to the link’s').click();
    await eventually(() => told(visit)).toMatch(/Nothing has started/);
    await visit.setRecipe({ seed: 5 });
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    expect(await told(visit)).toMatch(
      /Not reproduced: .* Seed is 5, the link’s 1337\. This page computes in strict arithmetic, the sender in fused:/,
    );
    await visit.end();
  });

  it('that comes while another is open can be taken back', async () => {
    const visit = await Visit.begin(browser, '#1:n_layer=2');
    await visit.page.evaluate(() => void (location.hash = '1:n_layer=3'));
    const layers = () => visit.page.locator('#setting-n_layer').inputValue();
    await eventually(layers).toBe('3');
    await visit.button('Undo').click();
    await eventually(layers).toBe('2');
    expect(await visit.page.locator('.shared-strip').count()).toBe(0);
    await visit.end();
  });
});

describe('a text of the user’s own', () => {
  it('is named by its SHA-256, asked for, and told from another', async () => {
    const { link, fingerprint } = await trainedLink({ text: foxes });
    expect((await said(link)).text.content).toBeNull();
    const visit = await Visit.begin(browser, link);
    await eventually(() => told(visit)).toMatch(
      /It was trained on “foxes\.txt”, 2\.94 kB, .* Open or drop that file; the page says whether/,
    );
    await visit.drop('other.txt', Buffer.from(foxes.replace('fox', 'cat')));
    await eventually(() => told(visit)).toMatch(
      /“other\.txt” is another text than the sender’s: its SHA-256 begins with/,
    );
    const [chooser] = await Promise.all([
      visit.page.waitForEvent('filechooser'),
      visit.button('Open the file').click(),
    ]);
    await chooser.setFiles({
      name: 'renamed.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(foxes),
    });
    await eventually(() => told(visit)).toMatch(/Nothing has started\. Train it/);
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    expect(await told(visit)).toContain(`Reproduced: after step 12`);
    expect(await visit.fingerprint()).toBe(fingerprint);
    await visit.end();
  });

  it('travels by choice', async () => {
    const sender = await Visit.begin(browser);
    await sender.drop('foxes.txt', Buffer.from(foxes));
    await sender.button('Share').click();
    const short = await sharedLink(sender);
    await sender.page.getByLabel('Your text itself').check();
    await eventually(() => sharedLink(sender)).not.toBe(short);
    const link = await sharedLink(sender);
    await sender.end();
    const receiver = await Visit.begin(browser, link);
    await eventually(() => receiver.page.locator('.text-preview').innerText()).toContain(
      'The fox sat by the well.',
    );
    await eventually(() => told(receiver)).toMatch(/Nothing has started/);
    await receiver.end();
  });
});

describe('a model in a link', () => {
  it('writes what the run writes, once it is asked to', async () => {
    const sender = await Visit.begin(browser);
    await sender.drop('foxes.txt', Buffer.from(foxes));
    await train(sender, { ...small, n_embd: 32, block_size: 32, steps: 400, lr: 0.01 });
    await sender.page.getByLabel('Prompt', { exact: true }).fill('The fox');
    await sender.page.locator('.prompt-options summary').click();
    await sender.page.getByLabel('Temperature').fill('0');
    await sender.page.getByLabel('Length').fill('60');
    await sender.button('Generate').click();
    const mine = (visit: Visit) => visit.page.locator('.writing', { hasText: 'from your prompt' });
    const written = async (visit: Visit) => {
      await mine(visit).locator('.written:not(.streaming)').waitFor();
      return mine(visit).locator('.written').innerText();
    };
    const wanted = await written(sender);
    expect(wanted).toMatch(/^The fox sat by the well\. The hen sat/);

    await sender.button('Share').click();
    const short = await sharedLink(sender);
    await sender.page.getByLabel('The model itself').check();
    await sender.page.getByLabel('The prompt').check();
    const along = async () => {
      const { model, writing } = await said(await sharedLink(sender));
      return [model !== null, writing?.prompt];
    };
    await eventually(along).toEqual([true, 'The fox']);
    const link = await sharedLink(sender);
    expect(link.length).toBeGreaterThan(short.length + 10_000);
    expect(await sender.page.locator('.share-length').innerText()).toMatch(
      new RegExp(`^${link.length.toLocaleString('en')} characters\\. Every browser opens it;`),
    );
    await sender.end();

    const receiver = await Visit.begin(browser, link);
    await eventually(() => told(receiver)).toMatch(
      /A model came with it\. Press Write and read what it writes from “The fox”\./,
    );
    expect(await receiver.page.locator('.writing').count()).toBe(0);
    await receiver.button('Write').click();
    expect(await written(receiver)).toBe(wanted);
    expect(await told(receiver)).toMatch(/The link’s model is open: [\d,]+ weights, 8 bits each/);
    // And from a prompt of one's own; training begins a run of one's own.
    await receiver.page.getByLabel('Prompt', { exact: true }).fill('The hen');
    await receiver.button('Generate').click();
    await eventually(() => mine(receiver).count()).toBe(2);
    await receiver.setRecipe({ steps: 5 });
    await receiver.button('Train').click();
    await receiver.waitForPhase('done');
    expect(await receiver.step()).toBe(5);
    expect(receiver.complaints).toEqual([]);
    await receiver.end();
  });

  it('that is too large is said to be a matter for a file', async () => {
    const visit = await Visit.begin(browser);
    await visit.setRecipe({ ...small, n_layer: 6, n_embd: 256, batch_size: 1 });
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    await visit.button('Share').click();
    await sharedLink(visit);
    await visit.page.getByLabel('The model itself').check();
    const reason = visit.page.locator('.share-panel').getByRole('alert');
    expect(await reason.innerText()).toMatch(
      /^This model takes 4,[\d,]+ bytes; .* Save the run as a file instead\.$/,
    );
    await visit.page.getByLabel('The model itself').uncheck();
    await sharedLink(visit);
    await visit.end();
  });
});

describe('a hostile link', () => {
  const bomb = deflateRawSync(Buffer.alloc(200 << 20)).toString('base64url');
  const sha = 'A'.repeat(43);

  it.each([
    ['1:n_layer=999999999999', /^This link cannot be opened\. Layers is 999999999999; it must be/],
    ['1:n_layer=<img src=x onerror=alert(1)>', /Layers is “%3Cimg|Layers is “<img src=x/],
    ['1:<script>alert(1)</script>=1', /It says something of|is not a name/],
    [`1z${bomb}`, /It is cut short or damaged/],
    [`1:/${bomb}`, /The model in it is cut short or damaged/],
    ['9z', /It is of version “9”, and this page reads version 1/],
    ['1:__proto__=1', /It says something of “__proto__”/],
  ])('number %# is answered with a sentence, and the page works', async (fragment, words) => {
    const visit = await Visit.begin(browser, `#${fragment}`);
    await eventually(() => told(visit)).toMatch(words);
    await visit.button('Dismiss').click();
    expect(visit.page.url()).not.toContain('#');
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('has its words set as text', async () => {
    const name = '<img src=x onerror="document.title=1"><b>b</b>';
    const fields = `text.name=${encodeURIComponent(name)}&text.bytes=5&text.sha256=${sha}`;
    const visit = await Visit.begin(browser, `#1:${fields}&write.prompt=%3Cb%3Eb%3C%2Fb%3E`);
    await eventually(() => told(visit)).toContain(`“${name}”`);
    expect(await visit.page.locator('.shared-strip img, .shared-strip b, .prompt b').count()).toBe(
      0,
    );
    expect(await visit.page.title()).toContain('Clearformer');
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('with a recipe beyond the memory is told by the plan, before anything is taken', async () => {
    const visit = await Visit.begin(
      browser,
      '#1:n_layer=48&n_head=64&n_embd=4096&block_size=4096&batch_size=4096',
    );
    const plan = visit.page.locator('.recipe-panel').getByRole('alert');
    expect(await plan.innerText()).toMatch(/^This run needs [\d,]+ MB of memory/);
    await visit.waitForPhase('ready');
    await visit.end();
  });

  it('with a model that is none is refused when it is opened', async () => {
    const junk = deflateRawSync(Buffer.from('{"not":"a model"}')).toString('base64url');
    const visit = await Visit.begin(browser, `#1:/${junk}`);
    await visit.button('Write').click();
    await visit.page.locator('.notes').getByRole('alert').waitFor();
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });
});

describe('in a frame of another page', () => {
  it('it trains on one thread, and leads to the whole page', async () => {
    const { link, fingerprint } = await trainedLink();
    const src = link.replace('#', '?embed=1#');
    const host = await ownPage(
      `<!doctype html><title>Mine</title><iframe src="${src.replaceAll('&', '&amp;')}" width="760" height="420"></iframe>`,
    );
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(host.url);
    const frame = page.frameLocator('iframe');
    const words = frame.locator('.shared-words');
    await words.filter({ hasText: 'Nothing has started' }).waitFor();
    const inside = page.frames()[1]!;
    expect(await inside.evaluate(() => crossOriginIsolated)).toBe(false);
    await frame.getByRole('button', { name: 'Train', exact: true }).click();
    await words.filter({ hasText: `Reproduced: after step 12` }).waitFor();
    expect(await words.innerText()).toContain(fingerprint);
    expect(await frame.locator('.fingerprint').innerText()).toContain('1 thread');
    expect(await frame.locator('.writing').count()).toBeGreaterThan(0);
    // No more than fits: nothing of the frame's own scrolls away.
    const overflow = await inside.evaluate(
      () => document.documentElement.scrollHeight - innerHeight,
    );
    expect(overflow).toBeLessThanOrEqual(0);
    const [whole] = await Promise.all([
      context.waitForEvent('page'),
      frame.getByRole('link', { name: 'Clearformer' }).click(),
    ]);
    await whole.getByText('Nothing has started').waitFor();
    expect(whole.url()).toBe(link);
    await context.close();
    await host.close();
  });

  it('the panel has the snippet for it', async () => {
    const visit = await Visit.begin(browser);
    await visit.button('Share').click();
    const link = await sharedLink(visit);
    const snippet = await visit.page.getByLabel('Snippet for a page of your own').inputValue();
    expect(snippet).toContain(link.replace('#', '?embed=1#').replaceAll('&', '&amp;'));
    await visit.end();
  });
});

describe('a picture', () => {
  it('is a PNG of the size to post, of another look in dark', async () => {
    const visit = await Visit.begin(browser);
    await train(visit);
    await visit.button('Share').click();
    const files = [];
    for (const scheme of ['light', 'dark']) {
      await visit.page.getByLabel('Colours of the picture').selectOption(scheme);
      const [download] = await Promise.all([
        visit.page.waitForEvent('download'),
        visit.button('Download picture').click(),
      ]);
      expect(download.suggestedFilename()).toBe('tiny-stories-step-12.png');
      files.push(await readDownload(await download.createReadStream()));
    }
    for (const file of files) {
      expect(file.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
      expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([1200, 675]);
      expect(file.length).toBeGreaterThan(20_000); // something is drawn
    }
    expect(files[0]!.equals(files[1]!)).toBe(false);
    await visit.end();
  });

  it('is copied where the browser allows it', async () => {
    const visit = await Visit.begin(browser, '', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await train(visit);
    await visit.button('Share').click();
    await visit.button('Copy picture').click();
    await visit.page.getByRole('button', { name: 'Copied' }).waitFor();
    const types = await visit.page.evaluate(async () =>
      (await navigator.clipboard.read()).flatMap(({ types }) => types),
    );
    expect(types).toContain('image/png');
    await visit.end();
  });
});

async function readDownload(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
