import { setImmediate } from 'node:timers/promises';

let last: Promise<unknown> = Promise.resolve();

/**
 * Resolves when it is one's turn: one at a time, and between two of them everything else that waits for this thread. For
 * work of milliseconds of which many hosts may have some at once.
 */
export async function turn(): Promise<void> {
  last = last.then(() => setImmediate());
  await last;
}
