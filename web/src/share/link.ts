// Runs, texts and models as the fragment of an address, which no server sees.
//
//   link   = "1" fields [ "/" model ]
//   fields = ":" plain | "z" base64url(deflate(plain)), whichever is shorter
//   plain  = key "=" value { "&" key "=" value }, see sections.ts
//   model  = base64url(deflate(the engine's packed model))
//
// The first character is the version. Links of old versions stay readable: what version 1 means is
// held by tests/web/share/golden.
import { limits } from '../recipe/schema';
import { fromBase64url, toBase64url } from './base64url';
import { deflate, inflate } from './deflate';
import { FieldReader, readFields, writeFields, type Fields } from './fields';
import { right, wrong, type Result } from './result';
import * as sections from './sections';
import type { Shared } from './shared';

const VERSION = '1';
// What the browsers take; the shorter address of Firefox ends at 2^20.
export const LONGEST_LINK = 1_000_000; // characters
const MOST_PLAIN = 4_000_000; // bytes

// Whether a fragment is meant as a link at all, rather than as a place on the page.
export function isLink(fragment: string): boolean {
  return /^[0-9]/.test(fragment);
}

export async function encodeLink(shared: Shared): Promise<string> {
  const fields: Fields = new Map();
  sections.writeRecipe(fields, shared.recipe);
  sections.writeText(fields, shared.text);
  sections.writeRun(fields, shared.run);
  sections.writeWriting(fields, shared.writing);
  const plain = writeFields(fields);
  const packed = toBase64url(await deflate(new TextEncoder().encode(plain)));
  const head = packed.length < plain.length ? `z${packed}` : `:${plain}`;
  if (!shared.model) return VERSION + head;
  return `${VERSION}${head}/${toBase64url(await deflate(shared.model))}`;
}

export async function decodeLink(fragment: string): Promise<Result<Shared>> {
  if (!fragment.startsWith(VERSION)) {
    return wrong(
      `It is of version “${[...fragment][0] ?? ''}”, and this page reads version ${VERSION}. ` +
        'Reload the page for its newest version.',
    );
  }
  if (fragment.length > LONGEST_LINK) {
    return wrong(`It has ${fragment.length} characters; up to ${LONGEST_LINK} can be read.`);
  }
  const [head = '', model, ...more] = fragment.slice(VERSION.length).split('/');
  if (more.length > 0) return wrong('It has more parts than any link has.');
  const plain = await readHead(head);
  if (plain.error !== null) return plain;
  const fields = readFields(plain.value);
  if (fields.error !== null) return fields;
  const packed = await readModel(model);
  if (packed.error !== null) return packed;
  return readSections(fields.value, packed.value);
}

async function readHead(head: string): Promise<Result<string>> {
  const body = head.slice(1);
  if (head.startsWith(':')) return right(body);
  const cut = wrong('It is cut short or damaged. Copy the whole link and open it again.');
  if (!head.startsWith('z')) return cut;
  const bytes = fromBase64url(body);
  const inflated = bytes && (await inflate(bytes, MOST_PLAIN));
  if (!inflated) return cut;
  try {
    return right(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(inflated));
  } catch {
    return cut;
  }
}

async function readModel(model: string | undefined): Promise<Result<Shared['model']>> {
  if (model === undefined) return right(null);
  const bytes = fromBase64url(model);
  const inflated = bytes && (await inflate(bytes, limits.max_model_bytes));
  if (inflated?.length) return right(inflated);
  return wrong(
    'The model in it is cut short or damaged; some programs cut long links. Ask for the model as a file.',
  );
}

function readSections(fields: Fields, model: Shared['model']): Result<Shared> {
  const reader = new FieldReader(fields);
  const recipe = sections.readRecipe(reader);
  const text = sections.readText(reader);
  const run = sections.readRun(reader, recipe);
  const writing = sections.readWriting(reader);
  reader.end();
  return reader.error === null ? right({ recipe, text, run, writing, model }) : wrong(reader.error);
}
