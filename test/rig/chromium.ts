import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { locate, need } from './install';
import { startPart } from './owned';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Starts a headless browser with a profile of its own; closing the context ends it. */
export async function startChromium({ width = 1280, height = 800 } = {}): Promise<BrowserContext> {
  let executablePath = programs.map((name) => locate(name)).find(Boolean);
  if (executablePath === undefined) {
    await need('chromium');
    executablePath = locate('chromium') ?? '';
  }
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

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
