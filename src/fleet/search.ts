import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Fleet } from './fleet';
import { type Kind, kinds } from './lists';
import { searchTexts } from './match';
import type { ItemTarget } from './target';

/** Something that was found, best first: the lower the rank, the better. */
export interface Found extends ItemTarget {
  readonly name: string;
  readonly rank: number;
}

type Item = Container | Image | Network | Volume;

/** Finds objects over all hosts. What an object can be found by is worked out once for as long as it stays the same. */
export class Search {
  readonly #fleet: Fleet;
  readonly #texts = new WeakMap<Item, readonly string[]>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /**
   * The best `limit` objects that have every word in one of their texts (name, id, image, label, `:port`) or their
   * host's name. Names go first, and among those the ones that begin with the words; containers before the rest.
   */
  find(query: string, limit: number): Found[] {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    const found: Found[] = [];
    for (const kind of kinds) {
      for (const host of this.#fleet.hosts.values()) {
        const hostName = host.name.toLowerCase();
        for (const [id, item] of host.lists[kind].items) {
          const rank = this.#rank(kind, item, hostName, words);
          if (rank === undefined) continue;
          found.push({
            host: host.name,
            kind,
            id,
            name: this.#of(kind, item)[0] ?? id,
            rank: rank + kinds.indexOf(kind) / 10,
          });
          if (words.length === 0 && found.length >= limit) return found;
        }
      }
    }
    return found.sort((a, b) => a.rank - b.rank || a.name.length - b.name.length).slice(0, limit);
  }

  #rank(kind: Kind, item: Item, hostName: string, words: readonly string[]): number | undefined {
    const texts = this.#of(kind, item);
    const [name = ''] = texts;
    let rank = 0;
    for (const word of words) {
      if (name === word) continue;
      if (name.startsWith(word)) rank += 1;
      else if (name.includes(word)) rank += 2;
      else if (texts.some((text) => text === word || text.startsWith(word))) rank += 3;
      else if (texts.some((text) => text.includes(word))) rank += 4;
      else if (hostName.includes(word)) rank += 5;
      else return undefined;
    }
    return rank;
  }

  #of(kind: Kind, item: Item): readonly string[] {
    let texts = this.#texts.get(item);
    if (!texts) {
      texts = searchTexts(kind, item).map((text) => text.toLowerCase());
      this.#texts.set(item, texts);
    }
    return texts;
  }
}
