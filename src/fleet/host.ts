import { EngineError, isAbort } from '../engine/errors';
import type { EngineEvent } from '../engine/events';
import type { Engine } from '../engine/http';
import { abandon } from '../engine/signals';
import { backoff } from './backoff';
import type { HostConfig } from './config';
import { type Kind, type Lists, makeLists } from './lists';
import { Replay } from './replay';
import { Session } from './session';

/** Where a host stands. `held` waits for the person's word; `failed` tries again at `retryAt` (ms since 1970), or when it is told to. */
export type HostState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'held' }
  /** `after` is what the last try ended with, until one succeeds. */
  | { readonly kind: 'connecting'; readonly after?: EngineError }
  | { readonly kind: 'ready'; readonly version: string }
  | { readonly kind: 'failed'; readonly error: EngineError; readonly retryAt?: number };

/** How long an engine that has just missed a deadline may take for a ping, in ms. */
const probeTimeout = 5000;

/** A connection that lasted less than this, in ms, does not make its host a sound one: the pauses go on growing. */
const soundTime = 5000;

/** What a host tells its fleet. */
export interface HostEvents {
  stateChanged(host: Host): void;
  itemsChanged(host: Host, kind: Kind, ids: ReadonlySet<string>): void;
  happened(host: Host, event: EngineEvent): void;
  /** One line for the log. */
  noted(host: Host, line: string): void;
}

/**
 * One host, live: connects, follows the engine's events, and after every break waits, resubscribes and lists again, for
 * ever. What was listed stays while it is away. It never throws into its fleet.
 */
export class Host {
  readonly config: HostConfig;
  readonly lists: Lists;
  /** Items that reconciliation had to mend although no event had told of them. Should stay 0. */
  corrections = 0;
  readonly #makeEngine: (config: HostConfig) => Engine;
  readonly #on: HostEvents;
  readonly #replay = new Replay();
  readonly #waiting = new Set<() => void>();
  #engine: Engine | undefined;
  #session: Session | undefined;
  #life: AbortController | undefined;
  #state: HostState;
  #seenAt: number | undefined;
  #probing = false;
  #disposed = false;
  #wake = () => {};

  constructor(config: HostConfig, makeEngine: (config: HostConfig) => Engine, on: HostEvents) {
    this.config = config;
    this.#makeEngine = makeEngine;
    this.#on = on;
    this.#state = resting(config);
    this.lists = makeLists(
      () => this.engine,
      (kind, ids) => on.itemsChanged(this, kind, ids),
      (kind, error) => this.#session?.failed(kind, error),
    );
  }

  get name(): string {
    return this.config.name;
  }

  get state(): HostState {
    return this.#state;
  }

  /** When the lists were last true, in ms since 1970; undefined before the first time. */
  get seenAt(): number | undefined {
    return this.#state.kind === 'ready' ? Date.now() : this.#seenAt;
  }

