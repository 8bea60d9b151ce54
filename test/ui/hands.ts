import type { Locator, Page } from 'playwright-core';

/** What a person does in a workbench, in its own words. */
export interface Hands {
  /** The rows of the tree with a text, from the top. */
  rows(text: string | RegExp): Locator;
  /** The first of them. */
  row(text: string | RegExp): Locator;
  /** Where a quick pick or a question takes text. */
  box(): Locator;
  /** Types into it and confirms. */
  answer(text: string): Promise<void>;
  /** Runs a command from the palette. */
  palette(command: string): Promise<void>;
  /** Chooses an item of a row's context menu. */
  menu(on: Locator, item: string): Promise<void>;
  /** Presses a button of a modal dialog. */
  dialog(button: string): Promise<void>;
  /** A notice, in the list of them: in a workbench that tests drive it pops up nowhere else. */
  notice(text: string): Promise<Locator>;
  /** Presses a button of the view's title, by the beginning of its name. */
  title(button: string): Promise<void>;
}

export function handsOn(page: () => Page): Hands {
  const rows = (text: string | RegExp) => page().locator('.pane-body [role="treeitem"]').filter({ hasText: text });
  const box = () => page().locator('.quick-input-widget input').first();
  return {
    rows,
    row: (text) => rows(text).first(),
    box,
    answer: async (text) => {
      await box().fill(text);
      await box().press('Enter');
    },
    palette: async (command) => {
      await page().keyboard.press('F1');
      await box().fill(`>${command}`);
      await page().locator('.quick-input-list-row').filter({ hasText: command }).first().waitFor();
      await box().press('Enter');
    },
    menu: async (on, item) => {
      await on.click({ button: 'right' });
      // VS Code takes no click that follows its menu's appearance too closely.
      await page().locator('.monaco-menu .action-label').filter({ hasText: item }).first().hover();
      await page().keyboard.press('Enter');
    },
    dialog: async (button) => {
      const dialog = page().locator('.monaco-dialog-box');
      await dialog.getByText(button, { exact: true }).click();
      // While it goes away it takes the focus along.
      await dialog.waitFor({ state: 'detached' });
    },
    notice: async (text) => {
      const notice = page().locator('.notifications-center .notification-list-item').filter({ hasText: text }).first();
      if (!(await page().locator('.notifications-center').isVisible())) {
        const bell = page().locator('[id="status.notifications"]');
        // An empty list closes itself again when the first notice comes.
        await bell.locator('.codicon-bell-dot').waitFor();
        await bell.click();
      }
      await notice.waitFor();
      return notice;
    },
    title: async (button) => {
      await page()
        .locator('.pane-header, .title-actions, .composite.title')
        .locator(`[aria-label^="${button}"]`)
        .first()
        .click();
    },
  };
}
