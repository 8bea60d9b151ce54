import { isDeepStrictEqual } from 'node:util';
import type { Change, Fleet } from '../fleet/fleet';
import type { Incidents } from '../fleet/incidents';
import type { Kind } from '../fleet/lists';
import type { HostTarget, ItemTarget } from '../fleet/target';
import type { TreeOptions } from '../fleet/treeOptions';
import { type Item, idOf } from './arrangement';
import { Expansion } from './expansion';
import type { Node } from './node';
import { NodeRows, type StatsOf } from './nodeRows';
import type { Row } from './row';
import { type HiddenBy, Shown } from './shown';

/** Rows of a group that are shown at first, and that each "Show more" adds. */
const page = 200;

/** In keys, before the filter that they belong to; nothing else in a key is written with it. */
const ofFilter = '?';

/**
 * The tree as data: who stands under whom, how each row looks, and which rows a change touches. It remembers what was
 * asked of it, which is what is drawn.
 */
export class TreeModel {
  readonly #fleet: Fleet;
  readonly #shown: Shown;
  readonly #looks: NodeRows;
  /** The drawn ones, by key. */
  readonly #nodes = new Map<string, Node>();
  /** The nodes of items for as long as these stay the same: to make a key takes longer than to compare a page. */
  readonly #ofItems = new WeakMap<Item, ItemNode>();
  /** Keys of the children last given for a parent ('' is the root). */
  readonly #drawn = new Map<string, readonly string[]>();
  /** Under whom a node was drawn last. */
  readonly #parents = new Map<string, string>();
  readonly #rows = new Map<string, Row>();
  readonly #limits = new Map<string, number>();
  readonly #expansion: Expansion;

  constructor(fleet: Fleet, incidents: Incidents, options: () => TreeOptions, stats: StatsOf = () => undefined) {
    this.#fleet = fleet;
    this.#shown = new Shown(fleet, incidents, options);
    this.#expansion = new Expansion(this.#shown);
    this.#looks = new NodeRows(fleet, this.#shown, incidents, stats);
  }