  /** The client for commands. Throws `invalid`, `denied` or `unreachable` for a host that may not be connected. */
  get engine(): Engine {
    if (this.#disposed) throw new EngineError('unreachable', 'It was removed or changed meanwhile.');
    const { problem, held } = this.config;
    if (problem !== undefined) throw new EngineError('invalid', problem);
    if (held) throw new EngineError('denied', 'It came with the workspace and has not been allowed yet.');
    this.#engine ??= this.#newEngine();
    return this.#engine;
  }

  /** Connects and stays connected until `disconnect`. Does nothing where it does so already. */
  connect(): void {
    if (this.#life || this.#disposed || this.config.held || this.config.problem !== undefined) return;
    this.#life = new AbortController();
    void this.#live(this.#life.signal);
  }

  /** True while a command waits for it or changes something there, which closing would cut off. */
  get inUse(): boolean {
    return this.#waiting.size > 0 || (this.#engine?.changing ?? false);
  }

  /**
   * Connects, at once where it would wait for its next try, and resolves once the containers are listed; rejects with
   * what stands in the way.
   */
  async ready(signal: AbortSignal): Promise<void> {
    void this.engine; // throws where it may not be connected
    const before = this.#state;
    if (before.kind !== 'ready') this.retry();
    for (;;) {
      const state = this.#state;
      if (state.kind === 'ready') return;
      if (state.kind === 'failed' && state !== before) throw state.error;
      if (state.kind === 'idle') throw new EngineError('unreachable', 'It was disconnected meanwhile.');
      await this.#nextState(signal);
    }
  }

  /** Tries at once what would wait for its next try. */
  retry(): void {
    if (this.#life) this.#wake();
    else this.connect();
  }

  /** Drops every connection and connects anew, as the settings say now. */
  reset(): void {
    if (!this.#life) return;
    this.disconnect();
    this.connect();
  }

  /**
   * Connects anew, since no connection is to be trusted that was last known to be good at `seenAt` (ms since 1970). A
   * change under way keeps its own: it may be alive after all, and where it is not, its keepalive ends it.
   */
  distrust(seenAt: number): void {
    if (!this.#life) return;
    if (this.#engine?.changing) {
      this.#engine.redial();
      this.#leave();
    } else {
      this.disconnect();
    }
    if (this.#seenAt !== undefined) this.#seenAt = Math.min(this.#seenAt, seenAt);
    this.connect();
  }

  /** Closes every connection. What was listed stays, with its age. */
  disconnect(): void {
    if (!this.#life && !this.#engine) return;
    const engine = this.#engine;
    this.#engine = undefined;
    this.#leave();
    engine?.close().catch((error) => this.#on.noted(this, `closing: ${String(error)}`));
  }

  /** Disconnects for good: who still holds it can't connect what nobody would close again. */
  dispose(): void {
    this.#disposed = true;
    this.disconnect();
  }

  #leave(): void {
    this.#life?.abort();
    this.#life = undefined;
    this.#session?.end(new DOMException('Disconnected', 'AbortError'));
    this.#become(resting(this.config));
  }

  async #nextState(signal: AbortSignal): Promise<void> {
    let changed = () => {};
    const change = new Promise<void>((resolve) => {
      changed = resolve;
    });
    this.#waiting.add(changed);
    await abandon(change, signal).finally(() => this.#waiting.delete(changed));
  }

  #newEngine(): Engine {
    const engine = this.#makeEngine(this.config);
    engine.onTimeout(() => void this.#probe(engine));
    return engine;
  }

  /**
   * After a request without an answer, asks for a sign of life. It may have been slow, but since nothing polls, nothing
   * else would tell of an engine that hangs while its machine keeps the connections up.
   */
  async #probe(engine: Engine): Promise<void> {
    if (this.#probing || this.#state.kind !== 'ready') return;
    this.#probing = true;
    try {
      await engine.done({ path: ['_ping'], timeout: probeTimeout });
    } catch (error) {
      if (!isAbort(error) && engine === this.#engine) this.#session?.end(error);
    } finally {
      this.#probing = false;
    }
  }

  async #live(signal: AbortSignal): Promise<void> {
    let failures = 0;
    let last: EngineError | undefined;
    while (!signal.aborted) {
      let readyAt = Number.POSITIVE_INFINITY;
      this.#become({ kind: 'connecting', ...(last ? { after: last } : {}) });
      try {
        const session = new Session(this.engine, this.lists, this.#replay, {
          ready: (version) => {
            readyAt = performance.now();
            this.#become({ kind: 'ready', version });
          },
          happened: (event) => this.#on.happened(this, event),
          listFailed: (kind, error) => {
            this.#on.noted(this, `can't list ${kind}: ${String(error)}`);
            this.#on.itemsChanged(this, kind, new Set());
          },
          corrected: (kind, count) => {
            this.corrections += count;
            this.#on.noted(this, `corrected ${count} ${kind} that no event had told of`);
          },
        });
        this.#session = session;
        await session.run();
      } catch (error) {
        if (signal.aborted) return;
        if (performance.now() - readyAt > soundTime) failures = 0;
        last = error instanceof EngineError ? error : new EngineError('protocol', String(error), { cause: error });
        await this.#fail(last, backoff(failures++), signal);
      }
    }
  }

  async #fail(error: EngineError, wait: number, signal: AbortSignal): Promise<void> {
    const waits = !error.needsPerson;
    this.#on.noted(
      this,
      `${error.kind}: ${error.message}${waits ? ` Next try in ${(wait / 1000).toFixed(1)} s.` : ''}`,
    );
    const over = new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#wake = () => {};
        resolve();
      };
      const timer = waits ? setTimeout(done, wait) : undefined;
      signal.addEventListener('abort', done, { once: true });
      this.#wake = done;
    });
    // Who hears of it may want the next try at once.
    this.#become({ kind: 'failed', error, ...(waits ? { retryAt: Date.now() + wait } : {}) });
    await over;
  }

  #become(state: HostState): void {
    if (this.#state.kind === 'ready') this.#seenAt = Date.now();
    this.#state = state;
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
    this.#on.stateChanged(this);
  }
}

function resting({ held, problem }: HostConfig): HostState {
  if (problem !== undefined) return { kind: 'failed', error: new EngineError('invalid', problem) };
  return held ? { kind: 'held' } : { kind: 'idle' };
}
