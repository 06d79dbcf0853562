import { expect, it, vi } from 'vitest';
import type { WorkerPort } from '../../../web/src/engine/client';
import type { ToPage } from '../../../web/src/protocol/to-page';
import type { ToWorker } from '../../../web/src/protocol/to-worker';
import { EngineState } from '../../../web/src/state/engine-state';

// Workers that open the builds that are `there`, and crash of any other.
function setUp(there: () => readonly string[]) {
  const asked: string[] = [];
  const onCrash = vi.fn();
  const ports: WorkerPort[] = [];
  const spawn = () => {
    const port: WorkerPort = {
      postMessage,
      terminate() {},
      onmessage: null,
      onerror: null,
      onmessageerror: null,
    };
    function postMessage(message: ToWorker): void {
      if (!('requestId' in message) || message.type !== 'open') return;
      const { requestId, build } = message;
      asked.push(build.name);
      const answer: ToPage = there().includes(build.name)
        ? { type: 'opened', requestId, threads: build.threads, memoryLimit: 1 }
        : { type: 'crashed', message: `no ${build.name}` };
      queueMicrotask(() => port.onmessage?.({ data: answer } as MessageEvent<ToPage>));
    }
    ports.push(port);
    return port;
  };
  const state = new EngineState(spawn, { name: 'relaxed-threads', threads: 2 }, () => {}, onCrash);
  return { state, asked, onCrash, ports };
}

it('opens the build that was chosen, and says of no other', async () => {
  const { state, asked } = setUp(() => ['relaxed-threads', 'simd-single']);
  await state.open();
  expect(state.status.value).toEqual({ name: 'ready', threads: 2, memoryLimit: 1 });
  expect(asked).toEqual(['relaxed-threads']);
});

it('opens the plainest build in place of one that does not come, and keeps the reason', async () => {
  const { state, asked, onCrash } = setUp(() => ['simd-single']);
  await state.open();
  const instead = 'no relaxed-threads';
  expect(state.status.value).toEqual({ name: 'ready', threads: 1, memoryLimit: 1, instead });
  expect(asked).toEqual(['relaxed-threads', 'simd-single']);
  expect(onCrash).not.toHaveBeenCalled(); // no run was lost
});

it('fails with the last reason where none comes, and begins with the chosen one when asked again', async () => {
  let there: string[] = [];
  const { state, asked } = setUp(() => there);
  await state.open();
  expect(state.status.value).toEqual({ name: 'failed', message: 'no simd-single' });
  there = ['relaxed-threads'];
  await state.open();
  expect(state.status.value).toMatchObject({ name: 'ready', threads: 2 });
  expect(asked).toEqual(['relaxed-threads', 'simd-single', 'relaxed-threads']);
});

it('an attempt that was overtaken by another changes nothing', async () => {
  const { state, asked } = setUp(() => ['simd-threads']);
  const first = state.open();
  const second = state.open({ name: 'simd-threads', threads: 3 });
  await Promise.all([first, second]);
  expect(state.status.value).toEqual({ name: 'ready', threads: 3, memoryLimit: 1 });
  expect(asked).toEqual(['relaxed-threads', 'simd-threads']);
});
