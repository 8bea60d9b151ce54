import { isDeepStrictEqual } from 'node:util';
import { parseEndpoint } from '../engine/endpoint';
import type { EngineEvent } from '../engine/events';
import type { Engine } from '../engine/http';
import type { HostConfig } from './config';
import { Host, type HostEvents } from './host';
import type { Kind } from './lists';

/** What changed, and no more than that: everything that shows the fleet listens to these. */
export type Change =
  /** Hosts were added, removed or replaced. */
  | { readonly what: 'hosts' }
  | { readonly what: 'state'; readonly host: Host }
  /** Items of one kind were added, replaced or removed. */
  | { readonly what: 'items'; readonly host: Host; readonly kind: Kind; readonly ids: ReadonlySet<string> }
  | { readonly what: 'event'; readonly host: Host; readonly event: EngineEvent };

/** A timer that fires this late, in ms, has slept with its machine. */
const pulse = 10_000;

/** All configured hosts, live. Connects those that somebody looks at, and lets go a minute after nobody does. */
export class Fleet {
  readonly #makeEngine: (config: HostConfig) => Engine;
  readonly #log: (line: string) => void;
  readonly #linger: number;
  readonly #hosts = new Map<string, Host>();
  readonly #listeners = new Set<(change: Change) => void>();
  readonly #wanted = new Set<string>();
  #hidden: ReadonlySet<string> = new Set();
  #visible = false;
  #keepers = 0;
  #disposed = false;
  #leaving: NodeJS.Timeout | undefined;
  #pulse: NodeJS.Timeout | undefined;

  /**
   * `makeEngine` makes the client of a host; what it throws is the host's failure. Connections close `linger` ms after
   * the last look.
   */
  constructor(makeEngine: (config: HostConfig) => Engine, log: (line: string) => void, linger = 60_000) {
    this.#makeEngine = makeEngine;
    this.#log = log;
    this.#linger = linger;
  }

  /** The hosts by name, in the order of the settings. */
  get hosts(): ReadonlyMap<string, Host> {
    return this.#hosts;
  }

  /** Calls the listener at every change until the returned function is called. */
  onDidChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes the configured hosts: adds, removes and replaces just those that differ. */
  configure(configs: readonly HostConfig[]): void {
    if (this.#disposed) return;
    const old = new Map(this.#hosts);
    this.#hosts.clear();
    for (const config of configs) {
      const host = old.get(config.name);
      const same = host !== undefined && isDeepStrictEqual(host.config, config);
      this.#hosts.set(config.name, same ? host : new Host(config, this.#makeEngine, this.#events));
      if (same) old.delete(config.name);
    }
    for (const [name, host] of old) {
      host.dispose();
      if (!this.#hosts.has(name)) this.#wanted.delete(name);
    }
    this.#fire({ what: 'hosts' });
    if (this.#visible) for (const name of this.#wanted) this.#connect(name);
  }

  /** A host's part of a view has come into sight: it is connected now, or as soon as the view is visible. */
  want(name: string): void {
    if (this.#hidden.has(name)) return;
    this.#wanted.add(name);
    if (this.#visible) this.#connect(name);
  }

  /** Tries a host at once; what nothing shows is connected for a minute. */
  retry(name: string): void {
    this.#connect(name);
    this.#hosts.get(name)?.retry();
    this.#leaveLater();
  }

  /** The hosts that nothing shows, whatever is visible: they are not connected, unless a command needs them. */
  setHidden(names: ReadonlySet<string>): void {
    for (const name of names) {
      this.#wanted.delete(name);
      if (this.#hidden.has(name)) continue;
      const host = this.#hosts.get(name);
      if (host?.inUse) this.#leaveLater();
      else host?.disconnect();
    }
    this.#hidden = names;
  }

  /** The hosts that are not hidden. */
  get shown(): Host[] {
    return [...this.#hosts.values()].filter(({ name }) => !this.#hidden.has(name));
  }

  /** Whether anything that shows the fleet can be seen. A minute after it can't, every connection closes. */
  setVisible(visible: boolean): void {
    this.#visible = visible;
    if (visible) {
      for (const name of this.#wanted) this.#connect(name);
    } else {
      this.#leaveLater();
    }
  }

  /** Lets no connection go until the returned function is called. */
  keep(): () => void {
    this.#keepers++;
    return () => {
      this.#keepers--;
    };
  }

  /** Connects those anew that are reached by ssh: its settings are others now. */
  resetSsh(): void {
    for (const host of this.#hosts.values()) {
      const { endpoint, problem } = host.config;
      if (problem === undefined && parseEndpoint(endpoint).scheme === 'ssh') host.reset();
    }
  }

  /** The host ready for a command, connected for a minute if nothing shows it. Rejects with what stands in the way. */
  async ready(name: string, signal: AbortSignal): Promise<Host> {
    const host = this.#hosts.get(name);
    if (!host) throw new Error(`There is no host "${name}".`);
    this.#connect(name);
    clearTimeout(this.#leaving);
    try {
      await host.ready(signal);
    } finally {
      this.#leaveLater();
    }
    return host;
  }

  /** Closes everything for good: from then on there are no hosts. */
  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#leaving);
    this.#stopWatchingSleep();
    for (const host of this.#hosts.values()) host.dispose();
    this.#hosts.clear();
    this.#listeners.clear();
  }

  readonly #events: HostEvents = {
    stateChanged: (host) => this.#fire({ what: 'state', host }),
    itemsChanged: (host, kind, ids) => this.#fire({ what: 'items', host, kind, ids }),
    happened: (host, event) => this.#fire({ what: 'event', host, event }),
    noted: (host, line) => this.#log(`[${host.name}] ${line}`),
  };

  #connect(name: string): void {
    const host = this.#hosts.get(name);
    if (!host) return;
    host.connect();
    this.#pulse ??= this.#watchSleep();
  }

  /** Starts the minute after which every connection closes that nothing shows and no command needs by then. */
  #leaveLater(): void {
    clearTimeout(this.#leaving);
    this.#leaving = setTimeout(() => {
      const unseen = [...this.#hosts.values()].filter(({ name }) => !this.#visible || !this.#wanted.has(name));
      // What a command does there, a long pull say, is not cut off because nobody looks.
      const used = unseen.filter((host) => this.#keepers > 0 || host.inUse);
      for (const host of unseen) if (!used.includes(host)) host.disconnect();
      if (used.length > 0) this.#leaveLater();
      else if (!this.#visible) this.#stopWatchingSleep();
    }, this.#linger);
    this.#leaving.unref();
  }

  #stopWatchingSleep(): void {
    clearInterval(this.#pulse);
    this.#pulse = undefined;
  }

  /** A timer that comes much too late tells that the machine slept: what was connected then is not to be trusted. */
  #watchSleep(): NodeJS.Timeout {
    let last = Date.now();
    const timer = setInterval(() => {
      const before = last;
      last = Date.now();
      if (last - before > 2 * pulse) for (const host of this.#hosts.values()) host.distrust(before);
    }, pulse);
    return timer.unref();
  }

  /** What one listener throws is neither another's business nor the host's. */
  #fire(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#log(`after a change of ${change.what}: ${String(error)}`);
      }
    }
  }
}
