import type { Container } from '../engine/containers';
import type { Image } from '../engine/images';
import type { Network } from '../engine/networks';
import type { Stats } from '../engine/stats';
import type { Volume } from '../engine/volumes';
import type { Change, Fleet } from '../fleet/fleet';
import type { Host } from '../fleet/host';
import type { Incidents } from '../fleet/incidents';
import { type Kind, kinds } from '../fleet/lists';
import { matches, searchTexts } from '../fleet/match';
import { sanitise } from '../fleet/sanitise';
import type { ItemTarget } from '../fleet/target';
import type { TreeOptions } from '../fleet/treeOptions';
import { clusterOf, comparator, compareNames } from './clusters';
import { hostRow } from './hostRow';
import { containerRow, imageRow, networkRow, volumeRow } from './itemRows';
import type { Node } from './node';
import type { Row } from './row';

/** Rows of a group that are shown at first, and that each "Show more" adds. */
const page = 200;

type Item = Container | Image | Network | Volume;

const groupLooks: Readonly<Record<Kind, { label: string; icon: string }>> = {
  containers: { label: 'Containers', icon: 'vm-running' },
  images: { label: 'Images', icon: 'layers' },
  networks: { label: 'Networks', icon: 'type-hierarchy' },
  volumes: { label: 'Volumes', icon: 'database' },
};

/**
 * The tree as data: who stands under whom, how each row looks, and which rows a change touches. It remembers what was
 * asked of it, which is what is drawn.
 */
export class TreeModel {
  readonly #fleet: Fleet;
  readonly #incidents: Incidents;
  readonly #options: () => TreeOptions;
  readonly #stats: (host: string, id: string) => Stats | undefined;
  readonly #nodes = new Map<string, Node>();
  /** Keys of the children last given for a parent ('' is the root). */
  readonly #drawn = new Map<string, readonly string[]>();
  readonly #rows = new Map<string, string>();
  readonly #shown = new Map<string, number>();

  constructor(
    fleet: Fleet,
    incidents: Incidents,
    options: () => TreeOptions,
    stats: (host: string, id: string) => Stats | undefined = () => undefined,
  ) {
    this.#stats = stats;
    this.#fleet = fleet;
    this.#incidents = incidents;
    this.#options = options;
  }

