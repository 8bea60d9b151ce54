import { setTimeout as sleep } from 'node:timers/promises';

/** Asks `probe` every 50 ms until it gives a value; rejects after `seconds`, naming what was waited for and why not. */
export async function waitFor<T>(what: string, seconds: number, probe: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let reason = '';
  do {
    try {
      const value = await probe();
      if (value !== undefined) return value;
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      reason = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    await sleep(50);
  } while (Date.now() < deadline);
  throw new Error(`${what} did not come within ${seconds} s${reason}`);
}

/** Thrown by a probe: waiting longer makes no sense. */
export class Hopeless extends Error {}
