import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const engine = fileURLToPath(new URL('../../engine', import.meta.url));

// A real text: this repository's own engine, its headers one after the other.
export function realText(): string {
  const headers = readdirSync(engine, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.h'))
    .sort();
  return headers.map((path) => readFileSync(join(engine, path), 'utf8')).join('\n');
}

// Nats a character, from the frequencies of characters alone.
export function unigramEntropy(text: string): number {
  const counts = new Map<string, number>();
  const characters = [...text];
  for (const character of characters) counts.set(character, (counts.get(character) ?? 0) + 1);
  let entropy = 0;
  for (const count of counts.values()) {
    const share = count / characters.length;
    entropy -= share * Math.log(share);
  }
  return entropy;
}
