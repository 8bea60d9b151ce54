import { mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { buildExtension } from './build';
import { startChromium } from './chromium';
import { currentRun } from './owned';
import { projectRoot } from './paths';
import { type ServerOptions, startServer, type VscodeServer } from './vscodeServer';

export interface WorkbenchOptions extends ServerOptions {
  /** The window's size in pixels: 1280 by 800 where nothing is said. */
  readonly width?: number;
  readonly height?: number;
}

/** VS Code with Longshore, in a browser window that a test clicks through as a person would. */
export interface Workbench {
  readonly page: Page;
  readonly server: VscodeServer;
  /** Keeps a picture of the window as `out/screenshots/<name>.png`, and gives its path. */
  screenshot(name: string): Promise<string>;
  /** Closes the window and ends the server. */
  stop(): Promise<void>;
}

/**
 * Builds the extension and opens the workbench with it, in a home folder that holds nothing. Where a test wants hosts
 * from the start it gives them as `userSettings`: `{ 'longshore.hosts': { name: { endpoint } } }`.
 */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const home = mkdtempSync(path.join(currentRun().folder, 'home-'));
  if (options.extensionDevelopmentPath === undefined) await buildExtension();
  const [server, browser] = await Promise.all([
    startServer({ ...options, env: { HOME: home, ...options.env } }),
    startChromium(options),
  ]);
  const origin = new URL(server.url).origin;
  await browser.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
  await browser.addInitScript('globalThis.__name = (value) => value'); // the loader's, in functions sent to the page
  const page = browser.pages()[0] ?? (await browser.newPage());
  await page.goto(server.url);
  await page.locator('.monaco-workbench .part.activitybar .action-item').first().waitFor({ timeout: 60_000 });
  return {
    page,
    server,
    screenshot: async (name) => {
      const file = path.join(projectRoot, 'out/screenshots', `${name}.png`);
      mkdirSync(path.dirname(file), { recursive: true });
      await page.screenshot({ path: file });
      return file;
    },
    stop: async () => {
      await browser.close();
      await server.stop();
    },
  };
}
