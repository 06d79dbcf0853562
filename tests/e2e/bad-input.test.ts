import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
let kept: { step: number; fingerprint: string };
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

// A run one step old stands on the page before each bad thing comes.
beforeEach(async () => {
  visit = await Visit.begin(browser);
  await visit.setRecipe({ n_layer: 1, n_head: 2, n_embd: 16 });
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
  kept = { step: 1, fingerprint: await visit.fingerprint() };
});

afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

// The sentence that is told there.
const told = (place: string) => visit.page.locator(place).getByRole('alert').innerText();

// The run before is there as it was, and goes on.
async function expectRunKept() {
  expect(await visit.step()).toBe(kept.step);
  expect(await visit.fingerprint()).toBe(kept.fingerprint);
  await visit.button('Step').click();
  await eventually(() => visit.step()).toBe(kept.step + 1);
  kept = { step: kept.step + 1, fingerprint: await visit.fingerprint() };
}

async function expectTextKept() {
  const text = visit.page.getByLabel('Text to learn from');
  const name = () => text.locator('option:checked').innerText();
  await eventually(name).toContain('tiny stories');
}

describe('a text that is no use', () => {
  it.each([
    ['empty.txt', '', 'The text is empty; it needs at least one character.'],
    [
      'binary.bin',
      Uint8Array.from({ length: 4096 }, (_, i) => (i * 89) % 256),
      /^This is a binary file, not a text: .* at offset 0\. Choose a plain text file, .* UTF-8\.$/,
    ],
    [
      'latin1.txt',
      Buffer.from('Stra\xdfe und Br\xfccke '.repeat(100), 'latin1'),
      /^This is not UTF-8 text: .* 0xDF .* at offset 4 .*\. Save it as UTF-8 and try again\.$/,
    ],
    [
      'utf16.txt',
      Buffer.from('\ufeffOnce there was a fox.', 'utf16le'),
      /UTF-16; only UTF-8 can be read\. Save it as UTF-8 and try again\.$/,
    ],
  ])('%s is refused in a sentence', async (name, bytes, words) => {
    await visit.drop(name, Buffer.from(bytes));
    expect(await told('.text-panel')).toMatch(words);
    await expectTextKept();
    await expectRunKept();
  });

  it('200 MB are refused before they are read', async () => {
    const data = await visit.page.evaluateHandle(() => {
      const data = new DataTransfer();
      const megabyte = new Uint8Array(1_000_000).fill(97);
      const parts = Array.from({ length: 200 }, () => megabyte);
      data.items.add(new File(parts, 'huge.txt'));
      Blob.prototype.arrayBuffer = () => Promise.reject(new Error('the file was read'));
      return data;
    });
    await visit.page.dispatchEvent('body', 'drop', { dataTransfer: data });
    expect(await told('.text-panel')).toMatch(
      /^“huge\.txt” has 200 MB; a text may have up to \d+(\.\d+)? MB\.$/,
    );
    await expectTextKept();
    await expectRunKept();
  });

  it('one shorter than a block is shown with what it lacks, and nothing starts', async () => {
    await visit.drop('short.txt', Buffer.from('Too short.'));
    await visit.page.locator('.text-facts', { hasText: '10 B' }).waitFor();
    await visit.button('Train anew').click();
    expect(await told('.text-panel')).toMatch(
      /^The training part of the text is 9 tokens long; Context 64 needs at least 65\./,
    );
    await visit.button('Undo').click();
    await expectTextKept();
    await visit.page.getByText('Back to the run’s').waitFor({ state: 'hidden' });
    await expectRunKept();
  });
});

