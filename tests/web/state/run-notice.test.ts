import { signal } from '@preact/signals';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Notifier } from '../../../web/src/state/notifier';
import { RunNotice } from '../../../web/src/state/run-notice';
import { RunState } from '../../../web/src/state/run-state';

let kept: Map<string, string>;
const storage = {
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
  removeItem: (key: string) => void kept.delete(key),
};

function notifier(answer: NotificationPermission) {
  let permission: NotificationPermission = 'default';
  return {
    permission: () => permission,
    ask: vi.fn(() => Promise.resolve((permission = answer))),
    show: vi.fn<Notifier['show']>(),
  };
}

function runThatEnds(notice: RunNotice, seen: boolean, phase: 'done' | 'failed' | 'paused') {
  const run = new RunState();
  notice.watch(run, signal(seen));
  run.phase.value = 'running';
  run.step.value = 1200;
  run.evaluation.value = { step: 1200, trainLoss: 1.5, valLoss: 1.725 };
  if (phase === 'failed') run.error.value = { code: 'x', where: '', message: 'It broke.' };
  run.phase.value = phase;
}

beforeEach(() => {
  kept = new Map();
});

describe('a notification of a run’s end', () => {
  it('is given to who asked and looks elsewhere', async () => {
    const browser = notifier('granted');
    const notice = new RunNotice(browser, storage);
    await notice.choose(true);
    runThatEnds(notice, false, 'done');
    expect(browser.show).toHaveBeenCalledExactlyOnceWith(
      expect.stringMatching(/^Done/),
      '1,200 steps, validation loss 1.725.',
    );
  });

  it('says what went wrong', async () => {
    const browser = notifier('granted');
    const notice = new RunNotice(browser, storage);
    await notice.choose(true);
    runThatEnds(notice, false, 'failed');
    expect(browser.show.mock.calls[0]).toEqual([
      expect.stringMatching(/^Stopped/),
      '1,200 steps. It broke.',
    ]);
  });

  it.each([
    ['to who sees the page', true, 'done', true],
    ['of a pause', false, 'paused', true],
    ['unasked', false, 'done', false],
  ] as const)('is not given %s', async (_, seen, phase, asked) => {
    const browser = notifier('granted');
    const notice = new RunNotice(browser, storage);
    if (asked) await notice.choose(true);
    runThatEnds(notice, seen, phase);
    expect(browser.show).not.toHaveBeenCalled();
  });
});

describe('the choice', () => {
  it('asks the browser only when made, and is remembered', async () => {
    const browser = notifier('granted');
    const notice = new RunNotice(browser, storage);
    expect(browser.ask).not.toHaveBeenCalled();
    expect(notice.wanted.value).toBe(false);
    await notice.choose(true);
    expect(new RunNotice(browser, storage).wanted.value).toBe(true);
    await notice.choose(false);
    expect(browser.ask).toHaveBeenCalledOnce();
    expect(new RunNotice(browser, storage).wanted.value).toBe(false);
  });

  it('says so where the browser refuses', async () => {
    const notice = new RunNotice(notifier('denied'), storage);
    await notice.choose(true);
    expect([notice.wanted.value, notice.refused.value]).toEqual([false, true]);
    expect(kept.size).toBe(0);
  });

  it('is forgotten where the permission was taken back', () => {
    kept.set('notify', 'yes');
    expect(new RunNotice(notifier('denied'), storage).wanted.value).toBe(false);
  });
});
