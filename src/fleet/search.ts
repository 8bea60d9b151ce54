import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Fleet } from './fleet';
import { type Kind, kinds } from './lists';
import { searchTexts } from './match';
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

/** What an object can be found by, in lower case. */
interface Texts {
  readonly name: string;
  /** All of them, each behind a line feed: one search tells whether a word is in any, and whether one begins with it. */
  readonly all: string;
}

/** What one call may take, in ms: results come in time, and the rest with the next call. */
const budget = 20;

/** Finds objects over all hosts. What an object can be found by is worked out once for as long as it stays the same. */
export class Search {
  readonly #fleet: Fleet;
  readonly #texts = new WeakMap<Item, Texts>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /**
   * The best `limit` objects that have every word in one of their texts (name, id, image, label, `:port`) or their
   * host's name. Names go first, and among those the ones that begin with the words; containers before the rest. The
   * first calls after many changes may not be complete: what they worked out stays, so another call goes on from there.
   */
  find(query: string, limit: number): Result {
    const deadline = performance.now() + budget;
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const best = new Best(limit);
    for (const kind of kinds) {
      for (const host of this.#fleet.hosts.values()) {
        const hostName = host.name.toLowerCase();
        for (const [id, item] of host.lists[kind].items) {
          if (!this.#texts.has(item) && performance.now() > deadline) {
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

  #rank(kind: Kind, item: Item, hostName: string, words: readonly string[]): number | undefined {
    const { name, all } = this.#of(kind, item);
    let rank = 0;
    for (const word of words) {
      if (!all.includes(word)) {
        if (!hostName.includes(word)) return undefined;
        rank += 5;
      } else if (name.includes(word)) {
        if (name !== word) rank += name.startsWith(word) ? 1 : 2;
      } else {
        rank += all.includes(`\n${word}`) ? 3 : 4;
      }
    }
    return rank;
  }

  #of(kind: Kind, item: Item): Texts {
    let texts = this.#texts.get(item);
    if (!texts) {
      const [name = '', ...others] = searchTexts(kind, item).map((text) => text.toLowerCase());
      texts = { name, all: `\n${[name, ...others].join('\n')}` };
      this.#texts.set(item, texts);
    }
    return texts;
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
