import { followStats, type Stats } from '../engine/stats';
import type { Fleet } from './fleet';

/** Streams at a time on one host: each is a connection, and work for its engine. */
const mostPerHost = 50;
/** Figures are handed on at most this often, in ms. */
const every = 1000;

/** The figures of those running containers that are looked at, each from a stream of its own while it is. */
export class LiveStats {
  readonly #fleet: Fleet;
  readonly #onChange: (host: string, ids: ReadonlySet<string>) => void;
  readonly #streams = new Map<string, { host: string; id: string; end: AbortController }>();
  readonly #figures = new Map<string, Stats>();
  readonly #changed = new Map<string, Set<string>>();
  #timer: NodeJS.Timeout | undefined;

  constructor(fleet: Fleet, onChange: (host: string, ids: ReadonlySet<string>) => void) {
    this.#fleet = fleet;
    this.#onChange = onChange;
  }

  /** The last figures of a container; undefined while there are none. */
  of(host: string, id: string): Stats | undefined {
    return this.#figures.get(keyOf(host, id));
  }

  /** Follows just these from now on; those that don't run, and those beyond the most per host, are left out. */
  watch(wanted: readonly { host: string; id: string }[]): void {
    const perHost = new Map<string, number>();
    const keep = new Set<string>();
    for (const { host, id } of wanted) {
      const { state, lists } = this.#fleet.hosts.get(host) ?? {};
      const count = perHost.get(host) ?? 0;
      if (state?.kind !== 'ready' || lists?.containers.items.get(id)?.state !== 'running' || count >= mostPerHost)
        continue;
      perHost.set(host, count + 1);
      keep.add(keyOf(host, id));
      this.#follow(host, id);
    }
    for (const [key, { end }] of this.#streams) {
      if (keep.has(key)) continue;
      // Wanted again before it has ended, it is followed anew.
      this.#streams.delete(key);
      end.abort();
    }
  }

  /** Ends every stream and forgets the figures. */
  stop(): void {
    for (const { end } of this.#streams.values()) end.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #follow(host: string, id: string): void {
    const key = keyOf(host, id);
    if (this.#streams.has(key)) return;
    const end = new AbortController();
    this.#streams.set(key, { host, id, end });
    void this.#read(host, id, end.signal).finally(() => {
      const current = this.#streams.get(key)?.end;
      if (current !== undefined && current !== end) return;
      this.#streams.delete(key);
      if (this.#figures.delete(key)) this.#mark(host, id);
    });
  }

  async #read(host: string, id: string, signal: AbortSignal): Promise<void> {
    try {
      const { engine } = await this.#fleet.ready(host, signal);
      for await (const stats of followStats(engine, id, signal)) {
        this.#figures.set(keyOf(host, id), stats);
        this.#mark(host, id);
      }
    } catch {
      // A container that ended, or a host that went away, tells so in its own row.
    }
  }

  #mark(host: string, id: string): void {
    const ids = this.#changed.get(host) ?? new Set();
    this.#changed.set(host, ids.add(id));
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const all = [...this.#changed];
      this.#changed.clear();
      for (const [name, changed] of all) this.#onChange(name, changed);
    }, every);
  }
}

function keyOf(host: string, id: string): string {
  return `${id} ${host}`;
}
