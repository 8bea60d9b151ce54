import type { Container } from '../engine/containers';
import { isUp } from '../fleet/capabilityWords';
import type { Fleet } from '../fleet/fleet';
import type { Incidents } from '../fleet/incidents';
import { type Kind, kinds } from '../fleet/lists';
import { findable, matches, toWords } from '../fleet/match';
import type { HostTarget, ItemTarget } from '../fleet/target';
import type { TreeOptions } from '../fleet/treeOptions';
import { Arrangement, type Item } from './arrangement';
import { clusterOf } from './clusters';

/** Why something is not shown: its host is hidden, the filter does not match, it is stopped and those are hidden. */
export type HiddenBy = 'host' | 'filter' | 'stopped';

/** How one list is arranged, and what that was worked out from. */
interface Arranged {
  readonly revision: number;
  readonly incidents: number;
  readonly options: TreeOptions;
  readonly arrangement: Arrangement;
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

  /** The words that all that is shown matches; '' where all is shown. */
  get filter(): string {
    return this.#options().filter;
  }

  /** Whether only what matches some words is shown. */
  get isFiltered(): boolean {
    return this.filter !== '';
  }

  /** The kinds that are shown of a host: with a filter, those of which something matches or which are not known yet. */
  kinds(host: string): Kind[] {
    const lists = this.#fleet.hosts.get(host)?.lists;
    return kinds.filter((kind) => !this.isFiltered || !lists?.[kind].known || this.count(host, kind) > 0);
  }

  /** How many objects of one kind of a host are shown. */
  count(host: string, kind: Kind): number {
    return this.#arrange(host, kind)?.count ?? 0;
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
    return [...this.#fleet.hosts.values()]
      .filter((host) => host.config.group === group && this.#isShown(host.name))
      .map(({ name }) => name);
  }

  /** How many hosts there are, in folders and in none. */
  get hostCount(): number {
    return [...this.#fleet.hosts.keys()].filter((name) => this.#isShown(name)).length;
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

  #isShown(host: string): boolean {
    return !this.#options().hidden.has(host) && this.kinds(host).length > 0;
  }

  #arrange(host: string, kind: Kind): Arrangement | undefined {
    const list = this.#fleet.hosts.get(host)?.lists[kind];
    if (!list) return undefined;
    const options = this.#options();
    const known = this.#arranged.get(list);
    // Where all are shown, it does not matter who died.
    const incidents = options.showStopped ? 0 : this.#incidents.revision(host);
    if (known?.revision === list.revision && known.incidents === incidents && known.options === options) {
      return known.arrangement;
    }
    const words = toWords(options.filter);
    const hidesStopped = kind === 'containers' && !options.showStopped;
    const shown = [...list.items.values()].filter(
      (item) =>
        (words.length === 0 || matches(findable(kind, item), words)) &&
        !(hidesStopped && this.#isStopped(host, item as Container)),
    );
    const arrangement = new Arrangement(kind, shown, options, known?.arrangement);
    this.#arranged.set(list, { revision: list.revision, incidents, options, arrangement });
    return arrangement;
  }

  /** Whether it goes with the stopped ones: not while it is news that it died. */
  #isStopped(host: string, container: Container): boolean {
    return !isUp(container) && this.#incidents.diedAt(host, container.id) === undefined;
  }
}
