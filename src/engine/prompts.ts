/**
 * What only the person can say while a host is being reached. Each resolves to undefined, or false, where they won't, or
 * where the signal aborts because nobody waits for the answer any more.
 */
export interface Prompts {
  /**
   * A password or passphrase. `key` names it for good, so that it can be kept; without one it is good for this time
   * only. `again` is true where what was given for it before has just been refused.
   */
  secret(question: Secret): Promise<string | undefined>;
  /** A question that is answered by yes or no, in the words of the program that asks. */
  confirm(question: string, signal: AbortSignal): Promise<boolean>;
  /** Tells what the person is to do elsewhere (touch a security key, say) until the signal aborts. */
  notice(text: string, signal: AbortSignal): void;
}

/** What is asked for without being shown. */
export interface Secret {
  readonly key?: string;
  readonly prompt: string;
  readonly again: boolean;
  readonly signal: AbortSignal;
}
