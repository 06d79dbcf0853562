import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, batch_size: 2 };

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

const mine = () => visit.page.locator('.writing', { hasText: 'from your prompt' });
const text = async (i = 0) => (await mine().nth(i).locator('.written').textContent()) ?? '';
const option = (name: string) => visit.page.locator(`#option-${name}`);
const told = () => visit.page.locator('.token-strip.told');
const finished = () => mine().first().locator('.written:not(.streaming)').waitFor();

async function trained(options: Parameters<typeof Visit.begin>[2] = {}): Promise<void> {
  visit = await Visit.begin(browser, '', options);
  if (!options?.isMobile) await visit.setRecipe({ ...small, steps: 300, eval_every: 300 });
  await visit.button('Train').click();
  await visit.page.locator('.writing').first().waitFor();
  if (options?.isMobile) await visit.button('Pause').click();
  await visit.waitForPhase(options?.isMobile ? 'paused' : 'done');
  await visit.page.locator('.prompt-options summary').click();
}

async function generate(prompt: string, options: Record<string, string> = {}): Promise<void> {
  await visit.page.getByLabel('Prompt', { exact: true }).fill(prompt);
  for (const [name, value] of Object.entries(options)) await option(name).fill(value);
  const before = await mine().count();
  await visit.button('Generate').click();
  await eventually(() => mine().count()).toBe(before + 1);
  await finished();
}

describe('from a prompt', () => {
  beforeEach(() => trained());

  it('length, seed, top-k and temperature decide the text', async () => {
    await generate('Once', { max_tokens: '40', seed: '5' });
    const first = await text();
    expect(first).toHaveLength('Once'.length + 40);
    await generate('Once');
    expect(await text()).toBe(first);
    await generate('Once', { seed: '6' });
    expect(await text()).not.toBe(first);
    await generate('Once', { top_k: '1' });
    const likeliest = await text();
    await generate('Once', { top_k: '0', temperature: '0', seed: '7' });
    expect(await text()).toBe(likeliest);
    await generate('Once', { temperature: '0.8', top_p: '0.0001' });
    expect(await text()).toBe(likeliest);
  });

  it('ends with the stop text, or when it is stopped', async () => {
    await generate('Once', { max_tokens: '100000', stop: ' t' });
    const written = (await text()).slice('Once'.length);
    expect(written.indexOf(' t')).toBe(written.length - 2);

    await option('stop').fill('');
    await visit.button('Generate').click();
    await eventually(async () => (await text()).length).toBeGreaterThan(200);
    await visit.button('Stop').click();
    await finished();
    const { length } = await text();
    await visit.button('Generate').waitFor();
    expect((await text()).length).toBe(length);
    expect(length).toBeLessThan(100_000);
  });

  it('goes on where a text ended, tries again, and copies', async () => {
    await visit.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await generate('Once', { max_tokens: '30' });
    const first = await text();
    await mine()
      .first()
      .getByRole('button', { name: /^Continue/ })
      .click();
    await eventually(async () => (await text()).length).toBe(first.length + 30);
    expect((await text()).startsWith(first)).toBe(true);
    expect(await mine().count()).toBe(1);
    await finished();

    await mine()
      .first()
      .getByRole('button', { name: /^Retry/ })
      .click();
    await eventually(() => mine().count()).toBe(2);
    await finished();
    expect(await option('seed').inputValue()).toBe('2');
    expect(await text(0)).toHaveLength(first.length);
    expect(await text(0)).not.toBe(first);

    await mine().first().getByRole('button', { name: /^Copy/ }).click();
    await mine().first().getByText('Copied').waitFor();
    expect(await visit.page.evaluate(() => navigator.clipboard.readText())).toBe(await text(0));
  });

  it('shades tokens by their probability, and tells the alternatives of the one pointed at', async () => {
    await generate('Once', { max_tokens: '60' });
    const token = (i: number) => mine().first().locator('.token').nth(i);
    const shade = () =>
      mine()
        .first()
        .locator('.token')
        .evaluateAll((tokens) => [
          ...new Set(tokens.map((token) => getComputedStyle(token).backgroundColor)),
        ]);
    expect(await shade()).toHaveLength(1);
    await visit.button('Probabilities').click();
    expect(await visit.button('Probabilities').getAttribute('aria-pressed')).toBe('true');
    expect((await shade()).length).toBeGreaterThan(2);

    await token(3).hover();
    await told().waitFor();
    const list = (await visit.page.locator('.writings').boundingBox())!;
    const strip = (await told().boundingBox())!;
    expect(strip.y).toBeGreaterThanOrEqual(list.y + list.height); // covers nothing
    const rows = await told().locator('li').allInnerTexts();
    expect(rows.length).toBeGreaterThanOrEqual(6);
    const chances = rows.slice(0, 6).map((row) => Number(/([\d.]+) %/.exec(row)![1]));
    expect(chances).toEqual([...chances].sort((a, b) => b - a));
    const chosen = await told().locator('.chosen .token-text').innerText();
    expect(chosen.replace('␣', ' ').replace('↵', '\n')).toBe(await token(3).textContent());
    await visit.page.mouse.move(5, 5);
    await told().waitFor({ state: 'detached' });

    // By keys, and said as well as seen.
    await visit.page.getByRole('list', { name: 'What the model wrote' }).focus();
    await visit.page.keyboard.press('ArrowRight');
    await visit.page.keyboard.press('ArrowRight');
    await told().waitFor();
    const said = visit.page.locator('.writing-panel [role=status]');
    expect(await said.textContent()).toMatch(/^(“.”|space|line end), [\d.<]+ %\. Else: /);
    await visit.page.keyboard.press('Escape');
    await told().waitFor({ state: 'detached' });
  });

  it('what is out of range is named', async () => {
    await option('top_p').fill('1.5');
    await visit.button('Generate').click();
    await visit.page
      .getByText('Top-p is 1.5; it must be a number above 0 and at most 1.')
      .waitFor();
    expect(await option('top_p').getAttribute('aria-invalid')).toBe('true');
  });
});

it('a sample comes letter by letter while the model learns', async () => {
  visit = await Visit.begin(browser);
  await visit.setRecipe({ ...small, steps: 1_000_000, eval_every: 100 });
  await visit.page.evaluate(() => {
    const lengths = new Set<number>();
    new MutationObserver(() => {
      const written = document.querySelector('.written.streaming');
      if (written) lengths.add(written.textContent.length);
      document.documentElement.dataset.lengths = String(lengths.size);
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  });
  await visit.button('Train').click();
  const lengths = () => visit.page.evaluate(() => document.documentElement.dataset.lengths);
  await eventually(async () => Number(await lengths())).toBeGreaterThan(5);
  await visit.waitForPhase('running');
});

it('a tap on a token tells its alternatives, too', async () => {
  await trained({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const token = visit.page.locator('.writing .token').nth(2);
  await token.scrollIntoViewIfNeeded();
  await token.tap();
  await told().waitFor();
  const box = (await told().boundingBox())!;
  expect(box.x).toBeGreaterThanOrEqual(0);
  expect(box.x + box.width).toBeLessThanOrEqual(390);
});
