import * as vscode from 'vscode';
import { inspectContainer } from '../engine/containers';
import type { Fields } from '../engine/decode';
import { resolveEndpoint } from '../fleet/addresses';
import type { Fleet } from '../fleet/fleet';
import type { Host } from '../fleet/host';
import type { Kind } from '../fleet/lists';
import { sanitise } from '../fleet/sanitise';
import type { Node } from './node';
import { Redraws } from './redraws';
import type { Row } from './row';
import { containerFacts, type Fact, hostFacts, imageFacts, networkFacts, volumeFacts } from './tooltip';
import type { TreeModel } from './treeModel';

/** Rows get their colour through resources of this scheme: VS Code colours labels by nothing else. */
const toneScheme = 'longshore-tone';

/** The model, as VS Code wants it. It connects the hosts whose rows are drawn, and redraws just what a change touches. */
export class Tree implements vscode.TreeDataProvider<Node>, vscode.FileDecorationProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<Node | Node[] | undefined>();
  readonly #fleet: Fleet;
  readonly #model: TreeModel;
  readonly #onDraw: () => void;
  readonly #redraws: Redraws;
  readonly #off: () => void;
  readonly onDidChangeTreeData = this.#changed.event;

  /** `onDraw` is called when rows are drawn that may not have been before. */
  constructor(fleet: Fleet, model: TreeModel, onDraw: () => void) {
    this.#fleet = fleet;
    this.#model = model;
    this.#onDraw = onDraw;
    this.#redraws = new Redraws(model, (nodes) => this.#changed.fire(nodes));
    this.#off = fleet.onDidChange((change) => this.#redraws.add(model.touched(change)));
  }

  dispose(): void {
    this.#off();
    this.#redraws.dispose();
    this.#changed.dispose();
  }

  /** Draws everything anew: the filter, the order or what is hidden has changed. */
  redraw(): void {
    this.#redraws.add(undefined);
  }

  /** Draws the rows of some objects anew where they look different now. */
  redrawItems(host: string, kind: Kind, ids: Iterable<string>): void {
    this.#redraws.add(this.#model.changedRows(host, kind, ids));
  }

  /** Draws a container anew, and what counts or hides it. */
  redrawContainer(host: Host, id: string): void {
    this.#redraws.addContainer(host, id);
  }

  /** The same at once: only then can be revealed what was hidden. */
  redrawNow(): void {
    this.#changed.fire(undefined);
  }

  /** Has VS Code know a row that a long group may not have shown yet: only then can it be revealed. */
  makeRoom(node: Node): void {
    // At once: what is to be revealed waits for what was told before it.
    for (const parent of this.#model.makeRoom(node)) this.#changed.fire(parent);
  }

  /** Draws a further page of a long group. */
  showMore(parent: string): void {
    const node = this.#model.showMore(parent);
    if (node) this.#redraws.add([node]);
  }

  getChildren(node?: Node): Node[] {
    const children = this.#model.children(node);
    for (const child of children) if (child.type === 'host') this.#fleet.want(child.host);
    this.#onDraw();
    return children;
  }

  getParent(node: Node): Node | undefined {
    return this.#model.parent(node);
  }

  getTreeItem(node: Node): vscode.TreeItem {
    const row = this.#model.row(node);
    const item = new vscode.TreeItem(row.label, collapsible(this.#model.isOpen(node)));
    item.id = node.key;
    item.description = row.description;
    item.contextValue = row.contextValue;
    item.iconPath = new vscode.ThemeIcon(row.icon.name, color(row));
    item.accessibilityInformation = { label: row.spoken };
    if (row.tone) item.resourceUri = vscode.Uri.from({ scheme: toneScheme, path: `/${row.tone}` });
    if (node.type === 'message') item.tooltip = sanitise(node.text);
    if (node.type === 'more') {
      item.command = { command: 'longshore.showMore', title: row.label, arguments: [node.parent] };
    }
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node, token: vscode.CancellationToken): Promise<vscode.TreeItem> {
    const facts = await this.#facts(node, token);
    if (facts.length > 0) item.tooltip = tooltip(String(item.label ?? ''), facts);
    return item;
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== toneScheme) return undefined;
    const color = uri.path === '/trouble' ? 'list.errorForeground' : 'disabledForeground';
    return { color: new vscode.ThemeColor(color), propagate: false };
  }

  async #facts(node: Node, token: vscode.CancellationToken): Promise<Fact[]> {
    if (node.type !== 'host' && node.type !== 'item') return [];
    const host = this.#fleet.hosts.get(node.host);
    if (!host) return [];
    if (node.type === 'host') return hostFacts(host);
    const { containers, images, networks, volumes } = host.lists;
    const all = [...containers.items.values()];
    switch (node.kind) {
      case 'containers': {
        const container = containers.items.get(node.id);
        if (!container) return [];
        const inspected = await this.#inspect(node.host, node.id, token);
        return containerFacts(container, await resolveEndpoint(host), inspected);
      }
      case 'images': {
        const image = images.items.get(node.id);
        const users = all.filter(({ imageId }) => imageId === node.id).map(({ name }) => name);
        return image ? imageFacts(image, users) : [];
      }
      case 'networks': {
        const network = networks.items.get(node.id);
        if (!network) return [];
        return networkFacts(
          network,
          all.filter((each) => each.networks.includes(network.name)).map(({ name }) => name),
        );
      }
      case 'volumes': {
        const volume = volumes.items.get(node.id);
        const users = all.filter(({ mounts }) => mounts.some(({ name }) => name === node.id)).map(({ name }) => name);
        return volume ? volumeFacts(volume, users) : [];
      }
    }
  }

  /** One request while the pointer rests on a row; without its answer the tooltip has what the list knows. */
  async #inspect(name: string, id: string, token: vscode.CancellationToken): Promise<Fields> {
    const host = this.#fleet.hosts.get(name);
    if (host?.state.kind !== 'ready') return {};
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      return await inspectContainer(host.engine, id, abort.signal);
    } catch {
      return {};
    } finally {
      listener.dispose();
    }
  }
}

function collapsible(open: boolean | undefined): vscode.TreeItemCollapsibleState {
  if (open === undefined) return vscode.TreeItemCollapsibleState.None;
  return open ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
}

function color({ icon, tone }: Row): vscode.ThemeColor | undefined {
  const name = tone === 'away' ? 'disabledForeground' : icon.color;
  return name === undefined ? undefined : new vscode.ThemeColor(name);
}

/** Remote text enters as text only: no links of its own, no HTML, no icons, and it is trusted with no command. */
function tooltip(title: string, facts: readonly Fact[]): vscode.MarkdownString {
  const lines = facts.map(
    ([name, value, url]) => `${name}: ${url === undefined ? plain(value) : linked(value, url)}  \n`,
  );
  return new vscode.MarkdownString(`**${plain(title)}**\n\n${lines.join('')}`);
}

function linked(text: string, url: string): string {
  return `[${plain(text)}](<${url}>)`;
}

/** Markdown that stays the text that it is. What looks like an address would become a link even where it is escaped. */
function plain(text: string): string {
  const escaped = new vscode.MarkdownString().appendText(sanitise(text.replace(/\s*\n\s*/g, ' '))).value;
  return escaped.replace(/:(?=\/\/)|@|(?<=\bwww)\./gi, (sign) => `&#${sign.charCodeAt(0)};`);
}
