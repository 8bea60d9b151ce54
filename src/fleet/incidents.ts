import type { EngineEvent } from '../engine/events';
import type { Host } from './host';

/** How long a death is news, in ms. */
const recent = 10 * 60_000;
/** A death this soon after a signal was somebody's wish, in ms. */
const asked = 30_000;

/** Containers that ended by themselves and badly, lately: what somebody who looks now would want to see first. */
export class Incidents {
  readonly #died = new Map<string, number>();
  readonly #killed = new Map<string, number>();

  /** Takes an event; true where it changed what `has` says about its container. `now` is in ms since 1970. */
  take({ type, action, id, attributes }: EngineEvent, now: number): boolean {
    if (type !== 'container') return false;
    if (action === 'kill') {
      forget(this.#killed, now - asked);
      this.#killed.set(id, now);
      return false;
    }
    // Podman tells of a stop only after it: no signal before the death says that it was somebody's wish.
    if (action === 'start' || action === 'stop' || action === 'destroy') return this.#died.delete(id);
    if (action !== 'die' || attributes.exitCode === '0' || within(this.#killed.get(id), now - asked)) return false;
    forget(this.#died, now - recent);
    this.#died.set(id, now);
    return true;
  }

  /** When the next of them is no news any more, in ms since 1970; undefined where there is none. */
  nextEnd(now: number): number | undefined {
    forget(this.#died, now - recent);
    const [oldest] = [...this.#died.values()].sort((a, b) => a - b);
    return oldest === undefined ? undefined : oldest + recent;
  }

  /** True where the container died by itself in the last ten minutes and has not been started since. */
  has(id: string, now: number): boolean {
    return within(this.#died.get(id), now - recent);
  }
}

/**
 * When an event happened, in ms since 1970 by this machine's clock. What an engine replays after a break happened during
 * it, whatever its own clock says; everything else happens now.
 */
export function happenedAt({ state, seenAt }: Pick<Host, 'state' | 'seenAt'>, event: EngineEvent, now: number): number {
  if (state.kind === 'ready' || seenAt === undefined) return now;
  return Math.min(now, Math.max(seenAt, Number(BigInt(event.timeNano) / 1_000_000n)));
}

function within(time: number | undefined, since: number): boolean {
  return time !== undefined && time > since;
}

function forget(times: Map<string, number>, before: number): void {
  for (const [id, at] of times) if (at <= before) times.delete(id);
}
