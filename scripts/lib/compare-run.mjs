// Trains one run of `npm run compare` and measures it, once: the result is kept beside it.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProcess } from './bench-process.mjs';
import { Failure, stage } from './log.mjs';

/**
 * @param recipe settings by name; `preset` names an architecture
 * @returns {Promise<object>} loss (nats a token) and bits_per_byte over all that is held out, steps,
 *   parameters, fingerprint
 */
export async function trained(program, text, recipe, folder) {
  const flags = Object.entries(recipe).flatMap(([name, value]) => [
    `--${name.replaceAll('_', '-')}`,
    `${value}`,
  ]);
  const about = createHash('sha256').update(readFileSync(text)).update(flags.join(' '));
  const file = join(folder, `${about.digest('hex').slice(0, 16)}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  return await stage(`train ${flags.join(' ')}`, async () => {
    const run = file.replace('.json', '.safetensors');
    const quiet = ['--eval-every', '10000000', '--threads', '1'];
    const events = await answers(program, [
      'train',
      '--text',
      text,
      '--out',
      run,
      ...quiet,
      ...flags,
    ]);
    const [measured] = await answers(program, ['eval', '--model', run, '--threads', '1']);
    const [about] = await answers(program, ['info', '--model', run]);
    rmSync(run);
    const { loss, bits_per_byte } = measured;
    const { step: steps, fingerprint } = events.at(-1);
    const result = { flags, loss, bits_per_byte, steps, fingerprint };
    const parameters = about.parameters;
    writeFileSync(file, `${JSON.stringify({ ...result, parameters }, null, 2)}\n`);
    return { ...result, parameters };
  });
}

// The events that a command prints.
async function answers(program, args) {
  const { status, stdout, stderr } = await runProcess(program, [...args, '--json']);
  if (status !== 0) throw new Failure(stderr.split('\n').at(-1));
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
