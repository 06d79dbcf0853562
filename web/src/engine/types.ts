// The engine's own types, from the definitions that Embind writes when it is built.
import type * as generated from './generated/engine.mjs';

// Embind types a value object's string as all that it would accept for one; what it returns is a
// string, always.
type Plain<T> = 0 extends 1 & T
  ? T
  : string extends T
    ? string
    : T extends ArrayBufferView
      ? T
      : T extends object
        ? { readonly [K in keyof T]: Plain<T[K]> }
        : T;

type PlainArguments<A extends unknown[]> = { [I in keyof A]: Plain<A[I]> };
type PlainResult<F> = F extends (...args: infer A) => infer R
  ? (...args: PlainArguments<A>) => Plain<R>
  : F;
type PlainMethods<T> = { [K in keyof T]: PlainResult<T[K]> };

export type EngineSession = PlainMethods<generated.Session>;
export type Engine = PlainMethods<
  Pick<generated.MainModule, 'settings' | 'memoryLimit' | 'canFuse' | 'inspectText' | 'planRecipe'>
> & { Session: new (threads: number) => EngineSession };

// The two classes of arithmetic (engine/base/context.h).
export type Arithmetic = 'strict' | 'fused';

export type EngineError = Plain<generated.EngineError>;
export type TextReport = Plain<generated.TextReport>;
export type PlanReport = Plain<generated.PlanReport>;
export type RunInfo = Plain<generated.RunInfo>;
export type ModelReport = Plain<generated.ModelReport>;
export type HistoryReport = Plain<generated.HistoryReport>;
export type SampleOptions = Plain<generated.SampleOptions>;

// The function that a built engine.mjs exports.
export type EngineFactory = (options: {
  threads: number;
  wasmMemory?: WebAssembly.Memory;
}) => Promise<Engine>;
