import type { EngineEvent } from '../engine/events';

/** An engine keeps its last 256 events and sends those since a moment again, that moment included. */
const kept = 512;

/** Remembers which events were seen, so that what a new subscription sends again is not taken twice. */
export class Replay {
  readonly #seen = new Set<string>();
  /** Not the latest ever: where a clock is set back, Podman sends nothing until it has caught up with `since`. */
  #last: bigint | undefined;

  /** Where to resume, in nanoseconds of the engine's own clock: a second before its last event, since some overtake. */
  get since(): string | undefined {
    return this.#last === undefined ? undefined : String(this.#last - 1_000_000_000n);
  }

  /** True the first time it is asked about an event; always for one without a time, which nothing tells from others. */
  isNew({ timeNano, type, action, id }: EngineEvent): boolean {
    if (timeNano === '0') return true;
    const key = `${timeNano} ${type} ${action} ${id}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    if (this.#seen.size > kept) {
      const [oldest] = this.#seen;
      if (oldest !== undefined) this.#seen.delete(oldest);
    }
    this.#last = BigInt(timeNano);
    return true;
  }
}
