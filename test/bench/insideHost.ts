import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type * as vscode from 'vscode';

/** Called by the extension host, in which nothing of Longshore has run yet: loads and activates it by hand. */
export async function run(): Promise<void> {
  await calm();
  const bundle = path.resolve(__dirname, '../../dist/extension.js');
  const extension = require(bundle) as { activate(context: vscode.ExtensionContext): unknown };
  const loaded = performance.now();
  const memory = new Map<string, unknown>();
  const memento = {
    keys: () => [...memory.keys()],
    get: (key: string, otherwise?: unknown) => memory.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void memory.set(key, value),
    setKeysForSync: () => {},
  };
  const context = { subscriptions: [], globalState: memento, workspaceState: memento, secrets: {} };
  extension.activate(context as unknown as vscode.ExtensionContext);
  const activated = performance.now();
  const undici = Object.keys(require.cache).some((file) => file.endsWith('undici.js'));
  const results = { activate: activated - loaded, undici };
  writeFileSync(process.env.LONGSHORE_BENCH_RESULTS ?? '', JSON.stringify(results));
}

/** Waits until this process has had its processor for half a second whenever it wanted: a window that opens has many. */
async function calm(): Promise<void> {
  for (let quiet = 0, tries = 0; quiet < 10 && tries < 200; tries++) {
    const before = performance.now();
    await delay(50);
    quiet = performance.now() - before < 55 ? quiet + 1 : 0;
  }
}
