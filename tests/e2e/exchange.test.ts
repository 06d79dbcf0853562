// A model leaves the page for other programs and comes back, there and to the command line.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, expect, it } from 'vitest';
import { Folder, succeed } from '../engine/cli/run';
import { readSafetensors, writeSafetensors } from '../engine/cli/safetensors';
import { type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const folder = new Folder();
afterAll(() => folder.remove());

const small = { n_layer: 1, n_head: 2, n_embd: 32, block_size: 16, steps: 12, eval_every: 100 };

async function exported(name: string): Promise<{ name: string; bytes: Buffer }> {
  await visit.button('Export').click();
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.button(`Export for ${name}`).click(),
  ]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
}

const notes = () => visit.page.locator('.notes').first().innerText();

it('Hugging Face’s folder, GGUF and nanoGPT’s tensors are those of the command line', async () => {
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  const run = folder.write('run', readFileSync((await visit.save()).path));
  for (const [name, to, ending] of [
    ['GGUF', 'gguf', '.gguf'],
    ['nanoGPT', 'nanogpt', '-nanogpt.safetensors'],
  ] as const) {
    const out = folder.at(to);
    succeed('export', '--model', run, '--to', to, '--out', out);
    const file = await exported(name);
    expect(file.name).toBe(`tiny-stories-step-12${ending}`);
    expect(file.bytes.equals(readFileSync(out))).toBe(true);
  }

  const zip = await exported('Hugging Face');
  expect(zip.name).toBe('tiny-stories-step-12-hf.zip');
  const entries = unzipSync(zip.bytes);
  for (const [path, bytes] of Object.entries(entries))
    writeFileSync(folder.at(path.slice(path.indexOf('/') + 1)), bytes);
  succeed('import', '--from', folder.path, '--out', folder.at('back'));
  const { events } = succeed('info', '--model', folder.at('back'), '--json');
  expect(events[0]!.fingerprint).toBe(fingerprint);

  // Dropped, it begins a run of its own, which trains.
  await visit.drop(zip.name, zip.bytes);
  await visit.waitForPhase('paused');
  expect(await visit.step()).toBe(0);
  expect(await visit.fingerprint()).toBe(fingerprint);
  await visit.button('Resume').click();
  await visit.waitForPhase('done');
});

it('a Llama of pairs of bytes leaves in fewer bits, and comes back in a folder of shards', async () => {
  await visit.setRecipe({ ...small, tokenizer: 'bpe', 'tokenizer-size': 300 });
  await visit.setRecipe({ norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' });
  await visit.setRecipe({ tied_head: false });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  const run = folder.write('llama', readFileSync((await visit.save()).path));
  await visit.button('Export').click();
  await visit.page.getByLabel('Numbers of the GGUF').selectOption('q8_0');
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.button('Export for GGUF').click(),
  ]);
  const out = folder.at('llama.gguf');
  succeed('export', '--model', run, '--to', 'gguf', '--dtype', 'q8_0', '--out', out);
  expect(readFileSync(await download.path()).equals(readFileSync(out))).toBe(true);

  const there = folder.at('llama-hf');
  succeed('export', '--model', run, '--to', 'hf', '--out', there);
  const read = (name: string) => readFileSync(join(there, name));
  const tensors = Object.entries(readSafetensors(join(there, 'model.safetensors')));
  await visit.dropFiles({
    'config.json': read('config.json'),
    'tokenizer.json': read('tokenizer.json'),
    'README.md': read('README.md'),
    'model-00001-of-00002.safetensors': writeSafetensors(Object.fromEntries(tensors.slice(0, 4))),
    'model-00002-of-00002.safetensors': writeSafetensors(Object.fromEntries(tensors.slice(4))),
  });
  await visit.waitForPhase('paused');
  expect(await visit.fingerprint()).toBe(fingerprint);
});

it('a model that is dropped with a rank in the controls is adapted, and leaves merged', async () => {
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  const base = await exported('nanoGPT');
  await visit.setRecipe({ lora_rank: 4, steps: 20 });
  await visit.drop(base.name, base.bytes);
  await visit.waitForPhase('paused');
  expect(await visit.fingerprint()).toBe(fingerprint);
  expect(await visit.page.locator('#setting-lora_rank').inputValue()).toBe('4');
  await visit.button('Resume').click();
  await visit.waitForPhase('done');
  const adapted = await visit.fingerprint();
  expect(adapted).not.toBe(fingerprint);
  const out = await exported('nanoGPT');
  const from = folder.write(out.name, out.bytes);
  succeed('import', '--from', from, '--out', folder.at('merged'), '--lora-rank', '0');
  const { events } = succeed('info', '--model', folder.at('merged'), '--json');
  expect(events[0]!.fingerprint).toBe(adapted);

  // Anew it would begin with random weights.
  await visit.setRecipe({ seed: 5 });
  await visit.button('Train anew').click();
  await visit.page.locator('#setting-lora_rank-error').waitFor();
  expect(await visit.page.locator('#setting-lora_rank-error').innerText()).toContain(
    'there is no model to adapt',
  );
});

it('a model that does not know the text’s characters is refused with a sentence', async () => {
  await visit.drop('digits.txt', Buffer.from('1234567890 '.repeat(100)));
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  const { bytes } = await exported('nanoGPT');
  await visit.drop('words.txt', Buffer.from('The fox sat by the well. '.repeat(100)));
  await visit.page.locator('.text-facts', { hasText: '2,500' }).waitFor();
  await visit.drop('digits.safetensors', bytes);
  await visit.page.locator('.notes', { hasText: 'is not among the 11 characters' }).waitFor();
  expect(await notes()).toContain('The character "T" (U+0054)');
  expect(await visit.step()).toBe(12);
});
