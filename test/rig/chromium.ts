import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { locate, need } from './install';
import { startPart } from './owned';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Starts a headless browser with a profile of its own; closing the context ends it. */
export async function startChromium({ width = 1280, height = 800 } = {}): Promise<BrowserContext> {
  const executablePath = await prepareChromium();
  const part = startPart('browser');
  const context = await chromium.launchPersistentContext(path.join(part.folder, 'profile'), {
    executablePath,
    env: definedOnly(part.env),
    viewport: { width, height },
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
  context.on('close', () => void part.stop());
  return context;
}

/** The path of a Chromium or Chrome; installs Debian's where there is none. */
export async function prepareChromium(): Promise<string> {
  const present = programs.map((name) => locate(name)).find(Boolean);
  if (present !== undefined) return present;
  await need('chromium');
  return locate('chromium') ?? '';
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
