// From one page to another: what is shared on the one, opened on the other.
import { corpusOf as corpusNamed } from '../../../web/src/corpora/corpora';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeLink, encodeLink } from '../../../web/src/share/link';
import { linkSentence } from '../../../web/src/share/words';
import type { Along, LinkStatus } from '../../../web/src/state/share-state';
import { App } from '../../../web/src/state/app';
import { makeEngineDouble } from '../doubles/engine';
import { until } from '../doubles/until';
import { WorkerDouble } from '../doubles/worker';

let workers: WorkerDouble[];
beforeEach(() => void (workers = []));
afterEach(() => workers.forEach((worker) => worker.terminate()));

async function openApp(fragment = ''): Promise<App> {
  const spawn = () => {
    const worker = new WorkerDouble(() => Promise.resolve(makeEngineDouble()));
    workers.push(worker);
    return worker;
  };
  const app = new App(spawn, { name: 'simd-single', threads: 1 });
  await app.begin(fragment);
  return app;
}

async function sharingApp(steps = 20): Promise<App> {
  const app = await openApp();
  app.recipe.set('steps', String(steps));
  app.recipe.set('eval_every', '10');
  await until(() => app.recipe.plan.value !== null);
  return app;
}

type Made = Extract<LinkStatus, { name: 'made' }>;

async function linkOf(app: App, along: Partial<Along> = {}): Promise<Made> {
  app.share.choose(along);
  app.share.open.value = true;
  await until(() => app.share.link.value.name !== 'making');
  app.share.open.value = false;
  const status = app.share.link.value;
  if (status.name !== 'made') throw new Error(status.name === 'none' ? status.reason : status.name);
  return status;
}

const finish = (app: App) => until(() => app.run.phase.value === 'done');
const verdict = (app: App) => app.received.verdict.value?.kind;
const file = (words: string, name: string) => new File([words], name);
const story = 'A fox sat by the well. '.repeat(100);

describe('a link to a finished run', () => {
  it('lays out recipe and text, starts nothing, and is reproduced', async () => {
    const sender = await sharingApp();
    await sender.control.toggle();
    await finish(sender);
    const { fragment } = await linkOf(sender);
    expect(fragment.length).toBeLessThan(2000);

    const receiver = await openApp(fragment);
    expect(receiver.run.phase.value).toBe('none');
    expect(receiver.recipe.recipe.value).toEqual(sender.recipe.recipe.value);
    expect(receiver.text.text.value?.corpus).toBe('tiny-stories');
    expect(verdict(receiver)).toBe('waiting');
    await receiver.control.toggle();
    expect(verdict(receiver)).toBe('training');
    await finish(receiver);
    expect(verdict(receiver)).toBe('reproduced');
  });

  it('names the seed of a sample text, which is made anew', async () => {
    const sender = await sharingApp();
    await sender.bring.useCorpus(corpusNamed('dates')!, 77);
    await sender.control.toggle();
    await finish(sender);
    const receiver = await openApp((await linkOf(sender)).fragment);
    expect(receiver.text.text.value).toMatchObject({ corpus: 'dates', seed: 77 });
    expect(receiver.text.text.value?.bytes).toEqual(sender.text.text.value?.bytes);
    await receiver.control.toggle();
    await finish(receiver);
    expect(verdict(receiver)).toBe('reproduced');
  });

  it('whose fingerprint was changed is not', async () => {
    const sender = await sharingApp();
    await sender.control.toggle();
    await finish(sender);
    const { shared } = await linkOf(sender);
    const run = { ...shared.run!, fingerprint: '00000000000000ff' };
    const receiver = await openApp(await encodeLink({ ...shared, run }));
    await receiver.control.toggle();
    await finish(receiver);
    expect(receiver.received.verdict.value).toEqual({
      kind: 'differs',
      differences: [],
      found: shared.run!.fingerprint,
    });
  });
});

it('a link to a run under way is compared at its step, though the run goes on', async () => {
  const sender = await sharingApp();
  for (let step = 1; step <= 7; step++) {
    await sender.control.single();
    await until(() => sender.run.step.value === step && sender.run.fingerprint.value !== null);
  }
  const { fragment, shared } = await linkOf(sender);
  expect(shared.run?.step).toBe(7);
  const receiver = await openApp(fragment);
  await receiver.control.toggle();
  await finish(receiver);
  expect(receiver.run.step.value).toBe(20);
  expect(verdict(receiver)).toBe('reproduced');
});

