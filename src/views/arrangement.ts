import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Kind } from '../fleet/lists';
import type { TreeOptions } from '../fleet/treeOptions';
import { clusterOf, comparator, compareNames } from './clusters';

/** An object of any kind. */
export type Item = Container | Image | Network | Volume;

/** What an object is known by among those of its kind: volumes by name, the others by id. */
export function idOf(kind: Kind, item: Item): string {
  return kind === 'volumes' ? (item as Volume).name : (item as Container).id;
}

/** The shown objects of one list. They are put in order when somebody asks: for a closed group their number is enough. */
export class Arrangement {
  readonly #kind: Kind;
  readonly #shown: readonly Item[];
  readonly #options: TreeOptions;
  /** In order once `#isSorted`, until then as an earlier arrangement was. */
  #order: readonly Item[];
  #isSorted = false;
  #clusters: ReadonlyMap<string, readonly Container[]> | undefined;

  /** `before` is what the list was arranged like last. */
  constructor(kind: Kind, shown: readonly Item[], options: TreeOptions, before: Arrangement | undefined) {
    this.#kind = kind;
    this.#shown = shown;
    this.#options = options;
    this.#order = before && before.#options === options ? before.#order : [];
  }

  get count(): number {
    return this.#shown.length;
  }

  /** In order. */
  get items(): readonly Item[] {
    if (!this.#isSorted) {
      const compare = this.#kind === 'containers' ? comparator(this.#options.sortBy) : byLabel(this.#kind);
      this.#order = inOrder(this.#shown, this.#order, compare as (a: Item, b: Item) => number);
      this.#isSorted = true;
    }
    return this.#order;
  }

  /** Containers by what the options gather them under, '' for nothing; in order, also the keys. Empty for other kinds. */
  get clusters(): ReadonlyMap<string, readonly Container[]> {
    this.#clusters ??= this.#kind === 'containers' ? gathered(this.items as Container[], this.#options) : new Map();
    return this.#clusters;
  }
}

/** The items in order. Those that are in a former order, too, have their places: to compare names takes longest of all. */
function inOrder(items: readonly Item[], former: readonly Item[], compare: (a: Item, b: Item) => number): Item[] {
  const added = new Set(items);
  const kept = former.filter((item) => added.delete(item));
  const all: Item[] = [];
  let taken = 0;
  for (const item of [...added].sort(compare)) {
    const place = placeOf(item, kept, taken, compare);
    for (; taken < place; taken++) all.push(kept[taken] as Item);
    all.push(item);
  }
  return all.concat(kept.slice(taken));
}

/** The index of the first item, from some index on, that comes after another. */
function placeOf(item: Item, items: readonly Item[], from: number, compare: (a: Item, b: Item) => number): number {
  let [low, high] = [from, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(items[middle] as Item, item) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Several networks may have one name. */
function byLabel(kind: Kind): (a: Item, b: Item) => number {
  return (a, b) => compareNames(labelOf(a), labelOf(b)) || compareNames(idOf(kind, a), idOf(kind, b));
}

function labelOf(item: Item): string {
  if ('tags' in item) return item.tags[0] ?? `\uffff${item.id}`;
  return 'name' in item ? item.name : '';
}

function gathered(containers: readonly Container[], options: TreeOptions): Map<string, Container[]> {
  const clusters = new Map<string, Container[]>();
  for (const container of containers) {
    const value = clusterOf(container, options);
    const members = clusters.get(value);
    if (members) members.push(container);
    else clusters.set(value, [container]);
  }
  return new Map([...clusters].sort(([a], [b]) => compareNames(a, b)));
}
