// The plain form of a link: key=value, joined by &, values percent-encoded.
import { readEntry, type Readable } from '../recipe/entries';
import type { SettingValue } from '../recipe/recipe';
import { right, wrong, type Result } from './result';

const MOST_FIELDS = 200;
const LONGEST_NUMBER = 40; // characters of a setting's value
const SHOWN = 40; // characters of a link that a sentence quotes

export type Fields = Map<string, string>;

export function writeFields(fields: ReadonlyMap<string, string>): string {
  return [...fields].map(([key, value]) => `${key}=${encode(value)}`).join('&');
}

// Also what encodeURIComponent leaves as it is and a chat program may take for the end of a link.
function encode(value: string): string {
  const whole = value.replace(/\p{Surrogate}/gu, '\uFFFD'); // halves of a pair have no UTF-8
  return encodeURIComponent(whole).replace(
    /[!'()*~]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function readFields(plain: string): Result<Fields> {
  const fields: Fields = new Map();
  if (plain === '') return right(fields);
  const parts = plain.split('&', MOST_FIELDS + 1);
  if (parts.length > MOST_FIELDS) return wrong('It has more parts than any link has.');
  for (const part of parts) {
    const at = part.indexOf('=');
    if (at < 1) return wrong(`Its part ${quoted(part)} is not a name, “=” and a value.`);
    const key = part.slice(0, at);
    if (fields.has(key)) return wrong(`It says ${quoted(key)} twice.`);
    const value = decode(part.slice(at + 1));
    if (value === null) return wrong(`What it says of ${quoted(key)} is cut short or damaged.`);
    fields.set(key, value);
  }
  return right(fields);
}

function decode(value: string): string | null {
  try {
    return decodeURIComponent(value);
  } catch {
    return null;
  }
}

// Somebody else's words in a sentence of ours: not too many, and nothing that cannot be seen.
export function quoted(words: string): string {
  const shown = words.slice(0, SHOWN).replace(/\p{C}/gu, '\uFFFD');
  return `“${shown}${words.length > SHOWN ? '…' : ''}”`;
}

// Reads fields one by one, and remembers the first thing that is wrong.
export class FieldReader {
  error: string | null = null;
  private readonly left: Fields;

  constructor(fields: Fields) {
    this.left = new Map(fields);
  }

  // Null where there is none.
  take(key: string): string | null {
    const value = this.left.get(key) ?? null;
    this.left.delete(key);
    return value;
  }

  // As a control of the page would read it. Null where there is none, or a wrong one.
  setting(key: string, readable: Readable): SettingValue | null {
    const text = this.take(key);
    if (text === null) return null;
    if (text.length > LONGEST_NUMBER) {
      return this.fail(`${readable.label} is ${text.length} characters long.`);
    }
    if (readable.type === 'boolean') return this.flag(readable.label, text);
    const { value, error } = readEntry(readable, text);
    return error === null ? value : this.fail(error);
  }

  // Text of a pattern.
  match(key: string, pattern: RegExp, label: string, allowed: string): string | null {
    const text = this.take(key);
    if (text === null || pattern.test(text)) return text;
    return this.fail(`${label} is ${quoted(text)}; it must be ${allowed}.`);
  }

  fail(error: string): null {
    this.error ??= error;
    return null;
  }

  // What nobody asked for is wrong as well.
  end(): void {
    const [unknown] = this.left.keys();
    if (unknown === undefined) return;
    this.fail(
      `It says something of ${quoted(unknown)}, which this page does not know; it may come from ` +
        'a newer version of Clearformer.',
    );
  }

  private flag(label: string, text: string): boolean | null {
    if (text === 'true' || text === 'false') return text === 'true';
    return this.fail(`${label} is ${quoted(text)}; it must be true or false.`);
  }
}
