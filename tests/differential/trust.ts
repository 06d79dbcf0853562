// What was tried, for the table of trust (scripts/trust.mjs): how many recipes of each kind.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { defaultRecipe, settings } from '../../web/src/recipe/schema';
import type { Case } from './cases';

// Each choice of a setting that has some, and each switch that is on.
function kinds({ recipe, arithmetic }: Case): string[] {
  const whole = { ...defaultRecipe, ...recipe };
  const switches = settings.flatMap(({ name, type, sized }) => {
    const value = String(whole[name]);
    if (type === 'choice')
      return [`${name} ${sized && value.startsWith(sized) ? sized + 'N' : value}`];
    return type === 'boolean' && value === 'true' ? [name] : [];
  });
  return ['all', arithmetic, ...(recipe.lora_rank ? ['LoRA'] : []), ...switches];
}

/** Counts the cases in which no difference was found; writes the counts where DIFFERENTIAL_REPORT names a file. */
export class TrustRows {
  private readonly counts = new Map<string, number>();

  add(tried: Case, ended: string): void {
    for (const kind of [...kinds(tried), ended])
      this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
  }

  write(seed: number, found: string | null): void {
    const file = process.env.DIFFERENTIAL_REPORT;
    if (!file) return;
    const counts = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1));
    const rows = counts.map(([what, tried]) => ({ what, tried }));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ rows, seed, found }, null, 2)}\n`);
  }
}
