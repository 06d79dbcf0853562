// Stamps: small files that say from what something was made, so that it is made again only if that
// has changed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const hash = (...parts) =>
  createHash('sha256')
    .update(JSON.stringify(parts.map(String)))
    .digest('hex');

export function stamped(file, value) {
  try {
    return readFileSync(file, 'utf8') === value;
  } catch {
    return false;
  }
}

export function stamp(file, value) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, value);
}