  /** The rows under a node, or at the top. Never throws: what is wrong is a row. */
  children(parent?: Node): Node[] {
    const children = this.#children(parent);
    this.#drawn.set(
      parent?.key ?? '',
      children.map(({ key }) => key),
    );
    return children;
  }

  /** Who a node stands under; undefined at the top. */
  parent(node: Node): Node | undefined {
    switch (node.type) {
      case 'folder':
        return undefined;
      case 'host': {
        const group = this.#fleet.hosts.get(node.host)?.config.group;
        return group === undefined ? undefined : this.#node({ type: 'folder', key: `folder/${group}`, name: group });
      }
      case 'group':
      case 'message':
        return this.hostNode(node.host);
      case 'cluster':
        return this.groupNode(node.host, 'containers');
      case 'more':
        return this.#nodes.get(node.parent);
      case 'item': {
        const container = node.kind === 'containers' ? this.#item(node) : undefined;
        const value = container ? clusterOf(container as Container, this.#options()) : '';
        return value === '' ? this.groupNode(node.host, node.kind) : this.#clusterNode(node.host, value);
      }
    }
  }

  /** How a node looks now. */
  row(node: Node): Row {
    const row = this.#row(node);
    this.#rows.set(node.key, JSON.stringify(row));
    return row;
  }

  /** The node of a host. */
  hostNode(host: string): Node {
    return this.#node({ type: 'host', key: keyOf(host), host });
  }

  /** The node of one kind of object of a host. */
  groupNode(host: string, kind: Kind): Node {
    return this.#node({ type: 'group', key: `${keyOf(host)}/${kind}`, host, kind });
  }

  /** The node of an object, whether or not it is drawn. */
  itemNode(host: string, kind: Kind, id: string): Node {
    return this.#node({ type: 'item', key: `${keyOf(host)}/${kind}/${id}`, host, kind, id });
  }

  /** Shows a further page of what a "Show more" row stands for; gives the parent to draw again. */
  showMore(parent: string): Node | undefined {
    this.#shown.set(parent, this.#limit(parent) + page);
    return this.#nodes.get(parent);
  }

  /** The drawn nodes that look or hold something else after a change; undefined: all. */
  touched(change: Change): Node[] | undefined {
    switch (change.what) {
      case 'hosts':
        return undefined;
      case 'state':
        return this.#isDrawn(keyOf(change.host.name)) ? [this.hostNode(change.host.name)] : [];
      case 'items':
        return this.#touchedItems(change.host.name, change.kind, change.ids);
      case 'event':
        return [];
    }
  }

  /** The containers whose rows are drawn under nothing that is collapsed. */
  openContainers(collapsed: ReadonlySet<string>): ItemTarget[] {
    const open: ItemTarget[] = [];
    const walk = (key: string) => {
      for (const child of this.#drawn.get(key) ?? []) {
        const node = this.#nodes.get(child);
        if (node?.type === 'item') {
          if (node.kind === 'containers') open.push(node);
        } else if (!collapsed.has(child)) walk(child);
      }
    };
    walk('');
    return open;
  }

  /** The drawn rows of some objects that look different now. */
  changedRows(host: string, kind: Kind, ids: Iterable<string>): Node[] {
    const changed: Node[] = [];
    for (const id of ids) {
      const node = this.#nodes.get(`${keyOf(host)}/${kind}/${id}`);
      const before = node && this.#rows.get(node.key);
      if (node && before !== undefined && before !== JSON.stringify(this.#row(node))) changed.push(node);
    }
    return changed;
  }

  #touchedItems(host: string, kind: Kind, ids: ReadonlySet<string>): Node[] {
    const group = this.groupNode(host, kind);
    if (!this.#isDrawn(group.key)) return this.#isDrawn(keyOf(host)) ? [this.hostNode(host)] : [];
    if (this.#holdsOther(group) || this.#looksOther(group)) return [group];
    const clusters = (this.#drawn.get(group.key) ?? []).flatMap((key) => {
      const node = this.#nodes.get(key);
      return node?.type === 'cluster' && (this.#holdsOther(node) || this.#looksOther(node)) ? [node] : [];
    });
    return [...clusters, ...this.changedRows(host, kind, ids)];
  }

  #isDrawn(key: string): boolean {
    return this.#rows.has(key);
  }

  #looksOther(node: Node): boolean {
    return this.#rows.get(node.key) !== JSON.stringify(this.#row(node));
  }

  #holdsOther(parent: Node): boolean {
    const drawn = this.#drawn.get(parent.key);
    if (!drawn) return false;
    const now = this.#children(parent);
    return now.length !== drawn.length || now.some(({ key }, index) => key !== drawn[index]);
  }

  #children(parent: Node | undefined): Node[] {
    if (!parent) return this.#top();
    switch (parent.type) {
      case 'folder':
        return this.#hosts(parent.name).map((name) => this.hostNode(name));
      case 'host':
        return this.#underHost(parent.host);
      case 'group':
        return this.#paged(parent, this.#underGroup(parent.host, parent.kind));
      case 'cluster':
        return this.#paged(
          parent,
          this.#containers(parent.host)
            .filter((container) => clusterOf(container, this.#options()) === parent.value)
            .map(({ id }) => this.itemNode(parent.host, 'containers', id)),
        );
      default:
        return [];
    }
  }

  #top(): Node[] {
    const groups = new Set<string>();
    for (const { config } of this.#fleet.hosts.values()) if (config.group !== undefined) groups.add(config.group);
    const folders = [...groups]
      .filter((name) => this.#hosts(name).length > 0)
      .map((name) => this.#node({ type: 'folder', key: `folder/${name}`, name }));
    return [...folders, ...this.#hosts(undefined).map((name) => this.hostNode(name))];
  }

  #hosts(group: string | undefined): string[] {
    const { hidden } = this.#options();
    return [...this.#fleet.hosts.values()]
      .filter((host) => host.config.group === group && !hidden.has(host.name))
      .map(({ name }) => name);
  }

  #underHost(name: string): Node[] {
    const host = this.#fleet.hosts.get(name);
    if (!host) return [];
    const { state, lists } = host;
    const messages: Node[] = [];
    if (state.kind === 'failed') messages.push(this.#message(name, state.error.message, 'error'));
    if (state.kind === 'held')
      messages.push(this.#message(name, `It came with this workspace: ${host.config.endpoint}`, 'shield'));
    if (!lists.containers.known) {
      return messages.length > 0 || state.kind === 'idle'
        ? messages
        : [this.#message(name, 'Connecting…', 'loading~spin')];
    }
    return [...messages, ...kinds.map((kind) => this.groupNode(name, kind))];
  }

  #underGroup(host: string, kind: Kind): Node[] {
    if (kind !== 'containers') {
      return this.#items(host, kind).map((item) => this.itemNode(host, kind, idOf(kind, item)));
    }
    const loose: Node[] = [];
    const clusters = new Set<string>();
    for (const container of this.#containers(host)) {
      const value = clusterOf(container, this.#options());
      if (value === '') loose.push(this.itemNode(host, kind, container.id));
      else clusters.add(value);
    }
    const gathered = [...clusters].sort(compareNames).map((value) => this.#clusterNode(host, value));
    return [...gathered, ...loose];
  }

  /** What the filter and the settings let through, in order. */
  #containers(host: string): Container[] {
    const { showStopped, sortBy } = this.#options();
    const shown = (this.#matching(host, 'containers') as Container[]).filter(
      ({ state }) => showStopped || ['running', 'paused', 'restarting'].includes(state),
    );
    return shown.sort(comparator(sortBy));
  }

  #items(host: string, kind: Kind): Item[] {
    if (kind === 'containers') return this.#containers(host);
    const label = (item: Item) =>
      'tags' in item ? (item.tags[0] ?? `\uffff${item.id}`) : 'name' in item ? item.name : '';
    return this.#matching(host, kind).sort((a, b) => compareNames(label(a), label(b)));
  }

  #matching(host: string, kind: Kind): Item[] {
    const { filter } = this.#options();
    const items = [...(this.#fleet.hosts.get(host)?.lists[kind].items.values() ?? [])];
    return filter === '' ? items : items.filter((item) => matches(searchTexts(kind, item), filter));
  }

  #paged(parent: Node, nodes: Node[]): Node[] {
    const limit = this.#limit(parent.key);
    // One row more is no longer than the row that would announce it.
    if (nodes.length <= limit + 1) return nodes;
    const left = nodes.length - limit;
    return [
      ...nodes.slice(0, limit),
      this.#node({ type: 'more', key: `${parent.key}/more`, parent: parent.key, left }),
    ];
  }

  #limit(parent: string): number {
    return this.#shown.get(parent) ?? page;
  }

  #row(node: Node): Row {
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
        return host ? hostRow(host, Date.now()) : plain(node.host, 'vm-outline', 'host gone');
      }
      case 'group':
        return this.#groupRow(node.host, node.kind);
      case 'cluster': {
        const members = this.#containers(node.host).filter((each) => clusterOf(each, this.#options()) === node.value);
        const running = members.filter(({ state }) => state === 'running').length;
        const unhealthy = members.some(({ health }) => health === 'unhealthy');
        const row = plain(node.value, 'folder', 'cluster', `${running}/${members.length} running`);
        return unhealthy ? { ...row, tone: 'trouble' } : row;
      }
      case 'item':
        return this.#itemRow(node);
    }
  }

  #groupRow(name: string, kind: Kind): Row {
    const { label, icon } = groupLooks[kind];
    const host = this.#fleet.hosts.get(name);
    const shown = this.#items(name, kind).length;
    const all = host?.lists[kind].items.size ?? 0;
    const count = !host?.lists[kind].known ? '…' : shown === all ? String(all) : `${shown} of ${all}`;
    const access = host?.config.access === 'readOnly' ? 'readOnly' : 'writable';
    return {
      label,
      description: count,
      icon: { name: icon },
      contextValue: `group ${kind} ${access}`,
      spoken: `${label}, ${count}`,
      ...this.#tone(host),
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
        const died = this.#incidents.has(node.id, Date.now());
        return containerRow(item as Container, access, died, this.#stats(node.host, node.id));
      },
      images: () => imageRow(item as Image, access, Date.now()),
      networks: () => networkRow(item as Network, access),
      volumes: () => volumeRow(item as Volume, access),
    };
    return { ...rows[node.kind](), ...this.#tone(host) };
  }

  /** What is shown of a host that is away may be old. */
  #tone(host: Host | undefined): { tone?: 'away' } {
    return host?.state.kind === 'ready' ? {} : { tone: 'away' };
  }

  #item({ host, kind, id }: { host: string; kind: Kind; id: string }): Item | undefined {
    return this.#fleet.hosts.get(host)?.lists[kind].items.get(id);
  }

  #message(host: string, text: string, icon: string): Node {
    return this.#node({ type: 'message', key: `${keyOf(host)}/message/${icon}`, host, text, icon });
  }

  #clusterNode(host: string, value: string): Node {
    return this.#node({ type: 'cluster', key: `${keyOf(host)}/cluster/${value}`, host, value });
  }

  /** VS Code knows a row by its object: the same one for the same key, unless what it says has changed. */
  #node<N extends Node>(fresh: N): Node {
    const known = this.#nodes.get(fresh.key);
    if (known && (!('text' in fresh) || ('text' in known && known.text === fresh.text))) {
      if (!('left' in fresh) || ('left' in known && known.left === fresh.left)) return known;
    }
    this.#nodes.set(fresh.key, fresh);
    return fresh;
  }
}

/** A host's name is anybody's choice; in keys it has no slash. */
function keyOf(host: string): string {
  return encodeURIComponent(host);
}

function idOf(kind: Kind, item: Item): string {
  return kind === 'volumes' ? (item as Volume).name : (item as Image | Network | Container).id;
}