it('a link to a run that began with a model claims no fingerprint, and says why', async () => {
  const sender = await sharingApp();
  sender.recipe.set('lora_rank', '4');
  await sender.control.toggle();
  await finish(sender);
  const { shared } = await linkOf(sender);
  expect(shared.run).toBeNull();
  expect(shared.recipe.lora_rank).toBe(4);
  expect(linkSentence(shared, String, { rescheduled: false, fromModel: true })).toContain(
    'The run began with a model that came as a file, which no link carries',
  );
});

it('a link to what was not trained yet has no fingerprint, and none is compared', async () => {
  const { fragment, shared } = await linkOf(await sharingApp());
  expect(shared.run).toBeNull();
  const receiver = await openApp(fragment);
  await receiver.control.toggle();
  await finish(receiver);
  expect(verdict(receiver)).toBe('training');
});

describe('a text of the sender’s own', () => {
  async function sent(along: Partial<Along> = {}) {
    const sender = await sharingApp();
    await sender.bring.openFile(file(story, 'fox.txt'));
    await sender.control.toggle();
    await finish(sender);
    return linkOf(sender, along);
  }

  it('is asked for, told from others, and known when it comes', async () => {
    const { fragment } = await sent();
    const { value } = await decodeLink(fragment);
    expect(value?.text).toMatchObject({ name: 'fox.txt', bytes: story.length, content: null });
    const receiver = await openApp(fragment);
    await until(() => verdict(receiver) === 'needs-text');
    await receiver.bring.openFile(file(`${story}.`, 'mine.txt'));
    await until(() => verdict(receiver) === 'waiting');
    expect(receiver.received.verdict.value).toMatchObject({ differences: [{ kind: 'text' }] });
    await receiver.bring.openFile(file(story, 'copy of fox.txt'));
    await until(() => {
      const now = receiver.received.verdict.value;
      return now?.kind === 'waiting' && now.differences.length === 0;
    });
    await receiver.control.toggle();
    await finish(receiver);
    expect(verdict(receiver)).toBe('reproduced');
  });

  it('travels only where the sender chose that', async () => {
    const { fragment } = await sent({ text: true });
    const receiver = await openApp(fragment);
    expect(receiver.text.text.value).toMatchObject({ name: 'fox.txt', corpus: null });
    expect(new TextDecoder().decode(receiver.text.text.value?.bytes)).toBe(story);
    await until(() => verdict(receiver) === 'waiting');
  });
});

describe('a model in a link', () => {
  async function sent() {
    const sender = await sharingApp();
    await sender.control.toggle();
    await finish(sender);
    sender.writing.prompt.value = 'Once';
    sender.writing.setOption('max_tokens', '12');
    return linkOf(sender, { model: true, prompt: true });
  }

  it('writes when asked, from the sender’s prompt, and not before', async () => {
    const receiver = await openApp((await sent()).fragment);
    expect(receiver.writing.writings.value).toEqual([]);
    expect(receiver.received.model.value).toBeNull();
    await receiver.writeFromLink();
    await until(() => receiver.writing.writings.value[0]?.done.value === true);
    expect(receiver.writing.writings.value[0]).toMatchObject({ prompt: 'Once', step: 20 });
    expect(receiver.writing.writings.value[0]?.text.value).toHaveLength(12);
    expect(receiver.run.phase.value).toBe('none');
    expect(receiver.received.model.value?.step).toBe(20);
  });

  it('gives way to a run', async () => {
    const receiver = await openApp((await sent()).fragment);
    await receiver.writeFromLink();
    await receiver.control.toggle();
    await finish(receiver);
    expect(receiver.received.model.value).toBeNull();
    expect(verdict(receiver)).toBe('reproduced');
  });

  it('puts a run away that can be had back', async () => {
    const receiver = await sharingApp();
    await receiver.control.single();
    await until(() => receiver.run.fingerprint.value !== null);
    const { fingerprint } = receiver.run;
    const before = fingerprint.value;
    await receiver.openLink((await sent()).fragment);
    await receiver.writeFromLink();
    expect(receiver.run.phase.value).toBe('none');
    await receiver.undo.take();
    expect(fingerprint.value).toBe(before);
  });

  it('that is none is refused by the engine, and nothing is lost', async () => {
    const { shared } = await sent();
    const receiver = await openApp(await encodeLink({ ...shared, model: new Uint8Array(50) }));
    await receiver.writeFromLink();
    expect(receiver.keeper.error.value?.code).toBe('file');
    expect(receiver.received.model.value).toBeNull();
    await receiver.control.toggle();
    await finish(receiver);
  });
});

