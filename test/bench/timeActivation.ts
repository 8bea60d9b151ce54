import path from 'node:path';
import type * as vscode from 'vscode';
import { calm, handBack } from './insideHost';

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
  handBack({ activate: activated - loaded, undici });
}
