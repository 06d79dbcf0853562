import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject } from 'vitest';

export const chromiumPath = process.env.CHROMIUM ?? '/usr/bin/chromium';

// Nothing that looks around in the network, and no sandbox, which a container has no right to.
export const chromiumFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: chromiumFlags });
}

// Less than a test's own limit, so that what did not come is named.
export const PATIENCE_MS = 100_000;

// What will come in its own time, which a busy machine stretches.
export function eventually<T>(look: () => T | Promise<T>) {
  return expect.poll(look, { timeout: PATIENCE_MS, interval: 50 });
}

type ContextOptions = Parameters<Browser['newContext']>[0];

// The page in a fresh profile. Whatever it throws or complains of fails the test that looks.
export class Visit {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {}

  static async begin(browser: Browser, address = '', options: ContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const visit = await Visit.inside(context);
    await visit.open(address);
    return visit;
  }

  // Another tab of the same profile, with nothing in it yet.
  sibling(): Promise<Visit> {
    return Visit.inside(this.context);
  }

  private static async inside(context: BrowserContext): Promise<Visit> {
    const page = await context.newPage();
    const visit = new Visit(page, context);
    page.on('pageerror', (error) => visit.complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') visit.complaints.push(message.text());
    });
    return visit;
  }

  async open(address = ''): Promise<void> {
    await this.page.goto(new URL(address, inject('pageUrl')).href);
    await this.page.getByText(/^Press Train/).waitFor();
  }

  end(): Promise<void> {
    return this.context.close();
  }

  button(name: string) {
    return this.page.getByRole('button', { name, exact: true });
  }

  // The controls of a recipe, by the names of the settings.
  async setRecipe(recipe: Readonly<Record<string, string | number | boolean>>): Promise<void> {
    const closed = this.page.locator('aside details:not([open]) > summary');
    while ((await closed.count()) > 0) await closed.first().click();
    for (const [name, value] of Object.entries(recipe)) {
      const control = this.page.locator(`#setting-${name}`);
      if (typeof value === 'boolean') await control.setChecked(value);
      else if ((await control.evaluate((element) => element.tagName)) === 'SELECT') {
        await control.selectOption(String(value));
      } else await control.fill(String(value));
    }
  }

  // Drops a file on the page, as a hand would.
  drop(name: string, bytes: Uint8Array): Promise<void> {
    return this.dropFiles({ [name]: bytes });
  }

  // Several at once, by their names.
  async dropFiles(files: Readonly<Record<string, Uint8Array>>): Promise<void> {
    const encoded = Object.entries(files).map(
      ([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const,
    );
    const data = await this.page.evaluateHandle((encoded) => {
      const data = new DataTransfer();
      for (const [name, base64] of encoded) {
        const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        data.items.add(new File([bytes], name));
      }
      return data;
    }, encoded);
    await this.page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    await this.page.dispatchEvent('body', 'drop', { dataTransfer: data });
  }

  async waitForPhase(phase: 'ready' | 'running' | 'paused' | 'done' | 'stopped'): Promise<void> {
    await this.page.locator('.phase-word', { hasText: new RegExp(`^${phase}$`) }).waitFor();
  }

  async step(): Promise<number> {
    const words = await this.page.locator('.phase-mark .steps').innerText();
    return Number(words.split('/')[0]?.replaceAll(',', ''));
  }

  async fingerprint(): Promise<string> {
    return this.page.locator('.fingerprint .mono').innerText();
  }

  async save(): Promise<{ name: string; path: string }> {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.button('Save').click(),
    ]);
    return { name: download.suggestedFilename(), path: await download.path() };
  }
}

// Gives each test a visit of its own, of which nothing was complained in the end.
export function visitEach(take: (visit: Visit) => void): void {
  let browser: Browser;
  let visit: Visit;
  beforeAll(async () => void (browser = await launch()));
  afterAll(() => browser.close());
  beforeEach(async () => take((visit = await Visit.begin(browser))));
  afterEach(async () => {
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });
}
