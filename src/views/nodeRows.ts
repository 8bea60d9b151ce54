import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Stats } from '../engine/stats';
import type { Volume } from '../engine/volumes';
import type { Fleet } from '../fleet/fleet';
import type { Host } from '../fleet/host';
import type { Incidents } from '../fleet/incidents';
import type { Kind } from '../fleet/lists';
import { sanitise } from '../fleet/sanitise';
import type { Item } from './arrangement';
import { hostRow, troubleWords } from './hostRow';
import { containerRow, imageRow, networkRow, volumeRow } from './itemRows';
import type { Node } from './node';
import { joined, type Row } from './row';
import type { Shown } from './shown';

const groupLooks: Readonly<Record<Kind, { label: string; icon: string }>> = {
  containers: { label: 'Containers', icon: 'vm-running' },
  images: { label: 'Images', icon: 'layers' },
  networks: { label: 'Networks', icon: 'type-hierarchy' },
  volumes: { label: 'Volumes', icon: 'database' },
};

/** The last figures of a container, where they are followed. */
export type StatsOf = (host: string, id: string) => Stats | undefined;

/** How the nodes of the tree look. */
export class NodeRows {
  readonly #fleet: Fleet;
  readonly #shown: Shown;
  readonly #incidents: Incidents;
  readonly #stats: StatsOf;

  constructor(fleet: Fleet, shown: Shown, incidents: Incidents, stats: StatsOf) {
    this.#fleet = fleet;
    this.#shown = shown;
    this.#incidents = incidents;
    this.#stats = stats;
  }

  /** How a node looks now. */
  of(node: Node): Row {
    const plain = (label: string, icon: string, contextValue: string, description = ''): Row => ({
      label: sanitise(label),
      description: sanitise(description),
      icon: { name: icon },
      contextValue,
      spoken: sanitise(`${label} ${description}`.trim()),
    });
    switch (node.type) {
      case 'folder':
        return plain(node.name, 'folder', 'folder');
      case 'message':
        return plain(node.text, node.icon, 'message');
      case 'more':
        return plain(`Show more (${node.left})`, 'ellipsis', 'more');
      case 'host': {
        const host = this.#fleet.hosts.get(node.host);
        return host ? hostRow(host, this.#incidents.tally(host).troubled) : plain(node.host, 'vm-outline', 'host gone');
      }
      case 'group':
        return this.#groupRow(node.host, node.kind);
      case 'cluster': {
        const members = this.#shown.clusters(node.host).get(node.value) ?? [];
        const { all, running, troubled } = this.#incidents.count(node.host, members);
        const words = joined(`${running}/${all} running`, troubleWords(troubled));
        const row = plain(node.value, 'folder', 'cluster', words);
        return {
          ...row,
          ...(troubled > 0 ? { tone: 'trouble' } : {}),
          ...this.#tone(this.#fleet.hosts.get(node.host), row.spoken),
        };
      }
      case 'item':
        return this.#itemRow(node);
    }
  }

  #groupRow(name: string, kind: Kind): Row {
    const { label, icon } = groupLooks[kind];
    const host = this.#fleet.hosts.get(name);
    const shown = this.#shown.count(name, kind);
    const all = host?.lists[kind].items.size ?? 0;
    const count = !host?.lists[kind].known ? '…' : shown === all ? String(all) : `${shown} of ${all}`;
    const troubled = host && kind === 'containers' ? this.#incidents.tally(host).troubled : 0;
    const description = joined(count, troubleWords(troubled));
    return {
      label,
      description,
      icon: { name: icon },
      contextValue: `group ${kind}${host?.config.access === 'readOnly' ? ' readOnly' : ''}`,
      ...this.#tone(host, `${label}, ${description}`),
    };
  }

  #itemRow(node: Extract<Node, { type: 'item' }>): Row {
    const host = this.#fleet.hosts.get(node.host);
    const item = this.#item(node);
    if (!host || !item) {
      return {
        label: '',
        description: 'gone',
        icon: { name: 'circle-slash' },
        contextValue: 'item gone',
        spoken: 'gone',
      };
    }
    const { access } = host.config;
    const rows = {
      containers: () => {
        const diedAt = this.#incidents.diedAt(node.host, node.id);
        return containerRow(item as Container, access, { diedAt, stats: this.#stats(node.host, node.id) });
      },
      images: () => imageRow(item as Image, access, Date.now()),
      networks: () => networkRow(item as Network, access),
      volumes: () => volumeRow(item as Volume, access),
    };
    const row = rows[node.kind]();
    return { ...row, ...this.#tone(host, row.spoken) };
  }

  /** What is shown of a host that is away may be old: that is seen, and heard. */
  #tone(host: Host | undefined, spoken: string): { spoken: string; tone?: 'away' } {
    return host?.state.kind === 'ready' ? { spoken } : { spoken: `${spoken}, as last seen`, tone: 'away' };
  }

  #item({ host, kind, id }: { host: string; kind: Kind; id: string }): Item | undefined {
    return this.#fleet.hosts.get(host)?.lists[kind].items.get(id);
  }
}
