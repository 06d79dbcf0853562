// A small model, and what looks inside it.
import { readFileSync } from 'node:fs';
import type { Folder } from '../engine/cli/run';
import type { Visit } from './browser';

export const small = { n_layer: 2, n_head: 2, n_embd: 32, block_size: 16, eval_every: 20 };
export const passage = 'Once the fox saw'; // 16 tokens

export const field = ({ page }: Visit) => page.getByRole('textbox', { name: 'Text to look at' });
export const tab = ({ page }: Visit, name: string) => page.getByRole('tab', { name, exact: true });

/** Trains the model and gives its run's file. */
export async function trained(visit: Visit, folder: Folder, steps = 60): Promise<string> {
  await visit.setRecipe({ ...small, steps });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  return folder.write('run', readFileSync((await visit.save()).path));
}

export async function opened(visit: Visit, text = passage): Promise<void> {
  await visit.button('Look inside').click();
  await field(visit).fill(text);
  await visit.page.locator('.inside-text-facts', { hasText: `${text.length} tokens` }).waitFor();
  await visit.page.getByTestId('row-sum').waitFor();
}
