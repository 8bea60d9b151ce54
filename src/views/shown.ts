import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Volume } from '../engine/volumes';
import type { Fleet } from '../fleet/fleet';
import type { Kind } from '../fleet/lists';
import { matches, searchTexts } from '../fleet/match';
import type { TreeOptions } from '../fleet/treeOptions';
import { clusterOf, comparator, compareNames } from './clusters';

/** An object of any kind. */
export type Item = Container | Image | Network | Volume;

/** What of the fleet is to be shown: what the filter and the settings let through, in order. */
export class Shown {
  readonly #fleet: Fleet;
  readonly #options: () => TreeOptions;

  constructor(fleet: Fleet, options: () => TreeOptions) {
    this.#fleet = fleet;
    this.#options = options;
  }

  containers(host: string): Container[] {
    const { showStopped, sortBy } = this.#options();
    const shown = (this.#matching(host, 'containers') as Container[]).filter(
      ({ state }) => showStopped || ['running', 'paused', 'restarting'].includes(state),
    );
    return shown.sort(comparator(sortBy));
  }

  items(host: string, kind: Kind): Item[] {
    if (kind === 'containers') return this.containers(host);
    const label = (item: Item) =>
      'tags' in item ? (item.tags[0] ?? `\uffff${item.id}`) : 'name' in item ? item.name : '';
    return this.#matching(host, kind).sort((a, b) => compareNames(label(a), label(b)));
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
      .map(({ name }) => name);
  }

  #matching(host: string, kind: Kind): Item[] {
    const { filter } = this.#options();
    const items = [...(this.#fleet.hosts.get(host)?.lists[kind].items.values() ?? [])];
    return filter === '' ? items : items.filter((item) => matches(searchTexts(kind, item), filter));
  }
}