describe('a recipe that cannot be', () => {
  it.each([
    ['n_embd', '15', /^Width is 15, which Heads 2 does not divide; use 14 or 16\.$/],
    ['n_layer', '0', /^Layers is 0; it must be a whole number from 1 up to \d+\.$/],
    ['n_head', '2.5', /^Heads is 2\.5; it must be a whole number from 1 up to \d+\.$/],
    ['block_size', '-4', /^Context is -4; it must be a whole number from 1 up to \d+\.$/],
    ['batch_size', '1000000000', /^Batch is 1000000000; it must be .* from 1 up to \d+\.$/],
    ['steps', '', /^Steps is empty; it must be a whole number from 1 up to \d+\.$/],
    ['lr', 'fast', /^Learning rate is “fast”; it must be a number from 0 up to \d+\.$/],
    ['dropout', '1', /^Dropout is 1; it must be a number from 0 below 1\.$/],
  ])('%s of %s is told beside its control, and the run is kept', async (name, value, words) => {
    await visit.setRecipe({ [name]: value });
    const row = visit.page.locator('.setting-row', { has: visit.page.locator(`#setting-${name}`) });
    expect(await row.getByRole('alert').innerText()).toMatch(words);
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
    expect(await told('.recipe-panel')).toMatch(
      /^This run needs [\d,]+ MB of memory; at most [\d,]+ MB .* Lower Batch, Context, Width or/,
    );
    await visit.button('Train anew').click();
    await visit.button('Back to the run’s').click();
    await expectRunKept();
  });

  it('one that breaks the run stops it where it was, and says so', async () => {
    await visit.setRecipe({ lr: 10, min_lr: 10, weight_decay: 10, warmup_steps: 0, grad_clip: 0 });
    await visit.button('Train anew').click();
    await visit.waitForPhase('stopped');
    const step = await visit.step();
    expect(await told('.loss-panel')).toMatch(
      new RegExp(
        `^The loss became infinite at step ${step + 1}, first .* after step ${step}; nothing`,
      ),
    );
    expect((await visit.save()).name).toBe(`tiny-stories-step-${step}.safetensors`);
    await visit.button('Undo').click();
    await visit.waitForPhase('paused');
    await expectRunKept();
  });
});

describe('a file that is no run', () => {
  it('a truncated one is refused, and the run kept', async () => {
    const saved = readFileSync((await visit.save()).path);
    for (const length of [4, 100, saved.length - 1]) {
      await visit.drop('cut.safetensors', saved.subarray(0, length));
      const given = length.toLocaleString('en');
      await eventually(() => told('.run-controls')).toMatch(
        new RegExp(`it is ${given} bytes; .* takes 8|ends after ${given} of [\\d,]+ bytes`),
      );
      await expectRunKept();
    }
  });

  it('a foreign one is refused, and the run kept', async () => {
    const header = JSON.stringify({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } });
    const bytes = Buffer.alloc(8 + header.length + 4);
    bytes.writeBigUInt64LE(BigInt(header.length));
    bytes.write(header, 8);
    await visit.drop('foreign', bytes);
    expect(await told('.run-controls')).toMatch(
      /^This is a safetensors file, but not one of Clearformer's: .* Open a file that Clearformer/,
    );
    await expectRunKept();
  });
});

describe('a prompt that cannot be', () => {
  it('a character that the text has not is named', async () => {
    await visit.page.getByLabel('Prompt').fill('狐');
    await visit.button('Generate').click();
    expect(await told('.prompt')).toContain('狐');
    await expectRunKept();
  });

  it('so is an option out of range', async () => {
    await visit.page.locator('.prompt summary').click();
    await visit.page.getByLabel('Temperature').fill('-1');
    await visit.button('Generate').click();
    expect(await told('.prompt')).toMatch(
      /^Temperature is -1; it must be a number from 0 to \d+\.$/,
    );
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
  expect(await told('.loss-panel')).toContain('memory access out of bounds');
  expect(await visit.page.locator('#setting-n_embd').inputValue()).toBe('16');
  await expectTextKept();
  visit.complaints.length = 0; // the error that was thrown
  await visit.button('Train anew').click();
  await eventually(() => visit.step()).toBeGreaterThan(1);
});
