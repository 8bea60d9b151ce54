import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Fleet } from './fleet';
import type { Host } from './host';
import { type Kind, kinds } from './lists';
import { type Findable, findable, rankOf, toWords, type Word } from './match';
import type { ItemTarget } from './target';

/** Something that was found. */
export interface Found extends ItemTarget {
  readonly name: string;
}

type Item = Container | Image | Network | Volume;

/** What was found, and whether everything has been looked at. */
export interface Result {
  readonly found: readonly Found[];
  readonly complete: boolean;
}

/** Of so many objects one call works out what they can be found by, and leaves the rest to the next: results come in time. */
const mostPerCall = 2000;

/** What the objects of one list can be found by, by id: all of them at a revision, or as many as there was time for. */
interface Index {
  readonly revision: number;
  readonly complete: boolean;
  readonly entries: ReadonlyMap<string, { readonly item: Item; readonly found: Findable }>;
}

/** Finds objects over all hosts. What an object can be found by is worked out once for as long as it stays the same. */
export class Search {
  readonly #fleet: Fleet;
  readonly #indexes = new WeakMap<object, Index>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /**
   * The best `limit` objects of hosts that are not hidden which every word finds, by a text of theirs (name, image,
   * label, state, `:port`, beginning of the id) or their host's name. Names and ports go first, and among those the ones
   * that are or begin with the words; containers before the rest. The first calls after many changes may not be
   * complete: what they worked out stays, so another call goes on from there.
   */
  find(query: string, limit: number): Result {
    const budget = { left: mostPerCall };
    const places = kinds.flatMap((kind) =>
      this.#fleet.shown.map((host) => ({ kind, host, index: this.#index(kind, host.lists[kind], budget) })),
    );
    const complete = places.every(({ index }) => index.complete);
    const words = toWords(query);
    const best = new Best(limit);
    for (const { kind, host, index } of places) {
      const hostName = host.name.toLowerCase();
      for (const [id, { found }] of index.entries) {
        const rank = rankIn(found, hostName, words);
        if (rank === undefined) continue;
        best.add(rank + kinds.indexOf(kind) / 10, () => ({ host: host.name, kind, id, name: found.name }));
        if (words.length === 0 && best.isFull) return { found: best.take(), complete };
      }
    }
    return { found: best.take(), complete };
  }

  /** What a list's objects can be found by, as far as it is known or in the budget. */
  #index(kind: Kind, list: Host['lists'][Kind], budget: { left: number }): Index {
    const known = this.#indexes.get(list) ?? { revision: -1, complete: false, entries: new Map() };
    if (known.complete && known.revision === list.revision) return known;
    if (budget.left === 0) return { ...known, complete: false };
    const entries = new Map<string, { item: Item; found: Findable }>();
    for (const [id, item] of list.items as ReadonlyMap<string, Item>) {
      const before = known.entries.get(id);
      if (before?.item === item) {
        entries.set(id, before);
      } else if (budget.left > 0) {
        budget.left--;
        entries.set(id, { item, found: findable(kind, item) });
      }
    }
    const index = { revision: list.revision, complete: entries.size === list.items.size, entries };
    this.#indexes.set(list, index);
    return index;
  }
}

/** How well all words together fit, 0 best; undefined where one doesn't. */
function rankIn(found: Findable, hostName: string, words: readonly Word[]): number | undefined {
  let sum = 0;
  for (const word of words) {
    const rank = rankOf(found, word) ?? (hostName.includes(word.text) ? 5 : undefined);
    if (rank === undefined) return undefined;
    sum += rank;
  }
  return sum;
}

/** Keeps the best so many: by rank, and shorter names first among equals. Beyond ten times as many it keeps no more equals. */
class Best {
  readonly #limit: number;
  readonly #byRank = new Map<number, Found[]>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    return [...this.#byRank.values()].reduce((sum, { length }) => sum + length, 0) >= this.#limit;
  }

  add(rank: number, make: () => Found): void {
    const same = this.#byRank.get(rank);
    if (!same) this.#byRank.set(rank, [make()]);
    else if (same.length < 10 * this.#limit) same.push(make());
  }

  take(): Found[] {
    const ranks = [...this.#byRank.keys()].sort((a, b) => a - b);
    return ranks
      .flatMap((rank) => this.#byRank.get(rank)?.sort((a, b) => a.name.length - b.name.length) ?? [])
      .slice(0, this.#limit);
  }
}
