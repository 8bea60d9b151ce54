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
    this.#order = before ? before.#order : [];
  }

  get count(): number {
    return this.#shown.length;
  }

  /** In order. */
  get items(): readonly Item[] {
    if (!this.#isSorted) {
      const items = inLastOrder(this.#kind, this.#shown, this.#order);
      this.#order =
        this.#kind === 'containers' ? (items as Container[]).sort(comparator(this.#options.sortBy)) : byLabel(items);
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

/** The items, those known before in the order that they had: what is nearly in order is sorted in a fraction of the time. */
function inLastOrder(kind: Kind, items: readonly Item[], order: readonly Item[]): Item[] {
  const added = new Map(items.map((item) => [idOf(kind, item), item]));
  const known = order.flatMap((item) => {
    const id = idOf(kind, item);
    const now = added.get(id);
    added.delete(id);
    return now ?? [];
  });
  return [...known, ...added.values()];
}

function byLabel(items: readonly Item[]): Item[] {
  const label = (item: Item) =>
    'tags' in item ? (item.tags[0] ?? `\uffff${item.id}`) : 'name' in item ? item.name : '';
  return [...items].sort((a, b) => compareNames(label(a), label(b)));
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
