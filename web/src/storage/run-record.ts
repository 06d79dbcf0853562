import type { Recipe } from '../recipe/recipe';
import type { Curve } from './curve';
import { noCurve, MOST_POINTS } from './curve';
import { readCount, readFields, readLine, readRecipe } from './read-value';

// What is known of a kept run without its weights.
export interface RunRecord {
  readonly id: string;
  readonly name: string;
  readonly colour: number; // which of the list's colours
  readonly createdAt: number; // ms since 1970, as all times here
  readonly text: TextName;
  readonly forkedFrom: { readonly name: string; readonly step: number } | null;
  readonly deletedAt: number | null; // where it is gone, unless that is undone
  readonly kept: Kept;
}

// What a run has before its first checkpoint.
export type RunCard = Omit<RunRecord, 'kept'>;

export interface TextName {
  readonly name: string;
  readonly corpus: string | null; // the key of the sample corpus it is
}

// Of the checkpoint that is kept.
export interface Kept {
  readonly at: number;
  readonly step: number;
  readonly bytes: number;
  readonly training: boolean; // whether it was being trained just then
  readonly recipe: Recipe;
  readonly curve: Curve;
}

export const MOST_NAME = 60; // characters
const MOST_ID = 64;

// A record as it was stored; null where it is none.
export function readRecord(value: unknown): RunRecord | null {
  const fields = readFields(value);
  const id = readLine(fields?.id, MOST_ID);
  const name = readLine(fields?.name, MOST_NAME);
  const createdAt = readCount(fields?.createdAt);
  const text = readTextName(fields?.text);
  const kept = readKept(fields?.kept);
  if (!fields || !id || !name || createdAt === null || !text || !kept) return null;
  return {
    id,
    name,
    colour: readCount(fields.colour) ?? 0,
    createdAt,
    text,
    forkedFrom: readOrigin(fields.forkedFrom),
    deletedAt: readCount(fields.deletedAt),
    kept,
  };
}

export function readTextName(value: unknown): TextName | null {
  const fields = readFields(value);
  const name = readLine(fields?.name, MOST_NAME * 2);
  return name ? { name, corpus: readLine(fields?.corpus, MOST_NAME) } : null;
}

export function readOrigin(value: unknown): RunRecord['forkedFrom'] {
  const fields = readFields(value);
  const [name, step] = [readLine(fields?.name, MOST_NAME), readCount(fields?.step)];
  return name && step !== null ? { name, step } : null;
}

function readKept(value: unknown): Kept | null {
  const fields = readFields(value);
  const [at, step, bytes] = [fields?.at, fields?.step, fields?.bytes].map(readCount);
  const recipe = readRecipe(fields?.recipe);
  if (!fields || at == null || step == null || bytes == null || !recipe) return null;
  const training = fields.training === true;
  return { at, step, bytes, training, recipe, curve: readCurve(fields.curve) };
}

// A curve is only looked at: one that is damaged is none.
function readCurve(value: unknown): Curve {
  const fields = readFields(value);
  const { steps, losses, evalSteps, trainLosses, valLosses } = fields ?? {};
  const pairs = columns([steps, losses]);
  const evaluations = columns([evalSteps, trainLosses, valLosses]);
  return {
    steps: pairs?.[0] ?? noCurve.steps,
    losses: pairs?.[1] ?? noCurve.losses,
    evalSteps: evaluations?.[0] ?? noCurve.evalSteps,
    trainLosses: evaluations?.[1] ?? noCurve.trainLosses,
    valLosses: evaluations?.[2] ?? noCurve.valLosses,
  };
}

// Columns of one length, not too long.
function columns(values: readonly unknown[]): Float32Array[] | null {
  const [first] = values;
  if (!(first instanceof Float32Array) || first.length > MOST_POINTS) return null;
  const alike = values.every(
    (value) => value instanceof Float32Array && value.length === first.length,
  );
  return alike ? (values as Float32Array[]) : null;
}
