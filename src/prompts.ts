import * as vscode from 'vscode';
import type { Prompts, Secret } from './engine/prompts';
import { sanitiseNotice } from './fleet/sanitise';

/** Asks through VS Code; what the person gives is kept in secret storage for the next time, until it is refused. */
export function makePrompts({ secrets }: vscode.ExtensionContext): Prompts {
  /** One box at a time: VS Code closes the one that is open when another opens. */
  let turn: Promise<unknown> = Promise.resolve();

  const ask = async ({ key, prompt, again, signal }: Secret): Promise<string | undefined> => {
    // Another host may have asked for the same meanwhile.
    const kept = again || key === undefined ? undefined : await secrets.get(key);
    if (kept !== undefined || signal.aborted) return kept;
    const words = [sanitiseNotice(prompt), ...(again ? ['(the last one was refused)'] : [])].join(' ');
    const given = await vscode.window.showInputBox(
      {
        title: 'Longshore',
        prompt: key === undefined ? words : `${words} · kept in secret storage`,
        password: true,
        ignoreFocusOut: true,
      },
      tokenOf(signal),
    );
    if (given !== undefined && key !== undefined) await secrets.store(key, given);
    return given;
  };

  return {
    secret: (question) => {
      const answer = turn.then(() => ask(question));
      turn = answer.catch(() => {});
      return answer;
    },
    confirm: async (question) => {
      const answer = await vscode.window.showWarningMessage(
        'ssh asks',
        { modal: true, detail: sanitiseNotice(question) },
        'Yes',
      );
      return answer === 'Yes';
    },
    notice: (text, signal) => {
      void vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: sanitiseNotice(`ssh: ${text}`) },
        () => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
      );
    },
  };
}

function tokenOf(signal: AbortSignal): vscode.CancellationToken {
  const source = new vscode.CancellationTokenSource();
  signal.addEventListener('abort', () => source.cancel(), { once: true });
  return source.token;
}
