import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type ElementHandle, type Page } from 'puppeteer-core';
import { inject } from 'vitest';
import { eventually, PATIENCE_MS } from './browser';

export const firefoxPath = process.env.FIREFOX;

// The page in Firefox, which Playwright's core does not drive. Its methods are those of Visit.
export class FirefoxVisit {
  readonly complaints: string[] = [];

  private constructor(
    readonly page: Page,
    private readonly browser: Browser,
    private readonly downloads: string,
  ) {
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  static async begin(address = ''): Promise<FirefoxVisit> {
    const downloads = mkdtempSync(join(tmpdir(), 'clearformer-downloads-'));
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefoxPath,
      headless: true,
      extraPrefsFirefox: {
        'browser.download.folderList': 2, // the folder named
        'browser.download.dir': downloads,
      },
    });
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    await page.setViewport({ width: 1440, height: 900 });
    const visit = new FirefoxVisit(page, browser, downloads);
    await visit.open(address);
    return visit;
  }

  async open(address = ''): Promise<void> {
    await this.page.goto(new URL(address, inject('pageUrl')).href);
    // The page may load itself again meanwhile, for the headers of its service worker.
    const ready = () => this.page.$('::-p-text(Press Train)').then(Boolean, () => false);
    await eventually(ready).toBe(true);
  }

  async end(): Promise<void> {
    await this.browser.close();
    rmSync(this.downloads, { recursive: true, force: true });
  }

  async press(name: string): Promise<void> {
    await this.page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  }

  async setRecipe(recipe: Readonly<Record<string, string | number>>): Promise<void> {
    await this.page.$$eval('aside details', (all) => all.forEach((it) => (it.open = true)));
    for (const [name, value] of Object.entries(recipe)) {
      await this.page.locator(`#setting-${name}`).fill(String(value));
    }
  }

  async giveFile(testId: string, path: string): Promise<void> {
    const input = await this.page.waitForSelector(`[data-testid="${testId}"]`);
    await (input as ElementHandle<HTMLInputElement>).uploadFile(path);
  }

  async waitForPhase(phase: string): Promise<void> {
    await eventually(() => this.read('.phase-word')).toBe(phase);
  }

  async step(): Promise<number> {
    return Number((await this.read('.phase-mark .steps')).split('/')[0]?.replaceAll(',', ''));
  }

  fingerprint(): Promise<string> {
    return this.read('.fingerprint .mono');
  }

  read(selector: string): Promise<string> {
    return this.page.$eval(selector, (element) => (element as HTMLElement).innerText);
  }

  // The path of the run's file, once it is there as a whole.
  async save(): Promise<string> {
    await this.press('Save');
    const file = () => readdirSync(this.downloads).find((name) => name.endsWith('.safetensors'));
    await eventually(file).toBeTruthy();
    const path = join(this.downloads, file()!);
    await eventually(() => existsSync(`${path}.part`)).toBe(false);
    return path;
  }
}
