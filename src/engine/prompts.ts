/** What only the person can say while a host is being reached. Each resolves to undefined, or false, where they won't. */
export interface Prompts {
  /**
   * A password or passphrase. `key` names it for good, so that it can be kept; `again` is true where what was given for
   * it before has just been refused.
   */
  secret(question: { key: string; prompt: string; again: boolean }): Promise<string | undefined>;
  /** A question that is answered by yes or no, in the words of the program that asks. */
  confirm(question: string): Promise<boolean>;
}
