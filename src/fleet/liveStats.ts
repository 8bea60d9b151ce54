import { setTimeout as delay } from 'node:timers/promises';
import { followStats, type Stats } from '../engine/stats';
import { backoff } from './backoff';
import type { Fleet } from './fleet';

/** Streams at a time on one host: each is a connection, and work for its engine. */
const mostPerHost = 50;
/** Figures are handed on at most this often, in ms. */
const every = 1000;
/**
 * What is wanted is looked at when nothing has been drawn for this long, in ms: VS Code asks for a tree level by level,
 * and figures would stop and start anew where that goes on.
 */
const burst = 150;
/** It is looked at no later than this, in ms. */
const longest = 1000;

/** The figures of those running containers that are looked at, each from a stream of its own while it is. */
export class LiveStats {
  readonly #fleet: Fleet;
  readonly #wanted: () => readonly { host: string; id: string }[];
  readonly #onChange: (host: string, ids: ReadonlySet<string>) => void;
  readonly #streams = new Map<string, AbortController>();
  readonly #figures = new Map<string, Stats>();
  readonly #changed = new Map<string, Set<string>>();
  #telling: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  #lookBy: number | undefined;

  /** `wanted` tells whose figures are looked at; `onChange` gets those who have others now, once a second. */
  constructor(
    fleet: Fleet,
    wanted: () => readonly { host: string; id: string }[],
    onChange: (host: string, ids: ReadonlySet<string>) => void,
  ) {
    this.#fleet = fleet;
    this.#wanted = wanted;
    this.#onChange = onChange;
  }

  /** The last figures of a container; undefined while there are none. */
  of(host: string, id: string): Stats | undefined {
    return this.#figures.get(keyOf(host, id));
  }

  /** Something else may be wanted now, or run. */
  look(): void {
    const now = performance.now();
    this.#lookBy ??= now + longest;
    clearTimeout(this.#looking);
    this.#looking = setTimeout(
      () => {
        this.#lookBy = undefined;
        this.#follow();
      },
      Math.min(burst, this.#lookBy - now),
    );
  }

  /** Ends every stream and tells nothing any more. */
  stop(): void {
    for (const end of this.#streams.values()) end.abort();
    clearTimeout(this.#telling);
    clearTimeout(this.#looking);
  }

  /** Follows just who is wanted and runs, and of each host no more than the first fifty. */
  #follow(): void {
    const perHost = new Map<string, number>();
    const keep = new Set<string>();
    for (const { host, id } of this.#wanted()) {
      const { state, lists } = this.#fleet.hosts.get(host) ?? {};
      const count = perHost.get(host) ?? 0;
      const runs = state?.kind === 'ready' && lists?.containers.items.get(id)?.state === 'running';
      if (!runs || count >= mostPerHost) continue;
      perHost.set(host, count + 1);
      const key = keyOf(host, id);
      keep.add(key);
      if (this.#streams.has(key)) continue;
      const end = new AbortController();
      this.#streams.set(key, end);
      void this.#read(host, id, end.signal);
    }
    for (const [key, end] of this.#streams) {
      if (keep.has(key)) continue;
      this.#streams.delete(key);
      end.abort();
    }
  }

  /** Reads figures until the signal aborts; a stream that ends before, or is refused, is tried again with growing pauses. */
  async #read(host: string, id: string, signal: AbortSignal): Promise<void> {
    const key = keyOf(host, id);
    for (let failures = 0; !signal.aborted; failures++) {
      try {
        const { engine } = await this.#fleet.ready(host, signal);
        for await (const stats of followStats(engine, id, signal)) {
          failures = 0;
          this.#figures.set(key, stats);
          this.#mark(host, id);
        }
      } catch {
        // A container that ended, or a host that went away, tells so in its own row.
      }
      // Wanted again meanwhile, it is followed by another stream whose figures these are.
      const isFollowed = signal.aborted && this.#streams.has(key);
      if (!isFollowed && this.#figures.delete(key)) this.#mark(host, id);
      await delay(backoff(failures), undefined, { signal }).catch(() => {});
    }
  }

  #mark(host: string, id: string): void {
    const ids = this.#changed.get(host) ?? new Set();
    this.#changed.set(host, ids.add(id));
    this.#telling ??= setTimeout(() => {
      this.#telling = undefined;
      const all = [...this.#changed];
      this.#changed.clear();
      for (const [name, changed] of all) this.#onChange(name, changed);
    }, every);
  }
}

function keyOf(host: string, id: string): string {
  return `${id} ${host}`;
}
