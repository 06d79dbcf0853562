import { NOTHING } from '../../state/format';

const DIGITS = 3;

// A number as short as it can be read: 0.0123, −4.56, 1.23e-7.
export function plain(value: number, digits = DIGITS): string {
  if (!Number.isFinite(value)) return NOTHING;
  const size = Math.abs(value);
  const far = size !== 0 && (size < 1e-3 || size >= 1e5);
  const text = far ? value.toExponential(digits - 1) : rounded(value, digits);
  return text.replace('-', '−').replace('e-', 'e−');
}

// So many digits that count, without an exponent.
function rounded(value: number, digits: number): string {
  const before = Math.floor(Math.log10(Math.abs(value) || 1)) + 1;
  return value.toFixed(Math.max(digits - Math.max(before, 0), 0) + (before < 0 ? -before : 0));
}
