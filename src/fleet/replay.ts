import type { EngineEvent } from '../engine/events';

/** An engine keeps its last 256 events and sends those since a moment again, that moment included. */
const kept = 512;

/** Remembers which events were seen, so that what a new subscription sends again is not taken twice. */
export class Replay {
  readonly #seen = new Set<string>();
  #last: bigint | undefined;

  /** Where to resume, in nanoseconds of the engine's own clock: a second before its last event. */
  get since(): string | undefined {
    return this.#last === undefined ? undefined : String(this.#last - 1_000_000_000n);
  }

  /** True the first time it is asked about an event. */
  isNew({ timeNano, type, action, id }: EngineEvent): boolean {
    const key = `${timeNano} ${type} ${action} ${id}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > kept) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    const time = BigInt(timeNano);
    if (this.#last === undefined || time > this.#last) this.#last = time;
    return true;
  }
}
