import type { Browser, Page } from 'playwright-core';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number; // microseconds, as the others
  readonly tdur?: number; // of the processor's time
}

const BEGIN = 'main-thread-begin';

// The tasks of a page's main thread while `work` went on, in milliseconds of the processor's time:
// how long a task had to wait for a core, on a machine that does other things, is not in it.
export async function mainThreadTasks(
  browser: Browser,
  page: Page,
  work: () => Promise<void>,
): Promise<number[]> {
  await browser.startTracing(page, {
    categories: ['disabled-by-default-devtools.timeline', 'blink.user_timing'],
  });
  await page.evaluate((name) => void performance.mark(name), BEGIN);
  await work();
  // The trace has a task once it is over, the last one too.
  await page.evaluate(() => new Promise<void>((done) => setTimeout(done)));
  const trace = (await browser.stopTracing()).toString();
  const { traceEvents: events } = JSON.parse(trace) as { traceEvents: TraceEvent[] };
  const begin = events.find(({ name }) => name === BEGIN);
  if (!begin) throw new Error('The trace does not tell the main thread.');
  return events
    .filter(({ name, ph, pid, tid, ts }) => {
      const onMain = pid === begin.pid && tid === begin.tid && ts >= begin.ts;
      return name === 'RunTask' && ph === 'X' && onMain;
    })
    .map(({ tdur }) => (tdur ?? NaN) / 1000);
}
