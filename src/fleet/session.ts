import { EngineError, isAbort } from '../engine/errors';
import { type EngineEvent, openEvents, readEvents } from '../engine/events';
import type { Engine } from '../engine/http';
import { effects } from './changes';
import { type Kind, kinds, type Lists } from './lists';
import type { Replay } from './replay';

/** Between two checks of healthy lists against the engine's own, in ms. */
const reconcileEvery = 5 * 60_000;

/** What a session reports. */
export interface SessionEvents {
  /** The containers are listed; from here on the lists follow the engine. */
  ready(version: string): void;
  happened(event: EngineEvent): void;
  /** One kind could not be listed, which costs only itself. */
  listFailed(kind: Kind, error: unknown): void;
  /** So many items of a kind differed from the engine's list although no event had told of them. */
  corrected(kind: Kind, count: number): void;
}

/** One subscription to one engine, from its first event to its end. */
export class Session {
  readonly #end = new AbortController();
  readonly #engine: Engine;
  readonly #lists: Lists;
  readonly #replay: Replay;
  readonly #on: SessionEvents;

  constructor(engine: Engine, lists: Lists, replay: Replay, on: SessionEvents) {
    this.#engine = engine;
    this.#lists = lists;
    this.#replay = replay;
    this.#on = on;
  }

  /** Ends the session: `run` rejects with the reason. */
  end(reason: unknown): void {
    this.#end.abort(reason);
  }

  /** Lives until the stream of events breaks, the containers can't be listed, or `end`; rejects with why. */
  async run(): Promise<never> {
    const { signal } = this.#end;
    try {
      this.#engine.renegotiate();
      // Events first: what changes while the lists are on their way is not missed.
      const { since } = this.#replay;
      const stream = await openEvents(this.#engine, { signal, ...(since === undefined ? {} : { since }) });
      const reading = this.#read(readEvents(stream));
      reading.catch((error) => this.end(error));
      await this.#lists.containers.open(signal);
      this.#on.ready(await this.#engine.version(signal));
      this.#keepReconciling(signal);
      void this.#openOthers(signal);
      return await reading;
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      this.end(new EngineError('unreachable', 'The connection ended.'));
    }
  }

  /** Takes the failure of a list: without its containers a session is over. */
  failed(kind: Kind, error: unknown): void {
    if (isAbort(error) || this.#end.signal.aborted) return;
    this.#on.listFailed(kind, error);
    if (kind === 'containers') this.end(error);
  }

  /** One after the other, on the connection that the containers came by: each further one would be a handshake more. */
  async #openOthers(signal: AbortSignal): Promise<void> {
    for (const kind of kinds) {
      if (kind === 'containers') continue;
      await this.#lists[kind].open(signal).catch((error) => this.failed(kind, error));
    }
  }

  async #read(batches: AsyncGenerator<EngineEvent[], never>): Promise<never> {
    for (;;) {
      const { value } = await batches.next();
      this.#end.signal.throwIfAborted();
      for (const event of value) this.#apply(event);
    }
  }

  #apply(event: EngineEvent): void {
    if (!this.#replay.isNew(event)) return;
    for (const effect of effects(event)) {
      if ('all' in effect) this.#lists[effect.kind].reload(effect.trailing);
      else if ('gone' in effect) this.#lists[effect.kind].drop(effect.gone);
      else if (effect.kind !== 'containers') this.#lists[effect.kind].touch(effect.id);
      else if (!effect.only || effect.only(this.#lists.containers.items.get(effect.id))) {
        this.#lists.containers.touch(effect.id, effect.expect, effect.trailing);
      }
    }
    this.#on.happened(event);
  }

  #keepReconciling(signal: AbortSignal): void {
    const timer = setInterval(() => void this.#reconcile(), reconcileEvery);
    timer.unref();
    signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  }

  async #reconcile(): Promise<void> {
    for (const kind of kinds) {
      try {
        const wrong = await this.#lists[kind].reconcile();
        if (wrong.length > 0) this.#on.corrected(kind, wrong.length);
      } catch (error) {
        this.failed(kind, error);
      }
    }
  }
}
