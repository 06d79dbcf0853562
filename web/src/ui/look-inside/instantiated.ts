import type { NamedNumber } from '../../inspect/messages';
import { plain } from './plain';

// "{0} × {1}" with the numbers in place; negative ones in brackets, unless they already are or begin.
export function instantiated(formula: string, inputs: readonly NamedNumber[]): string {
  return formula.replace(/\{(\d+)\}/g, (_, i: string, at: number) => {
    const { value } = inputs[Number(i)]!;
    const bare = value >= 0 || at === 0 || formula[at - 1] === '(';
    return bare ? plain(value) : `(${plain(value)})`;
  });
}
