import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => void (visit = await Visit.begin(browser)));

// What someone could do who got markup into the page; the directive that forbids it.
const attacks: Readonly<Record<string, { directive: string; attempt: () => void }>> = {
  'a script in the page': {
    directive: 'script-src-elem',
    attempt: () => {
      const script = document.createElement('script');
      script.textContent = 'window.taken = true';
      document.body.append(script);
    },
  },
  'a handler in an attribute': {
    directive: 'script-src-attr',
    attempt: () => {
      document.body.insertAdjacentHTML('beforeend', '<img src="nowhere" onerror="taken = true">');
    },
  },
  'a script from elsewhere': {
    directive: 'script-src-elem',
    attempt: () => {
      const script = document.createElement('script');
      script.src = 'https://elsewhere.example/script.js';
      document.body.append(script);
    },
  },
  'text as code': {
    directive: 'script-src',
    attempt: () => {
      // Later: what the debugger itself evaluates may do more.
      setTimeout(() => void (0, eval)('window.taken = true'));
    },
  },
  'a frame': {
    directive: 'frame-src',
    attempt: () => {
      const frame = document.createElement('iframe');
      frame.src = 'data:text/html,<script>parent.taken = true</script>';
      document.body.append(frame);
    },
  },
  'another base for addresses': {
    directive: 'base-uri',
    attempt: () =>
      document.head.insertAdjacentHTML('beforeend', '<base href="https://else.example">'),
  },
  'a form that is sent elsewhere': {
    directive: 'form-action',
    attempt: () => {
      document.body.insertAdjacentHTML('beforeend', '<form action="https://else.example"></form>');
      document.querySelector<HTMLFormElement>('form[action]')!.submit();
    },
  },
  'a style in the page': {
    directive: 'style-src-elem',
    attempt: () => document.body.insertAdjacentHTML('beforeend', '<style>* {}</style>'),
  },
};

describe('the page’s policy forbids', () => {
  it.each(Object.entries(attacks))('%s', async (_, { directive, attempt }) => {
    const { page } = visit;
    const violated = page.evaluate(
      () =>
        new Promise<string>((tell) =>
          document.addEventListener('securitypolicyviolation', (violation) =>
            tell(violation.effectiveDirective),
          ),
        ),
    );
    await page.evaluate(attempt);
    expect(await violated).toBe(directive);
    expect(await page.evaluate('window.taken')).toBeUndefined();
    await visit.end();
  });
});

it('the page needs nothing that its policy forbids', async () => {
  await visit.setRecipe({ n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, steps: 5 });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  await visit.button('Keys').click();
  expect(visit.complaints).toEqual([]); // a violation is one
  await visit.end();
});
