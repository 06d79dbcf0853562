// The other side: every build of the engine as WebAssembly, as the page loads it, in this process.
import type { BuildName } from '../../web/src/engine/choose-build';
import createExchange from '../../web/src/engine/generated/exchange/exchange.mjs';
import { loadEngine } from '../../web/src/engine/load';
import type { Engine, EngineSession } from '../../web/src/engine/types';
import { answer } from '../../web/src/exchange/answer';
import { evalFigures, stepFigures, type Refusal, type Run } from './run';
import { textOf, type Case } from './cases';

// Loaded once each: a thousand recipes go through the same memory, as in a tab that is never closed.
const engines = new Map<string, Promise<Engine>>();
function engine(name: BuildName, threads: number): Promise<Engine> {
  const key = `${name} ${threads}`;
  const loaded = engines.get(key) ?? loadEngine({ name, threads });
  engines.set(key, loaded);
  return loaded;
}
let exchange: ReturnType<typeof createExchange> | undefined;

const prefix = ({ arithmetic }: Case) => (arithmetic === 'fused' ? 'relaxed' : 'simd');

/** One thread, from the recipe or an adapted model, until a step. */
export function onOneThread(tried: Case, until: number, adapted?: Uint8Array) {
  return take(`${prefix(tried)}-single`, 1, until, (session) =>
    adapted
      ? session.load(adapted)
      : session.start(
          JSON.stringify(tried.recipe),
          new TextEncoder().encode(textOf(tried)),
          tried.arithmetic,
        ),
  );
}

/** On from a file, on threads. */
export function onThreads(tried: Case, file: Uint8Array): Promise<Run | Refusal> {
  const end = Number.MAX_SAFE_INTEGER;
  return take(`${prefix(tried)}-threads`, tried.threads, end, (session) => session.load(file));
}

/** A model with narrow matrices beside its own, as a page takes it in. */
export async function adapt(tried: Case, model: Uint8Array): Promise<Uint8Array> {
  exchange ??= createExchange();
  const { lora_rank: rank = 0, lora_alpha: alpha = 16 } = tried.recipe;
  const answered = answer(await exchange, {
    type: 'import',
    files: [{ name: 'model.safetensors', bytes: new Uint8Array(model) }],
    text: new TextEncoder().encode(textOf(tried)),
    lora: { rank: Number(rank), alpha: Number(alpha) },
  });
  if (answered.type !== 'imported') throw new Error(JSON.stringify(answered));
  return answered.run;
}

type Begin = (session: EngineSession) => { readonly message: string };

async function take(name: BuildName, threads: number, until: number, begin: Begin) {
  const { Session } = await engine(name, threads);
  const session = new Session(threads);
  try {
    const { message } = begin(session);
    if (message) return { refused: message };
    return steps(session, Math.min(until, session.info().steps));
  } finally {
    session.delete();
  }
}

// In the order of the command line's: what is due is evaluated before the run rests.
function steps(session: EngineSession, until: number): Run {
  const figures: string[] = [];
  let stopped = false;
  for (;;) {
    if (session.evaluationDue()) figures.push(evaluate(session));
    if (session.info().step >= until) break;
    const { error, ...report } = session.step();
    stopped = error.code !== '';
    if (stopped) break;
    // One that was skipped has no rate; the command line tells of it in an event of its own.
    if (!Number.isNaN(report.lr)) figures.push(stepFigures(report));
  }
  return { figures, stopped, file: Buffer.from(session.save().bytes) };
}

function evaluate(session: EngineSession): string {
  session.beginEvaluation();
  for (;;) {
    const { done, ...report } = session.continueEvaluation();
    if (done) return evalFigures(report);
  }
}