  /** The rows under a node, or at the top. Never throws: what is wrong is a row. */
  children(parent?: Node): Node[] {
    const children = this.#children(parent);
    for (const child of children) this.#nodes.set(child.key, child);
    const key = parent?.key ?? '';
    const before = this.#drawn.get(key) ?? [];
    const drawn = new Set(children.map((child) => child.key));
    this.#drawn.set(key, [...drawn]);
    for (const child of drawn) this.#parents.set(child, key);
    for (const child of before) if (!drawn.has(child) && this.#parents.get(child) === key) this.#forget(child);
    return children;
  }

  /** Who a node stands under; undefined at the top. */
  parent(node: Node): Node | undefined {
    switch (node.type) {
      case 'folder':
        return undefined;
      case 'host': {
        const group = this.#fleet.hosts.get(node.host)?.config.group;
        return group === undefined ? undefined : this.#folderNode(group);
      }
      case 'group':
      case 'message':
        return this.hostNode(node.host);
      case 'cluster':
        return this.groupNode(node.host, 'containers');
      case 'more':
        return this.#nodes.get(node.parent);
      case 'item': {
        const lists = this.#fleet.hosts.get(node.host)?.lists;
        const container = node.kind === 'containers' ? lists?.containers.items.get(node.id) : undefined;
        const value = container ? this.#shown.clusterOf(container) : '';
        return value === '' ? this.groupNode(node.host, node.kind) : this.#clusterNode(node.host, value);
      }
    }
  }

  /** How a node looks now. */
  row(node: Node): Row {
    const row = this.#looks.of(node);
    this.#rows.set(node.key, row);
    this.#expansion.begin(node);
    return row;
  }

  /** Whether what a node holds is drawn; undefined where it holds nothing. */
  isOpen(node: Node): boolean | undefined {
    return this.#expansion.isOpen(node);
  }

  /** A person has opened or closed a node. */
  setOpen(node: Node, open: boolean): void {
    this.#expansion.leave(node, open);
  }

  /** The node of a host. */
  hostNode(host: string): Node {
    return this.#node({ type: 'host', key: keyOf(host), host });
  }

  /** The node of one kind of object of a host. */
  groupNode(host: string, kind: Kind): Node {
    return this.#node({ type: 'group', key: `${keyOf(host)}/group/${kind}${this.#scope}`, host, kind });
  }

  /** The node of an object, whether or not it is drawn. */
  itemNode(host: string, kind: Kind, id: string): ItemNode {
    return this.#node({ type: 'item', key: itemKey(host, kind, id), host, kind, id });
  }

  /** What keeps an object, or a host, out of the tree; undefined where nothing does. */
  hiddenBy(target: HostTarget | ItemTarget): HiddenBy | undefined {
    return this.#shown.hiddenBy(target);
  }

  /** Lets long groups show so many pages that a node is among them; gives those that are to be drawn again for it, outermost first. */
  makeRoom(node: Node): Node[] {
    const parent = this.parent(node);
    if (!parent) return [];
    const above = this.makeRoom(parent);
    if (!isPaged(parent)) return above;
    const at = this.#members(parent).nodes.findIndex(({ key }) => key === node.key);
    if (at < this.#limit(parent.key)) return above;
    this.#limits.set(parent.key, Math.ceil((at + 1) / page) * page);
    return [...above, parent];
  }

  /** Shows a further page of what a "Show more" row stands for; gives the parent to draw again. */
  showMore(parent: string): Node | undefined {
    this.#limits.set(parent, this.#limit(parent) + page);
    return this.#nodes.get(parent);
  }

  /** The drawn nodes that look or hold something else after a change; undefined: all. */
  touched(change: Change): Node[] | undefined {
    switch (change.what) {
      case 'hosts':
        return undefined;
      case 'state': {
        const host = this.hostNode(change.host.name);
        return this.#isDrawn(host) ? [host] : [];
      }
      case 'items':
        return this.#touchedItems(change.host.name, change.kind, change.ids);
      case 'event':
        return [];
    }
  }

  /** The containers whose rows are drawn under nothing that is closed. */
  openContainers(): ItemTarget[] {
    const open: ItemTarget[] = [];
    const walk = (key: string) => {
      for (const child of this.#drawn.get(key) ?? []) {
        const node = this.#nodes.get(child);
        if (node?.type === 'item') {
          if (node.kind === 'containers') open.push(node);
        } else if (node && this.isOpen(node)) walk(child);
      }
    };
    walk('');
    return open;
  }

  /** The drawn rows of some objects that look different now. */
  changedRows(host: string, kind: Kind, ids: Iterable<string>): Node[] {
    const changed: Node[] = [];
    for (const id of ids) {
      const node = this.#nodes.get(itemKey(host, kind, id));
      const before = node && this.#rows.get(node.key);
      if (node && before && !isDeepStrictEqual(before, this.#looks.of(node))) changed.push(node);
    }
    return changed;
  }

  #touchedItems(host: string, kind: Kind, ids: ReadonlySet<string>): Node[] | undefined {
    const node = this.hostNode(host);
    // With a filter, hosts and groups come and go with what matches.
    if (this.#shown.isFiltered) {
      const above = this.parent(node);
      if (this.#holdsOther(undefined) || (above && this.#holdsOther(above))) return undefined;
      if (this.#holdsOther(node)) return [node];
    }
    if (this.#isDrawn(node) && this.#looksOther(node)) return [node];
    const group = this.groupNode(host, kind);
    if (!this.#isDrawn(group)) return this.#isDrawn(node) ? [node] : [];
    if (this.#holdsOther(group) || this.#looksOther(group)) return [group];
    const clusters = (this.#drawn.get(group.key) ?? []).flatMap((key) => {
      const node = this.#nodes.get(key);
      return node?.type === 'cluster' && (this.#holdsOther(node) || this.#looksOther(node)) ? [node] : [];
    });
    return [...clusters, ...this.changedRows(host, kind, ids)];
  }

  #isDrawn({ key }: Node): boolean {
    return this.#rows.has(key);
  }

  #looksOther(node: Node): boolean {
    return !isDeepStrictEqual(this.#rows.get(node.key), this.#looks.of(node));
  }

  #holdsOther(parent: Node | undefined): boolean {
    const drawn = this.#drawn.get(parent?.key ?? '');
    if (!drawn) return false;
    const now = this.#children(parent);
    return now.length !== drawn.length || now.some(({ key }, index) => key !== drawn[index]);
  }

  #children(parent: Node | undefined): Node[] {
    if (!parent) return this.#top();
    if (isPaged(parent)) return this.#paged(parent);
    if (parent.type === 'folder') return this.#shown.hosts(parent.name).map((name) => this.hostNode(name));
    return parent.type === 'host' ? this.#underHost(parent.host) : [];
  }

  #top(): Node[] {
    const groups = new Set<string>();
    for (const { config } of this.#fleet.hosts.values()) if (config.group !== undefined) groups.add(config.group);
    const folders = [...groups]
      .filter((name) => this.#shown.hosts(name).length > 0)
      .map((name) => this.#folderNode(name));
    return [...folders, ...this.#shown.hosts(undefined).map((name) => this.hostNode(name))];
  }

  #underHost(name: string): Node[] {
    const host = this.#fleet.hosts.get(name);
    if (!host) return [];
    const { state, lists } = host;
    const messages: Node[] = [];
    // While it is tried again the reason stays: rows must not move under the mouse with every try.
    const error = state.kind === 'failed' ? state.error : state.kind === 'connecting' ? state.after : undefined;
    if (error) messages.push(this.#message(name, error.message, 'error'));
    if (state.kind === 'held')
      messages.push(this.#message(name, `It came with this workspace: ${host.config.endpoint}`, 'shield'));
    if (!lists.containers.known) {
      return messages.length > 0 || state.kind === 'idle'
        ? messages
        : [this.#message(name, 'Connecting…', 'loading~spin')];
    }
    return [...messages, ...this.#shown.kinds(name).map((kind) => this.groupNode(name, kind))];
  }

  #paged(parent: PagedNode): Node[] {
    const limit = this.#limit(parent.key);
    const { nodes, count } = this.#members(parent, limit + 1);
    // One row more is no longer than the row that would announce it.
    if (count <= limit + 1) return nodes;
    const more = this.#node({ type: 'more', key: `${parent.key}/more`, parent: parent.key, left: count - limit });
    return [...nodes.slice(0, limit), more];
  }

  /** Who stands under a node that is paged, the first of them, and how many there are. */
  #members(parent: PagedNode, most = Number.POSITIVE_INFINITY): { nodes: Node[]; count: number } {
    const { host } = parent;
    const kind = parent.type === 'group' ? parent.kind : 'containers';
    const clusters = this.#shown.clusters(host);
    const heads: Node[] = [];
    let values: readonly string[] = [];
    let items: readonly Item[];
    if (parent.type === 'cluster') {
      items = clusters.get(parent.value) ?? [];
    } else if (kind === 'containers') {
      values = [...clusters.keys()].filter((value) => value !== '');
      items = clusters.get('') ?? [];
    } else {
      const problem = this.#fleet.hosts.get(host)?.lists[kind].problem;
      // What was known stays, below what is wrong with it.
      if (problem instanceof Error) heads.push(this.#message(host, problem.message, 'error', kind));
      items = this.#shown.items(host, kind);
    }
    const heading = [...heads, ...values.slice(0, most).map((value) => this.#clusterNode(host, value))];
    const rest = items.slice(0, Math.max(0, most - heading.length));
    const nodes = [...heading, ...rest.map((item) => this.#nodeOf(host, kind, item))];
    return { nodes, count: heads.length + values.length + items.length };
  }

  #nodeOf(host: string, kind: Kind, item: Item): ItemNode {
    let node = this.#ofItems.get(item);
    if (node?.host !== host) {
      node = this.itemNode(host, kind, idOf(kind, item));
      this.#ofItems.set(item, node);
    }
    return node;
  }

  #limit(parent: string): number {
    return this.#limits.get(parent) ?? page;
  }

  #message(host: string, text: string, icon: string, kind: Kind | '' = ''): Node {
    return this.#node({ type: 'message', key: `${keyOf(host)}/message/${icon}/${kind}`, host, text, icon });
  }

  #clusterNode(host: string, value: string): Node {
    const key = `${keyOf(host)}/cluster/${encoded(value)}${this.#scope}`;
    return this.#node({ type: 'cluster', key, host, value });
  }

  #folderNode(name: string): Node {
    return this.#node({ type: 'folder', key: `folder/${encoded(name)}`, name });
  }

  /** Part of the keys of what is filtered: with each filter it is open anew, so that what matches is seen. */
  get #scope(): string {
    return this.#shown.isFiltered ? `${ofFilter}${encoded(this.#shown.filter)}` : '';
  }

  /** Drops what is remembered of a row that is drawn no more, and of all below it. */
  #forget(key: string): void {
    for (const child of this.#drawn.get(key) ?? []) if (this.#parents.get(child) === key) this.#forget(child);
    for (const map of [this.#nodes, this.#drawn, this.#parents, this.#rows]) map.delete(key);
    const isFilters = key.includes(ofFilter);
    // What a filter takes away comes back as it was.
    if (this.#shown.isFiltered && !isFilters) return;
    this.#limits.delete(key);
    this.#expansion.forget(key, isFilters);
  }

  /** VS Code knows a row by its object: the same one for the same key, unless what it says has changed. */
  #node<N extends Node>(fresh: N): N {
    // The type of a node is part of its key.
    const known = this.#nodes.get(fresh.key) as N | undefined;
    if (known && (!('text' in fresh) || ('text' in known && known.text === fresh.text))) {
      if (!('left' in fresh) || ('left' in known && known.left === fresh.left)) return known;
    }
    return fresh;
  }
}

type ItemNode = Extract<Node, { type: 'item' }>;

/** A node whose children are shown page by page. */
type PagedNode = Extract<Node, { type: 'group' | 'cluster' }>;

function isPaged(node: Node): node is PagedNode {
  return node.type === 'group' || node.type === 'cluster';
}

function keyOf(host: string): string {
  return `host/${encoded(host)}`;
}

function itemKey(host: string, kind: Kind, id: string): string {
  return `${keyOf(host)}/${kind}/${encoded(id)}`;
}

/** Names are anybody's choice: in keys they have no slash, and halves of pairs, which can't be encoded, are replaced. */
function encoded(text: string): string {
  if (/^[\w.-]*$/.test(text)) return text;
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
}
