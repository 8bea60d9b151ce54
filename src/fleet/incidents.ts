import type { Container } from '../engine/containers';
import type { EngineEvent } from '../engine/events';
import type { Host } from './host';
import type { Lists } from './lists';

/** How long a death is news, in ms. */
const recent = 10 * 60_000;
/** A death this soon after a signal was somebody's wish, in ms. */
const asked = 30_000;
/** What is remembered of one host, at most: nobody looks at more one by one. */
const most = 1000;

/** How many containers there are, how many of them run, and how many want to be looked at. */
export interface Tally {
  readonly all: number;
  readonly running: number;
  readonly troubled: number;
}

/** When things happened (ms since 1970), by host and container. */
type Times = Map<string, Map<string, number>>;

/**
 * Containers that ended by themselves and badly, lately: what somebody who looks now would want to see first, also where
 * the engine has started them again.
 */
export class Incidents {
  readonly #died: Times = new Map();
  readonly #killed: Times = new Map();
  readonly #revisions = new Map<string, number>();
  readonly #tallies = new WeakMap<Lists, { readonly revisions: string; readonly tally: Tally }>();

  /** Another number after each change of what `diedAt` says of a host. */
  revision(host: string): number {
    return this.#revisions.get(host) ?? 0;
  }

  /** Takes an event; true where it changed what `diedAt` says about its container. `now` is in ms since 1970. */
  take(host: string, { type, action, id, attributes }: EngineEvent, now: number): boolean {
    if (type !== 'container') return false;
    // Podman tells of a stop only after it: no signal before the death says that it was somebody's wish.
    if (action === 'stop' || action === 'destroy') {
      const wasNews = this.#died.get(host)?.delete(id) ?? false;
      if (wasNews) this.#revise(host);
      return wasNews;
    }
    if (action === 'kill') remember(this.#killed, host, id, now);
    if (action !== 'die' || attributes.exitCode === '0') return false;
    const killed = this.#killed.get(host)?.get(id);
    if (killed !== undefined && killed > now - asked) return false;
    remember(this.#died, host, id, now);
    this.#revise(host);
    return true;
  }

  /** When the container died by itself, where that is still news, in ms since 1970. */
  diedAt(host: string, id: string): number | undefined {
    return this.#died.get(host)?.get(id);
  }

  /** The containers of a host, counted once for as long as nothing changes. */
  tally({ name, lists }: Host): Tally {
    const revisions = `${lists.containers.revision} ${this.revision(name)}`;
    const known = this.#tallies.get(lists);
    if (known?.revisions === revisions) return known.tally;
    const tally = this.count(name, [...lists.containers.items.values()]);
    this.#tallies.set(lists, { revisions, tally });
    return tally;
  }

  /** Some containers of a host, counted now. */
  count(host: string, containers: readonly Container[]): Tally {
    const running = containers.filter(({ state }) => state === 'running').length;
    const troubled = containers.filter((each) => isTroubled(each, this.diedAt(host, each.id))).length;
    return { all: containers.length, running, troubled };
  }

  /** When the next of them is no news any more, in ms since 1970; undefined where there is none. */
  get nextEnd(): number | undefined {
    const times = [...this.#died.values()].flatMap((each) => [...each.values()]);
    return times.length === 0 ? undefined : Math.min(...times) + recent;
  }

  /** Forgets what is no news any more. */
  expire(now: number): void {
    for (const [host, times] of this.#died) {
      const old = [...times].filter(([, at]) => at <= now - recent);
      for (const [id] of old) times.delete(id);
      if (old.length > 0) this.#revise(host);
    }
  }

  #revise(host: string): void {
    this.#revisions.set(host, this.revision(host) + 1);
  }
}

/** True where a container is ill, could not be removed, or died lately. */
export function isTroubled({ health, state }: Container, diedAt: number | undefined): boolean {
  return health === 'unhealthy' || state === 'dead' || diedAt !== undefined;
}

/**
 * When an event happened, in ms since 1970 by this machine's clock. What an engine replays after a break happened during
 * it, whatever its own clock says; everything else happens now.
 */
export function happenedAt({ state, seenAt }: Pick<Host, 'state' | 'seenAt'>, event: EngineEvent, now: number): number {
  if (state.kind === 'ready' || seenAt === undefined) return now;
  return Math.min(now, Math.max(seenAt, Number(BigInt(event.timeNano) / 1_000_000n)));
}

/** The newest are kept, whatever their number. */
function remember(times: Times, host: string, id: string, at: number): void {
  const ofHost = times.get(host) ?? new Map<string, number>();
  times.set(host, ofHost);
  ofHost.delete(id);
  ofHost.set(id, at);
  const [oldest] = ofHost.keys();
  if (ofHost.size > most && oldest !== undefined) ofHost.delete(oldest);
}
