import * as vscode from 'vscode';
import { sanitiseLabel, sanitiseNotice } from '../fleet/sanitise';
import { back, type Choice, type Question, type Ui } from './ui';

/** Before this many ms a command is quick, and nothing is shown. */
const patience = 500;

/** VS Code's own dialogs. Whatever they show passes a sanitiser here: most of it has come from an engine. */
export const vscodeUi: Ui = {
  ask: (question) =>
    new Promise((resolve) => {
      const box = vscode.window.createInputBox();
      box.title = sanitiseNotice(question.title);
      box.prompt = sanitiseNotice(question.prompt);
      box.value = question.value ?? '';
      box.placeholder = question.placeholder ?? '';
      box.password = question.password ?? false;
      box.ignoreFocusOut = true;
      addSteps(box, question.step);
      const mark = () => {
        const problem = question.check?.(box.value);
        const hint = problem === undefined ? question.hint?.(box.value) : undefined;
        if (problem !== undefined) {
          box.validationMessage = {
            message: sanitiseNotice(problem),
            severity: vscode.InputBoxValidationSeverity.Error,
          };
        } else if (hint !== undefined) {
          box.validationMessage = {
            message: sanitiseNotice(hint),
            severity: vscode.InputBoxValidationSeverity.Warning,
          };
        } else {
          box.validationMessage = undefined;
        }
        return problem === undefined;
      };
      finish(box, resolve, [
        box.onDidChangeValue(mark),
        box.onDidAccept(() => {
          if (mark()) settle(box, resolve, box.value);
        }),
      ]);
      if (box.value !== '') mark();
      box.show();
    }),

  choose: <T>(
    title: string,
    choices: readonly Choice<T>[],
    options: Parameters<Ui['choose']>[2] = {},
  ): Promise<T | typeof back | undefined> =>
    new Promise((resolve) => {
      const pick = vscode.window.createQuickPick<vscode.QuickPickItem & { value: T }>();
      pick.title = sanitiseNotice(title);
      pick.placeholder = sanitiseNotice(options.placeholder ?? '');
      pick.matchOnDescription = true;
      pick.ignoreFocusOut = true;
      addSteps(pick, options.step);
      const fixed = choices.map(({ label, description = '', value }) => ({
        label: sanitiseLabel(label),
        description: sanitiseLabel(description),
        value,
      }));
      pick.items = fixed;
      const typed = options.typed as ((text: string) => T | undefined) | undefined;
      finish(pick, resolve, [
        pick.onDidChangeValue((text) => {
          const value = typed?.(text);
          pick.items =
            value === undefined ? fixed : [{ label: text, description: 'as typed', value, alwaysShow: true }, ...fixed];
        }),
        pick.onDidAccept(() => {
          const [chosen] = pick.selectedItems;
          if (chosen) settle(pick, resolve, chosen.value);
        }),
      ]);
      pick.show();
    }),

  confirm: async <B extends string>(message: string, detail: string, ...buttons: readonly B[]) =>
    vscode.window.showWarningMessage<B>(
      sanitiseNotice(message),
      { modal: true, detail: sanitiseNotice(detail) },
      ...buttons,
    ),

  say: async <B extends string>(kind: 'info' | 'warning' | 'error', message: string, ...buttons: readonly B[]) => {
    const shown = sanitiseNotice(message);
    switch (kind) {
      case 'info':
        return vscode.window.showInformationMessage<B>(shown, ...buttons);
      case 'warning':
        return vscode.window.showWarningMessage<B>(shown, ...buttons);
      case 'error':
        return vscode.window.showErrorMessage<B>(shown, ...buttons);
    }
  },

  progress: async (title, run) => {
    const abort = new AbortController();
    let report = (_message: string, _percent?: number) => {};
    const running = run((message, percent) => report(message, percent), abort.signal);
    const quick = await Promise.race([
      running.then(
        () => true,
        () => true,
      ),
      new Promise<boolean>((resolve) => setTimeout(() => resolve(false), patience)),
    ]);
    if (!quick) {
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Notification, title: sanitiseNotice(title), cancellable: true },
        (progress, token) => {
          token.onCancellationRequested(() => abort.abort());
          let shown = 0;
          report = (message, percent) => {
            progress.report({
              message: sanitiseNotice(message),
              ...(percent === undefined ? {} : { increment: Math.max(0, percent - shown) }),
            });
            shown = Math.max(shown, percent ?? 0);
          };
          return running.then(
            () => {},
            () => {},
          );
        },
      );
    }
    return running;
  },
};

type Box = vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>;

function addSteps(box: vscode.QuickInput, step: Question['step']): void {
  if (!step) return;
  [box.step, box.totalSteps] = step;
}

/** Wires what ends every question: Back, Escape. */
function finish<T>(
  box: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem & { value: T }>,
  resolve: (value: T | typeof back | undefined) => void,
  listeners: vscode.Disposable[],
): void;
function finish(
  box: vscode.InputBox,
  resolve: (value: string | typeof back | undefined) => void,
  listeners: vscode.Disposable[],
): void;
function finish(box: Box, resolve: (value: never) => void, listeners: vscode.Disposable[]): void {
  if ((box.step ?? 1) > 1) box.buttons = [vscode.QuickInputButtons.Back];
  listeners.push(
    box.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) settle(box, resolve, back as never);
    }),
    box.onDidHide(() => {
      for (const listener of listeners) listener.dispose();
      box.dispose();
      resolve(undefined as never);
    }),
  );
}

function settle<T>(box: vscode.QuickInput, resolve: (value: T) => void, value: T): void {
  resolve(value);
  box.hide();
}
