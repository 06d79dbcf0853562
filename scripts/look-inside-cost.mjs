// node scripts/look-inside-cost.mjs: what looking inside costs a run in the page: its steps a second
// before the panel was ever opened, with it open on attention, and once it is closed again; beside
// them those of a page that never opens it, in turns; `npm run build` first. Status 1 where a run with
// the panel closed again is slower than one without by more than what is asked.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { page as pageFolder, viteConfig } from './lib/paths.mjs';
import { median, openSoak } from './lib/soak-page.mjs';

const kRounds = 5;
const kWarmUp = 100; // steps
// Each window has as many evaluations, at which an open panel takes the model anew.
const kEvery = 100;
const kSteps = 2 * kEvery;
const kSlower = 0.05;
const kMap = '.inside-large-map'; // what attention shows

await main(async () => {
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  const open = [];
  const closed = [];
  try {
    const chromium = await findChromium();
    for (let round = 0; round < kRounds; round++) {
      const rates = {};
      // Who begins changes, as the machine's mood does.
      for (const looks of round % 2 ? [true, false] : [false, true])
        rates[looks] = await measure(chromium, server.resolvedUrls.local[0], looks);
      const [before, during, after] = rates.true.map(
        (rate, i) => rate / rates.true[0] / (rates.false[i] / rates.false[0]),
      );
      say(`  before ${before.toFixed(3)}, open ${during.toFixed(3)}, closed ${after.toFixed(3)}`);
      open.push(during);
      closed.push(after);
    }
  } finally {
    await server.close();
  }
  const told = (ratios) =>
    `${median(ratios).toFixed(3)} (${ratios.map((ratio) => ratio.toFixed(2)).join(', ')})`;
  say(`steps a second, of those of a page that never looks inside, medians of ${kRounds} pairs:`);
  say(`  open on attention: ${told(open)}`);
  say(`  closed again:      ${told(closed)}`);
  if (!(median(closed) >= 1 - kSlower))
    throw new Failure(`A run is slower by more than ${100 * kSlower} % once the panel is closed.`);
});

// Steps a second in three windows of one run: as it was, with the panel open, and closed again.
async function measure(chromium, address, looks) {
  const soak = await openSoak(chromium, address);
  try {
    await soak.setRecipe({ steps: 1_000_000, eval_every: kEvery, eval_batches: 2 });
    await soak.train();
    await soak.untilStep(kWarmUp);
    const before = await soak.rateOver(kSteps);
    if (looks) await soak.press('Look inside', kMap);
    const during = await soak.rateOver(kSteps);
    if (looks) await soak.press('Close inside', kMap, true);
    const after = await soak.rateOver(kSteps);
    return [before, during, after];
  } finally {
    await soak.close();
  }
}
