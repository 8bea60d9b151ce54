import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import { isUp } from '../fleet/capabilityWords';
import type { Fleet } from '../fleet/fleet';
import type { Incidents } from '../fleet/incidents';
import { type Kind, kinds } from '../fleet/lists';
import { findable, matches, toWords } from '../fleet/match';
import type { HostTarget, ItemTarget } from '../fleet/target';
import type { TreeOptions } from '../fleet/treeOptions';
import { clusterOf, comparator, compareNames } from './clusters';

/** An object of any kind. */
export type Item = Container | Image | Network | Volume;

/** What an object is known by among those of its kind: volumes by name, the others by id. */
export function idOf(kind: Kind, item: Item): string {
  return kind === 'volumes' ? (item as Volume).name : (item as Container).id;
}

/** Why something is not shown: its host is hidden, the filter does not match, it is stopped and those are hidden. */
export type HiddenBy = 'host' | 'filter' | 'stopped';

/** One list as it is shown, and what that was worked out from. */
interface Arranged {
  readonly revision: number;
  readonly incidents: number;
  readonly options: TreeOptions;
  readonly items: readonly Item[];
  readonly clusters: ReadonlyMap<string, readonly Container[]>;
}

/**
 * What of the fleet is to be shown: what the filter and the settings let through, in order. A list is arranged once for
 * as long as neither it nor the options (the same object while they are the same) change.
 */
export class Shown {
  readonly #fleet: Fleet;
  readonly #incidents: Incidents;
  readonly #options: () => TreeOptions;
  readonly #arranged = new WeakMap<object, Arranged>();

  constructor(fleet: Fleet, incidents: Incidents, options: () => TreeOptions) {
    this.#fleet = fleet;
    this.#incidents = incidents;
    this.#options = options;
  }

  /** Whether only what matches some words is shown. */
  get isFiltered(): boolean {
    return this.#options().filter !== '';
  }

  /** The kinds that are shown of a host: with a filter, those of which something matches or which are not known yet. */
  kinds(host: string): Kind[] {
    const lists = this.#fleet.hosts.get(host)?.lists;
    return kinds.filter((kind) => !this.isFiltered || !lists?.[kind].known || this.items(host, kind).length > 0);
  }

  /** The objects of one kind of a host. */
  items(host: string, kind: Kind): readonly Item[] {
    return this.#arrange(host, kind)?.items ?? [];
  }

  /** The containers of a host by what the settings gather them under, '' for nothing; in order, also the keys. */
  clusters(host: string): ReadonlyMap<string, readonly Container[]> {
    return this.#arrange(host, 'containers')?.clusters ?? new Map();
  }

  /** What the settings gather a container under; '' for nothing. */
  clusterOf(container: Container): string {
    return clusterOf(container, this.#options());
  }

  /** The hosts of a folder, or those in none. */
  hosts(group: string | undefined): string[] {
    const { hidden } = this.#options();
    return [...this.#fleet.hosts.values()]
      .filter((host) => host.config.group === group && !hidden.has(host.name))
      .map(({ name }) => name)
      .filter((name) => this.kinds(name).length > 0);
  }

  /** What keeps an object, or a host, from being shown; undefined where nothing does. */
  hiddenBy(target: HostTarget | ItemTarget): HiddenBy | undefined {
    const { hidden, filter, showStopped } = this.#options();
    if (hidden.has(target.host)) return 'host';
    const item = 'id' in target && this.#fleet.hosts.get(target.host)?.lists[target.kind].items.get(target.id);
    if (!item) return undefined;
    if (!matches(findable(target.kind, item), toWords(filter))) return 'filter';
    const isStopped = target.kind === 'containers' && !showStopped && this.#isStopped(target.host, item as Container);
    return isStopped ? 'stopped' : undefined;
  }

  #arrange(host: string, kind: Kind): Arranged | undefined {
    const list = this.#fleet.hosts.get(host)?.lists[kind];
    if (!list) return undefined;
    const options = this.#options();
    const known = this.#arranged.get(list);
    // Where all are shown, it does not matter who died.
    const incidents = options.showStopped ? 0 : this.#incidents.revision;
    if (known?.revision === list.revision && known.incidents === incidents && known.options === options) return known;
    const all = inLastOrder(list.items, known?.items.map((item) => idOf(kind, item)) ?? []);
    const words = toWords(options.filter);
    const matching = words.length === 0 ? all : all.filter((item) => matches(findable(kind, item), words));
    const items = kind === 'containers' ? this.#inOrder(host, matching as Container[], options) : byLabel(matching);
    const clusters = kind === 'containers' ? gathered(items as Container[], options) : new Map();
    const arranged: Arranged = { revision: list.revision, incidents, options, items, clusters };
    this.#arranged.set(list, arranged);
    return arranged;
  }

  #inOrder(host: string, containers: readonly Container[], { showStopped, sortBy }: TreeOptions): Container[] {
    const shown = containers.filter((container) => showStopped || !this.#isStopped(host, container));
    return shown.sort(comparator(sortBy));
  }

  /** Whether it goes with the stopped ones: not while it is news that it died. */
  #isStopped(host: string, container: Container): boolean {
    return !isUp(container) && this.#incidents.diedAt(host, container.id) === undefined;
  }
}

/** The items, those known before in the order that they had: what is nearly in order is sorted in a fraction of the time. */
function inLastOrder(items: ReadonlyMap<string, Item>, order: readonly string[]): Item[] {
  const known = new Set(order);
  const added = [...items.keys()].filter((id) => !known.has(id));
  return [...order, ...added].flatMap((id) => items.get(id) ?? []);
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
