import { expect, it } from 'vitest';
import { InspectClient, type InspectWorker, type Told } from '../../../web/src/inspect/in-worker';
import type { InspectAnswer } from '../../../web/src/inspect/messages';

// A worker whose answers and end the test decides.
class Worker implements InspectWorker {
  onmessage: InspectWorker['onmessage'] = null;
  onerror: InspectWorker['onerror'] = null;
  readonly asked: number[] = [];
  terminated = false;

  postMessage({ id }: { id: number }) {
    this.asked.push(id);
  }
  terminate() {
    this.terminated = true;
  }
  tell(id: number, answer: InspectAnswer) {
    this.onmessage?.({ data: { id, answer } } as MessageEvent<Told>);
  }
  crash(message: string) {
    this.onerror?.({ message, preventDefault() {} } as unknown as ErrorEvent);
  }
}

const open = () => ({ type: 'open', run: new Uint8Array() }) as const;
const read = { type: 'read', text: 'a' } as const;

function begun() {
  const workers: Worker[] = [];
  const client = new InspectClient(() => {
    workers.push(new Worker());
    return workers.at(-1)!;
  });
  return { client, workers };
}

it('gives each question its own answer', async () => {
  const { client, workers } = begun();
  const [model, passage] = [client.ask(open()), client.ask(read)];
  const [worker] = workers;
  worker!.tell(1, { type: 'continued', text: 'second' });
  worker!.tell(0, { type: 'continued', text: 'first' });
  expect([await model, await passage]).toEqual([
    { type: 'continued', text: 'first' },
    { type: 'continued', text: 'second' },
  ]);
});

it('refuses what waits when its worker stops, and opens the next model in another', async () => {
  const { client, workers } = begun();
  const waiting = [client.ask(open()), client.ask(read)];
  workers[0]!.crash('out of memory');
  const refused = {
    type: 'refused',
    error: { code: 'crash', where: '', message: 'out of memory' },
  };
  expect(await Promise.all(waiting)).toEqual([refused, refused]);
  expect(workers[0]!.terminated).toBe(true);
  // Of a model that is gone nothing can be asked.
  expect(await client.ask(read)).toEqual(refused);
  expect(workers).toHaveLength(1);

  const again = client.ask(open());
  expect(workers).toHaveLength(2);
  workers[1]!.tell(2, { type: 'continued', text: 'here' });
  expect(await again).toEqual({ type: 'continued', text: 'here' });
});

it('begins nothing once it was closed', async () => {
  const { client, workers } = begun();
  void client.ask(open());
  client.end();
  expect(workers[0]!.terminated).toBe(true);
  expect((await client.ask(open())).type).toBe('refused');
  expect(workers).toHaveLength(1);
});
