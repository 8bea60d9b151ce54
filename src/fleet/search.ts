import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Fleet } from './fleet';
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

/** What one call may take, in ms: results come in time, and the rest with the next call. */
const budget = 20;

/** Finds objects over all hosts. What an object can be found by is worked out once for as long as it stays the same. */
export class Search {
  readonly #fleet: Fleet;
  readonly #findables = new WeakMap<Item, Findable>();

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
    const deadline = performance.now() + budget;
    const words = toWords(query);
    const best = new Best(limit);
    const hosts = this.#fleet.shown;
    for (const kind of kinds) {
      for (const host of hosts) {
        const hostName = host.name.toLowerCase();
        for (const [id, item] of host.lists[kind].items) {
          if (!this.#findables.has(item) && performance.now() > deadline) {
            return { found: best.take(), complete: false };
          }
          const rank = this.#rank(kind, item, hostName, words);
          if (rank === undefined) continue;
          best.add(rank + kinds.indexOf(kind) / 10, () => ({
            host: host.name,
            kind,
            id,
            name: this.#of(kind, item).name,
          }));
          if (words.length === 0 && best.isFull) return { found: best.take(), complete: true };
        }
      }
    }
    return { found: best.take(), complete: true };
  }

  #rank(kind: Kind, item: Item, hostName: string, words: readonly Word[]): number | undefined {
    const found = this.#of(kind, item);
    let sum = 0;
    for (const word of words) {
      const rank = rankOf(found, word) ?? (hostName.includes(word.text) ? 5 : undefined);
      if (rank === undefined) return undefined;
      sum += rank;
    }
    return sum;
  }

  #of(kind: Kind, item: Item): Findable {
    let found = this.#findables.get(item);
    if (!found) {
      found = findable(kind, item);
      this.#findables.set(item, found);
    }
    return found;
  }
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