describe('a link that is wrong', () => {
  it('says so, and the page is as it always is', async () => {
    const app = await openApp('1:n_layer=0');
    expect(app.received.problem.value).toMatch(/^Layers is 0;/);
    expect(app.received.shared.value).toBeNull();
    expect(app.text.text.value?.corpus).toBe('tiny-stories');
    await until(() => app.recipe.plan.value !== null);
    app.received.dismiss();
    expect(app.received.problem.value).toBeNull();
  });

  it('leaves what the link before it laid out, when it comes later', async () => {
    const app = await openApp('1:n_layer=2');
    await app.openLink('1:n_layer=0');
    expect(app.recipe.recipe.value?.n_layer).toBe(2);
    expect(app.undo.last.value).toBeNull();
  });
});

it('a place on the page is no link', async () => {
  const app = await openApp('work');
  expect(app.received.problem.value).toBeNull();
  expect(app.received.shared.value).toBeNull();
});

it('a link that comes later can be taken back', async () => {
  const app = await sharingApp();
  await app.openLink('1:n_layer=2');
  expect(app.recipe.recipe.value?.n_layer).toBe(2);
  await app.undo.take();
  expect(app.recipe.recipe.value?.steps).toBe(20);
  expect(app.received.shared.value).toBeNull();
});

describe('there is no link', () => {
  async function reasonOf(app: App): Promise<string> {
    app.share.open.value = true;
    await until(() => app.share.link.value.name === 'none');
    const status = app.share.link.value;
    return status.name === 'none' ? status.reason : '';
  }

  it('to a recipe that cannot be read', async () => {
    const app = await sharingApp();
    app.recipe.set('n_layer', 'many');
    expect(await reasonOf(app)).toMatch(/^A setting of the recipe cannot be read/);
    app.recipe.set('n_layer', '2');
    await until(() => app.share.link.value.name === 'made');
  });

  it('to a text too long to travel', async () => {
    const app = await sharingApp();
    const random = Array.from({ length: 400_000 }, (_, i) => Math.sin(i).toString(36).slice(3, 8));
    await app.bring.usePasted(random.join(''));
    app.share.choose({ text: true });
    expect(await reasonOf(app)).toMatch(
      /^The link would have [\d,]+ characters; 1,000,000 is the most\. Save the run/,
    );
  });
});

it('a recipe that came with a link is not tried out to tell its speed, until somebody trains it', async () => {
  const { Session, ...engine } = makeEngineDouble();
  const measured: string[] = [];
  class Measured extends Session {
    override measureSpeed = (json: string) => {
      measured.push(json);
      return { error: { code: '', where: '', message: '' }, flops_per_second: 1e9 };
    };
  }
  const load = () => Promise.resolve({ ...engine, Session: Measured });
  const worker = new WorkerDouble(load);
  workers.push(worker);
  const app = new App(() => worker, { name: 'simd-single', threads: 1 });
  await app.begin('1:n_layer=7');
  await until(() => app.speed.estimate.value !== null);
  const layers = () => measured.map((json) => (JSON.parse(json) as { n_layer: number }).n_layer);
  expect(layers()).not.toContain(7);
  app.recipe.set('n_embd', '64');
  await vi.waitFor(() => expect(layers()).toContain(7));
});

it('a run whose schedule was changed on the way has no fingerprint to compare, and says so', async () => {
  const app = await sharingApp();
  await app.control.single();
  await until(() => app.run.fingerprint.value !== null);
  app.recipe.set('lr', '0.0015');
  await app.control.toggle();
  await finish(app);
  const { shared } = await linkOf(app);
  expect(shared.run).toBeNull();
  expect(shared.recipe.lr).toBe(0.0015);
});
