import type { Build, BuildName } from './choose-build';
import { sharedMemory } from './shared-memory';
import type { Engine, EngineFactory } from './types';

const factories: Record<BuildName, () => Promise<{ default: EngineFactory }>> = {
  'simd-single': () => import('./generated/simd-single/engine.mjs'),
  'simd-threads': () => import('./generated/simd-threads/engine.mjs'),
  'relaxed-single': () => import('./generated/relaxed-single/engine.mjs'),
  'relaxed-threads': () => import('./generated/relaxed-threads/engine.mjs'),
};

export async function loadEngine({ name, threads }: Build): Promise<Engine> {
  const { default: create } = await factories[name]();
  return create(name.endsWith('threads') ? { threads, wasmMemory: sharedMemory() } : { threads });
}
