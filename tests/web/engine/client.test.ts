import { describe, expect, it, vi } from 'vitest';
import { EngineClient, type WorkerPort } from '../../../web/src/engine/client';
import type { ToPage } from '../../../web/src/protocol/to-page';
import type { ToWorker } from '../../../web/src/protocol/to-worker';

class Port implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  onmessageerror: WorkerPort['onmessageerror'] = null;
  readonly sent: ToWorker[] = [];
  terminated = false;
  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.terminated = true;
  }
  say(message: ToPage): void {
    this.onmessage?.({ data: message } as MessageEvent<ToPage>);
  }
}

function setUp() {
  const ports: Port[] = [];
  const lifelines: Record<string, () => void> = {};
  const listener = { onEvent: vi.fn(), onCrash: vi.fn() };
  const client = new EngineClient(
    () => {
      const port = new Port();
      ports.push(port);
      return port;
    },
    listener,
    (lifeline, gone) => void (lifelines[lifeline] = gone),
  );
  client.restart();
  return { client, listener, ports, lifelines, port: ports[0]! };
}

const bytes = new Uint8Array(0);

describe('EngineClient', () => {
  it('gives each question its own answer, in whatever order they come', async () => {
    const { client, port } = setUp();
    const first = client.ask({ type: 'save' });
    const second = client.ask({ type: 'save' });
    const [a, b] = port.sent.map((message) => ('requestId' in message ? message.requestId : -1));
    port.say({ type: 'saved', requestId: b!, bytes, step: 2 });
    port.say({ type: 'saved', requestId: a!, bytes, step: 1 });
    expect(await first).toMatchObject({ type: 'saved', step: 1 });
    expect(await second).toMatchObject({ type: 'saved', step: 2 });
  });

  it('passes events on', () => {
    const { port, listener } = setUp();
    const event = { type: 'evaluating', runId: 3, fraction: 0.5 } as const;
    port.say(event);
    expect(listener.onEvent).toHaveBeenCalledWith(event);
  });

  it('refuses what was asked of a worker that crashed, and tells of it', async () => {
    const { client, port, listener } = setUp();
    const answer = client.ask({ type: 'save' });
    port.say({ type: 'crashed', message: 'unreachable' });
    expect(await answer).toMatchObject({
      type: 'refused',
      error: { code: 'crash', message: 'unreachable' },
    });
    expect(port.terminated).toBe(true);
    expect(listener.onCrash).toHaveBeenCalledExactlyOnceWith('unreachable');
  });

  it('takes an error of the worker itself as a crash', () => {
    const { port, listener } = setUp();
    port.onerror?.({ message: 'boom' } as ErrorEvent);
    expect(listener.onCrash).toHaveBeenCalledExactlyOnceWith('boom');
  });

  it('takes a worker that ended without a word as crashed, and one that was replaced not', async () => {
    const { client, port, ports, listener, lifelines } = setUp();
    port.say({ type: 'alive', lifeline: 'a' });
    client.restart();
    ports[1]!.say({ type: 'alive', lifeline: 'b' });
    const answer = client.ask({ type: 'save' });
    lifelines.a!();
    expect(listener.onCrash).not.toHaveBeenCalled();
    lifelines.b!();
    expect(listener.onCrash).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('ended from outside'),
    );
    expect(await answer).toMatchObject({ type: 'refused' });
  });

  it('answers at once where no worker runs', async () => {
    const { client, port } = setUp();
    port.say({ type: 'crashed', message: 'gone' });
    expect(await client.ask({ type: 'save' })).toMatchObject({ type: 'refused' });
  });

  it('hears nothing more of a worker that was replaced', () => {
    const { client, port, ports, listener } = setUp();
    client.restart();
    expect(port.terminated).toBe(true);
    port.say({ type: 'evaluating', runId: 1, fraction: 0 });
    expect(listener.onEvent).not.toHaveBeenCalled();
    ports[1]!.say({ type: 'evaluating', runId: 1, fraction: 0 });
    expect(listener.onEvent).toHaveBeenCalledOnce();
  });
});
