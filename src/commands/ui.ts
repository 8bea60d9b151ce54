/** The person went a step back. */
export const back = Symbol('back');

/** One line that can be chosen. */
export interface Choice<T> {
  readonly label: string;
  readonly description?: string;
  readonly value: T;
}

/** A question for one line of text. */
export interface Question {
  readonly title: string;
  readonly prompt: string;
  readonly value?: string;
  readonly placeholder?: string;
  readonly password?: boolean;
  /** Called while typing: why the text can't be taken, or undefined. */
  readonly check?: (text: string) => string | undefined;
  /** Something to say about a text that can be taken all the same. */
  readonly hint?: (text: string) => string | undefined;
  readonly step?: readonly [now: number, of: number];
}

/** How a command talks with the person, in texts that it makes safe to show. Everything resolves to undefined where they dismiss it. */
export interface Ui {
  ask(question: Question): Promise<string | typeof back | undefined>;
  choose<T>(
    title: string,
    choices: readonly Choice<T>[],
    options?: { placeholder?: string; typed?: (text: string) => T | undefined; step?: readonly [number, number] },
  ): Promise<T | typeof back | undefined>;
  /** A modal question before harm; resolves to the button that was pressed. */
  confirm<B extends string>(message: string, detail: string, ...buttons: readonly B[]): Promise<B | undefined>;
  say<B extends string>(
    kind: 'info' | 'warning' | 'error',
    message: string,
    ...buttons: readonly B[]
  ): Promise<B | undefined>;
  /** Runs something that takes time; shown with a way to cancel once it lasts. */
  progress<T>(
    title: string,
    run: (report: (message: string, percent?: number) => void, signal: AbortSignal) => Promise<T>,
  ): Promise<T>;
}
