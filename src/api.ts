import type { Event } from 'vscode';

/** What Longshore's `activate()` gives to other extensions. Reading only: changing things is the person's. */
export interface LongshoreApi {
  /** The configured hosts. */
  readonly hosts: readonly ApiHost[];
  /** Fires with a host's name when its state or its containers change, and with undefined when hosts come or go. */
  readonly onDidChange: Event<string | undefined>;
  /** Connects a host, if it isn't, and resolves once its containers are known; rejects with what stands in the way. */
  ready(host: string): Promise<void>;
  /** The containers of a host, as last known. */
  containers(host: string): readonly ApiContainer[];
}

/** A configured host. */
export interface ApiHost {
  readonly name: string;
  readonly endpoint: string;
  readonly state: 'idle' | 'held' | 'connecting' | 'ready' | 'failed';
  /** Why it failed. */
  readonly problem?: string;
}

/** A container of a host. */
export interface ApiContainer {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly state: string;
}
