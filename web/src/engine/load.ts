import type { Build, BuildName } from './choose-build';
import type { Engine, EngineFactory } from './types';

const factories: Record<BuildName, () => Promise<{ default: EngineFactory }>> = {
  single: () => import('./generated/single/engine.mjs'),
  threads: () => import('./generated/threads/engine.mjs'),
};

export async function loadEngine(build: Build): Promise<Engine> {
  const { default: create } = await factories[build.name]();
  return create({ threads: build.threads });
}
