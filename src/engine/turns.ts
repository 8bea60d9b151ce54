import { setImmediate } from 'node:timers/promises';

/** For work of milliseconds of which many engines may have some at once: those who share one do it one after the other. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Resolves when it is one's turn; between two of them comes everything else that waits for this thread. */
  async next(): Promise<void> {
    this.#last = this.#last.then(() => setImmediate());
    await this.#last;
  }
}
