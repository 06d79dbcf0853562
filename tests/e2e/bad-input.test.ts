import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

// A run two steps old stands on the page before each bad thing comes.
beforeEach(async () => {
  visit = await Visit.begin(browser);
  await visit.setRecipe({ n_layer: 1, n_head: 2, n_embd: 16 });
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
});

afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

const alert = (place: string) => visit.page.locator(place).getByRole('alert');

// The run before is there and goes on.
async function expectRunKept() {
  const before = await visit.step();
  await visit.button('Step').click();
  await eventually(() => visit.step()).toBe(before + 1);
}

async function expectTextKept() {
  const text = visit.page.getByLabel('Text to learn from');
  const name = () => text.locator('option:checked').innerText();
  await eventually(name).toContain('tiny stories');
}

describe('a text that is no use', () => {
  it.each([
    ['empty.txt', new Uint8Array(), /empty/i],
    ['binary.bin', Uint8Array.from({ length: 4096 }, (_, i) => (i * 89) % 256), /UTF-8/],
    ['latin1.txt', Buffer.from('Stra\xdfe und Br\xfccke '.repeat(100), 'latin1'), /UTF-8/],
  ])('%s is refused in a sentence', async (name, bytes, words) => {
    await visit.drop(name, bytes);
    expect(await alert('.text-panel').innerText()).toMatch(words);
    await expectTextKept();
    await expectRunKept();
  });

  it('200 MB are refused before they are read', async () => {
    const data = await visit.page.evaluateHandle(() => {
      const data = new DataTransfer();
      const megabyte = new Uint8Array(1_000_000).fill(97);
      data.items.add(
        new File(
          Array.from({ length: 200 }, () => megabyte),
          'huge.txt',
        ),
      );
      return data;
    });
    await visit.page.dispatchEvent('body', 'drop', { dataTransfer: data });
    const words = await alert('.text-panel').innerText();
    expect(words).toMatch(/“huge\.txt” has 200 MB; a text may have up to \d+(\.\d+)? MB\./);
    await expectTextKept();
    await expectRunKept();
  });

  it('one shorter than a block is shown with what it lacks, and nothing starts', async () => {
    await visit.drop('short.txt', Buffer.from('Too short.'));
    await visit.page.locator('.text-facts', { hasText: '10 B' }).waitFor();
    await visit.button('Train anew').click();
    expect(await alert('.text-panel').innerText()).toMatch(/\b64\b/);
    await visit.button('Undo').click();
    await expectTextKept();
    await visit.page.getByText('Back to the run’s').waitFor({ state: 'hidden' });
    await expectRunKept();
  });
});

describe('a recipe that cannot be', () => {
  it.each([
    ['n_embd', '15', /15/],
    ['n_layer', '0', /0/],
    ['block_size', '-4', /-4/],
    ['batch_size', '1000000000', /1000000000/],
    ['lr', 'fast', /fast/],
    ['dropout', '1', /1/],
  ])('%s of %s is told beside its control, and the run is kept', async (name, value, words) => {
    await visit.setRecipe({ [name]: value });
    const row = visit.page.locator('.setting-row', { has: visit.page.locator(`#setting-${name}`) });
    const sentence = await row.getByRole('alert').innerText();
    expect(sentence).toMatch(words);
    await visit.button('Train anew').click();
    const focused = () => row.locator('input').evaluate((it) => it === document.activeElement);
    await eventually(focused).toBe(true);
    await visit.button('Back to the run’s').click();
    await expectRunKept();
  });

  it('more memory than there can be is refused before anything is allocated', async () => {
    await visit.setRecipe({
      n_layer: 48,
      n_head: 64,
      n_embd: 4096,
      block_size: 4096,
      batch_size: 64,
    });
    expect(await alert('.recipe-panel').innerText()).toMatch(
      /^This run needs [\d,]+ MB of memory; at most [\d,]+ MB/,
    );
    await visit.button('Train anew').click();
    await visit.button('Back to the run’s').click();
    await expectRunKept();
  });
});

describe('a file that is no run', () => {
  it('a truncated one is refused, and the run kept', async () => {
    const saved = readFileSync((await visit.save()).path);
    for (const length of [4, 100, saved.length - 1]) {
      await visit.drop('cut.safetensors', saved.subarray(0, length));
      expect(await alert('.run-controls').innerText()).not.toBe('');
      await expectRunKept();
    }
  });

  it('a foreign one is refused, and the run kept', async () => {
    const header = JSON.stringify({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
    const bytes = Buffer.alloc(8 + header.length + 4);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    await visit.drop('foreign', bytes);
    expect(await alert('.run-controls').innerText()).not.toBe('');
    await expectRunKept();
  });
});

describe('a prompt that cannot be', () => {
  it('a character that the text has not is named', async () => {
    await visit.page.getByLabel('Prompt').fill('狐');
    await visit.button('Generate').click();
    expect(await alert('.prompt').innerText()).toContain('狐');
    await expectRunKept();
  });

  it('so is an option out of range', async () => {
    await visit.page.locator('.prompt summary').click();
    await visit.page.getByLabel('Temperature').fill('-1');
    await visit.button('Generate').click();
    expect(await alert('.prompt').innerText()).toContain('-1');
    await expectRunKept();
  });
});

it('an engine that dies is replaced; text and recipe are kept', async () => {
  await visit.page.workers()[0]?.evaluate(() => {
    setTimeout(() => {
      throw new Error('memory access out of bounds');
    });
  });
  await visit.waitForPhase('stopped');
  expect(await alert('.loss-panel').innerText()).toContain('memory access out of bounds');
  expect(await visit.page.locator('#setting-n_embd').inputValue()).toBe('16');
  await expectTextKept();
  visit.complaints.length = 0; // the error that was thrown
  await visit.button('Train anew').click();
  await eventually(() => visit.step()).toBeGreaterThan(1);
});
