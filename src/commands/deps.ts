import type { HostConfig } from '../fleet/config';
import type { Fleet } from '../fleet/fleet';
import type { HostTarget, ItemTarget } from '../fleet/target';
import type { TreeOptions } from '../fleet/treeOptions';
import type { Credentials } from './credentials';
import type { KnownToDocker } from './importContexts';
import type { Ui } from './ui';

/** Where a host's settings are written. */
export type Place = 'user' | 'workspace';

/** What commands need of the settings. */
export interface HostSettings {
  allow(host: HostConfig): Promise<void>;
  /** Puts a host into the settings of a place, or takes it out of wherever it is where no value is given. */
  save(name: string, host: object, place: Place): Promise<void>;
  remove(name: string): Promise<void>;
  open(name?: string): Promise<void>;
  readonly hasWorkspace: boolean;
  readonly hiddenHosts: string[];
  setHiddenHosts(names: readonly string[]): Promise<void>;
  readonly showStats: boolean;
  setShowStats(show: boolean): Promise<void>;
  readonly filter: string;
  setFilter(filter: string): Promise<void>;
  set(
    name: 'containers.groupBy' | 'containers.groupByLabel' | 'containers.sortBy' | 'containers.showStopped',
    value: unknown,
  ): Promise<void>;
  treeOptions(): TreeOptions;
}

/** What VS Code does for commands, beside talking. */
export interface Desk {
  copy(text: string): Promise<void>;
  browse(address: string): Promise<void>;
  /** Shows read-only JSON under a title; `preview` lets the next one take its place. */
  showJson(target: ItemTarget, title: string, preview: boolean, signal: AbortSignal): Promise<void>;
  showLog(): void;
  /** Selects an object in the tree. */
  reveal(target: HostTarget | ItemTarget): Promise<void>;
  showMore(parent: string): void;
  /** What is selected in the tree, as a menu hands it over: for keys, which hand over nothing. */
  selection(): [clicked: unknown, all: readonly unknown[]];
  /** Opens the quick pick over everything. */
  find(): void;
}

/** Everything a command may use. */
export interface Deps {
  readonly fleet: Fleet;
  readonly settings: HostSettings;
  readonly ui: Ui;
  readonly desk: Desk;
  readonly credentials: Credentials;
  /** Resolves once an engine answers under these settings, which nothing keeps; rejects with what stands in the way. */
  tryHost(host: HostConfig, signal: AbortSignal): Promise<void>;
  /** What the docker CLI of this machine knows. */
  dockerContexts(): Promise<readonly KnownToDocker[]>;
  /** Takes the settings anew, with what has been allowed meanwhile. */
  reconfigure(): void;
}
