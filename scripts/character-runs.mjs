// Writes engine/text/character_runs.inc: which characters are letters, numbers and spaces, by the
// Unicode Character Database that Node's regular expressions have. To be run when Unicode grows.
import { writeFileSync } from 'node:fs';
import { at } from './lib/paths.mjs';

const kCodePoints = 0x110000;
const kClasses = [/^\p{L}$/u, /^\p{N}$/u, /^\p{White_Space}$/u]; // 1, 2 and 3; 0 is any other
const kUnassigned = /^[\p{Cn}\p{Cs}]$/u;

// Runs of characters of one class. What is no character (yet) belongs to the run before: this keeps
// the table at two thirds, and new letters mostly come beside old ones.
function characterRuns() {
  const runs = [];
  for (let code = 0; code < kCodePoints; code++) {
    const character = String.fromCodePoint(code);
    const last = runs.at(-1);
    const kind = kUnassigned.test(character)
      ? last.kind
      : 1 + kClasses.findIndex((pattern) => pattern.test(character));
    if (last?.kind === kind) last.length++;
    else runs.push({ kind, length: 1 });
  }
  return runs;
}

// Seven bits a byte, the lowest first; all bytes but the last have the eighth bit set.
function toBytes(number) {
  return number < 128 ? [number] : [128 | (number & 127), ...toBytes(number >> 7)];
}

const bytes = characterRuns().flatMap(({ kind, length }) => toBytes(4 * length + kind));
const lines = bytes.join(',').match(/.{1,98}(,|$)/g);
writeFileSync(
  at('engine/text/character_runs.inc'),
  `// Unicode ${process.versions.unicode}, written by scripts/character-runs.mjs.\n` +
    `// clang-format off\n${lines.join('\n')}\n`,
);
