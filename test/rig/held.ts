import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

/** What keeps this process from ending: timers, sockets, processes. */
const held = () => process.getActiveResourcesInfo().filter((what) => /^Timeout$|Wrap$/.test(what));

/** Counts what is held at the beginning of each test, and that no more is at its end, and no rejection was lost. */
export class Holdings {
  #before: string[] = [];
  readonly #rejections: unknown[] = [];
  readonly #onRejection = (reason: unknown) => this.#rejections.push(reason);

  /** For beforeEach. */
  async count(): Promise<void> {
    // From here on mocha's own timer for this hook is among them, as it will be in afterEach.
    await delay(0);
    process.on('unhandledRejection', this.#onRejection);
    this.#before = held();
  }

  /** For afterEach, when everything is closed that the test has opened. */
  async check(): Promise<void> {
    for (let i = 0; held().length > this.#before.length; i++) {
      assert.ok(i < 1000, `still held after 5 s: ${held().join()}; before: ${this.#before.join()}`);
      await delay(5);
    }
    process.off('unhandledRejection', this.#onRejection);
    assert.deepEqual(this.#rejections.splice(0), []);
  }
}
