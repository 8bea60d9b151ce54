import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { HostSettings, Place } from './commands/deps';
import { decodeHosts, type HostConfig } from './fleet/config';
import { groupings, orders, type TreeOptions } from './fleet/treeOptions';

const { ConfigurationTarget: Target } = vscode;
const allowedKey = 'longshore.allowedHosts';
const filterKey = 'longshore.filter';
const hiddenKey = 'longshore.hiddenHosts';
const statsKey = 'longshore.showStats';

/**
 * What is configured: the settings, and what this workspace remembers. A host that a workspace's settings bring waits
 * (`held`) until the person has allowed exactly what they say.
 */
export class Settings implements HostSettings, vscode.Disposable {
  readonly #memory: vscode.Memento;
  readonly #workspaceMemory: vscode.Memento;
  readonly #lookChanged = new vscode.EventEmitter<void>();
  readonly #listener: vscode.Disposable;
  #treeOptions: TreeOptions | undefined;
  /** How the tree is to be shown has changed: a setting of it, the filter, the hidden hosts. */
  readonly onDidChangeLook = this.#lookChanged.event;

  constructor(context: vscode.ExtensionContext) {
    this.#memory = context.globalState;
    this.#workspaceMemory = context.workspaceState;
    this.#listener = vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration('longshore.containers')) this.#changeLook();
    });
  }

  dispose(): void {
    this.#listener.dispose();
    this.#lookChanged.dispose();
  }

  /** The hosts, in the order in which the settings name them. */
  hosts(): HostConfig[] {
    const config = vscode.workspace.getConfiguration('longshore');
    const values = config.inspect<Record<string, unknown>>('hosts');
    const own = { ...object(values?.defaultValue), ...object(values?.globalValue) };
    const allowed = new Set(this.#memory.get<string[]>(allowedKey, []));
    const all = object(config.get('hosts'));
    return decodeHosts(all).map((host) => {
      const brought = JSON.stringify(all[host.name]) !== JSON.stringify(own[host.name]);
      return brought && host.problem === undefined && !allowed.has(fingerprint(host)) ? { ...host, held: true } : host;
    });
  }

  /** Remembers that the person allowed a host exactly as it is configured now. */
  async allow(host: HostConfig): Promise<void> {
    const allowed = this.#memory.get<string[]>(allowedKey, []);
    await this.#memory.update(allowedKey, [...allowed, fingerprint(host)]);
  }

  /** Writes a host into the settings of one place; the others there stay as they are. */
  async save(name: string, host: object, place: Place): Promise<void> {
    await this.#write(name, host, place === 'user' ? Target.Global : Target.Workspace);
  }

  /** Takes a host out of all settings that it is in. */
  async remove(name: string): Promise<void> {
    for (const target of this.#placesOf(name)) await this.#write(name, undefined, target);
    // One that comes back by this name is not hidden.
    await this.setHiddenHosts(this.hiddenHosts.filter((each) => each !== name));
  }

  /** Opens the settings.json that a host is in, the innermost of them, or the user's. */
  async open(name = ''): Promise<void> {
    const command =
      this.#placesOf(name)[0] === Target.Workspace
        ? 'workbench.action.openWorkspaceSettingsFile'
        : 'workbench.action.openSettingsJson';
    await vscode.commands.executeCommand(command, { revealSetting: { key: 'longshore.hosts', edit: true } });
  }

  get hasWorkspace(): boolean {
    return (vscode.workspace.workspaceFolders?.length ?? 0) > 0;
  }

  /** Writes one of the tree's settings: for the workspace where that has a say in it, else for the user. */
  async set(name: string, value: unknown): Promise<void> {
    const config = vscode.workspace.getConfiguration('longshore');
    const place = config.inspect(name)?.workspaceValue === undefined ? Target.Global : Target.Workspace;
    await config.update(name, value, place);
  }

  /** Where a host is configured, the innermost first. */
  #placesOf(name: string): (typeof Target.Global | typeof Target.Workspace)[] {
    return ([Target.Workspace, Target.Global] as const).filter((target) => Object.hasOwn(this.#hostsIn(target), name));
  }

  #hostsIn(target: typeof Target.Global | typeof Target.Workspace): Record<string, unknown> {
    const values = vscode.workspace.getConfiguration('longshore').inspect<Record<string, unknown>>('hosts');
    return object(target === Target.Global ? values?.globalValue : values?.workspaceValue);
  }

  async #write(
    name: string,
    host: object | undefined,
    target: typeof Target.Global | typeof Target.Workspace,
  ): Promise<void> {
    const { [name]: _, ...others } = this.#hostsIn(target);
    const config = vscode.workspace.getConfiguration('longshore');
    await config.update('hosts', host === undefined ? others : { ...others, [name]: host }, target);
  }

  /** How the tree is to be shown: the same object for as long as that stays the same, since rows ask for it. */
  treeOptions(): TreeOptions {
    this.#treeOptions ??= this.#readTreeOptions();
    return this.#treeOptions;
  }

  #readTreeOptions(): TreeOptions {
    const config = vscode.workspace.getConfiguration('longshore');
    const groupLabel = config.get<unknown>('containers.groupByLabel');
    return {
      groupBy: oneOf(groupings, config.get('containers.groupBy')),
      groupLabel: typeof groupLabel === 'string' ? groupLabel : '',
      sortBy: oneOf(orders, config.get('containers.sortBy')),
      showStopped: config.get<unknown>('containers.showStopped') !== false,
      filter: this.filter,
      hidden: new Set(this.hiddenHosts),
    };
  }

  #changeLook(): void {
    this.#treeOptions = undefined;
    this.#lookChanged.fire();
  }

  /** The words that this workspace filters the tree by. */
  get filter(): string {
    return this.#workspaceMemory.get(filterKey, '');
  }

  async setFilter(filter: string): Promise<void> {
    await this.#workspaceMemory.update(filterKey, filter);
    this.#changeLook();
  }

  /** The hosts that this workspace doesn't show. */
  get hiddenHosts(): string[] {
    return this.#workspaceMemory.get<string[]>(hiddenKey, []);
  }

  async setHiddenHosts(names: readonly string[]): Promise<void> {
    await this.#workspaceMemory.update(hiddenKey, names);
    this.#changeLook();
  }

  /** Whether running containers show what they use. */
  get showStats(): boolean {
    return this.#workspaceMemory.get(statsKey, false);
  }

  async setShowStats(show: boolean): Promise<void> {
    await this.#workspaceMemory.update(statsKey, show);
    this.#changeLook();
  }

  /** The program that ssh:// endpoints are reached by. */
  get sshProgram(): string {
    return vscode.workspace.getConfiguration('longshore').get('ssh.program', 'ssh') || 'ssh';
  }

  get connectOnStartup(): boolean {
    return vscode.workspace.getConfiguration('longshore').get('connectOnStartup', false);
  }
}

/** The value if it is one of these, else the first: a settings.json may say anything. */
function oneOf<T>(values: readonly [T, ...T[]], value: unknown): T {
  return values.find((each) => each === value) ?? values[0];
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** Of everything that decides where a connection goes and with which keys. */
function fingerprint({ name, endpoint, tls, access }: HostConfig): string {
  return createHash('sha256')
    .update(JSON.stringify([name, endpoint, tls ?? null, access]))
    .digest('hex');
}
