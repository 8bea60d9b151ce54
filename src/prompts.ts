import * as vscode from 'vscode';
import type { Prompts } from './engine/prompts';
import { sanitise, unlinked } from './fleet/sanitise';

/** Asks through VS Code; what the person gives is kept in secret storage for the next time, until it is refused. */
export function makePrompts({ secrets }: vscode.ExtensionContext): Prompts {
  return {
    secret: async ({ key, prompt, again }) => {
      const kept = again ? undefined : await secrets.get(key);
      if (kept !== undefined) return kept;
      const given = await vscode.window.showInputBox({
        title: 'Longshore',
        prompt: `${unlinked(sanitise(prompt))}${again ? ' (the last one was refused)' : ''} · kept in secret storage`,
        password: true,
        ignoreFocusOut: true,
      });
      if (given !== undefined) await secrets.store(key, given);
      return given;
    },
    confirm: async (question) => {
      const answer = await vscode.window.showWarningMessage(
        'ssh asks',
        { modal: true, detail: unlinked(sanitiseLines(question)) },
        'Yes',
      );
      return answer === 'Yes';
    },
  };
}

function sanitiseLines(text: string): string {
  return text.split('\n').map(sanitise).join('\n');
}
