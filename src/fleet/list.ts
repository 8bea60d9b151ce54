import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { isAbort } from '../engine/errors';
import { backoff } from './backoff';

/** How one kind of object is listed on one engine. */
export interface Source<T> {
  readonly id: (item: T) => string;
  readonly all: (signal: AbortSignal) => Promise<T[]>;
  /** Just some, by id; left out where engines know no such filter, then every change lists all. */
  readonly some?: (ids: readonly string[], signal: AbortSignal) => Promise<T[]>;
  /** The item without what changes by itself ("Up 3 minutes"); differences are judged by the rest. */
  readonly essence?: (item: T) => unknown;
  /** How long an item can stay as it is, in ms, before an event must have come; undefined where that is for ever. */
  readonly lasts?: (item: T) => number | undefined;
}

/** Whether an event's effect shows in what was listed for its id (undefined: not there). */
export type Expectation<T> = (item: T | undefined) => boolean;

/** Changes within this many ms after the first one of a quiet period are asked for together. */
export const window = 50;
/** From here on one whole list is cheaper than asking for each. */
const manyIds = 128;
/** How long after its last event an item that is being taken down is asked for once more, in ms. */
const trail = 1000;
/** An event that comes this much after a list that shows its effect already, in ms, is late and not lost. */
const lateEvents = 1000;
/** An engine writes some events before its own list knows; asked again so often, twice as late each time (3 s in all). */
const maxTries = 6;

interface Due<T> {
  readonly expect: Expectation<T> | undefined;
  readonly tries: number;
  readonly trailing: boolean;
}

/**
 * One kind of object of one host: what was listed, patched for just the ids that changed. Never two requests in flight;
 * the first change of a quiet period is asked for at once, then windows of 50 ms. `onChange` names the ids whose items
 * were added, replaced or removed, none of them where just `problem` is another; `onError` gets what a request failed
 * with, after which it is tried again with growing pauses.
 */
export class List<T> {
  readonly #source: Source<T>;
  readonly #onChange: (ids: ReadonlySet<string>) => void;
  readonly #onError: (error: unknown) => void;
  readonly #items = new Map<string, T>();
  readonly #due = new Map<string, Due<T>>();
  readonly #unsettled = new Map<string, { readonly timer: NodeJS.Timeout; readonly due: Due<T> }>();
  /** What the request in flight asks for. */
  #asked: ReadonlyMap<string, Due<T>> = new Map();
  /** Removed while a request was in flight, whose answer may still hold them. */
  readonly #gone = new Set<string>();
  #changed = new Set<string>();
  #reload = false;
  #busy = false;
  #flight: Promise<unknown> = Promise.resolve();
  #queued = false;
  #timer: NodeJS.Timeout | undefined;
  #later: NodeJS.Timeout | undefined;
  #nextAt = 0;
  #failures = 0;
  #signal: AbortSignal | undefined;
  #known = false;
  #problem: unknown;
  #revision = 0;
  /** What events have told of since a reconciliation began; undefined while there is none. */
  #announced: { readonly ids: Set<string>; all: boolean } | undefined;

  constructor(source: Source<T>, onChange: (ids: ReadonlySet<string>) => void, onError: (error: unknown) => void) {
    this.#source = source;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** What is known, by id. */
  get items(): ReadonlyMap<string, T> {
    return this.#items;
  }

  /** Another number after each change of the items: what was worked out from them holds for as long as it stays the same. */
  get revision(): number {
    return this.#revision;
  }

  /** False until it has been listed for the first time. */
  get known(): boolean {
    return this.#known;
  }

  /** Why the last request failed; undefined where it didn't. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Lists everything and from then on patches, until the signal aborts. Rejects as the first list does. */
  async open(signal: AbortSignal): Promise<void> {
    this.#stopTimers();
    this.#signal = signal;
    this.#nextAt = this.#failures = 0;
    signal.addEventListener('abort', () => this.#stopTimers(), { once: true });
    const before = this.#flight;
    try {
      await this.#request(signal, async () => {
        // What an earlier connection still had in flight ends with its own signal.
        await before.catch(() => {});
        signal.throwIfAborted();
        return this.#listAll(signal);
      });
    } finally {
      this.#schedule();
    }
  }

  /**
   * An object has changed, as an event says; `expect` tells whether the answer already shows it, `trailing` that it will
   * go on changing without another event.
   */
  touch(id: string, expect?: Expectation<T>, trailing = false): void {
    // What an earlier event asked for still holds, unless this one tells otherwise.
    const before = this.#due.get(id) ?? this.#unsettled.get(id)?.due ?? this.#asked.get(id);
    this.#announced?.ids.add(id);
    this.#settle(id);
    this.#due.set(id, {
      expect: expect ?? before?.expect,
      tries: 0,
      trailing: trailing || (before?.trailing ?? false),
    });
    this.#schedule();
  }

  /** An object is gone for good: its id never comes back. */
  drop(id: string): void {
    this.#announced?.ids.add(id);
    this.#settle(id);
    this.#due.delete(id);
    if (this.#busy) this.#gone.add(id);
    if (this.#items.has(id)) this.#put(id, undefined);
    this.#schedule();
  }

  /** Something changed that no id tells: list everything; `trailing` that it will go on changing without another event. */
  reload(trailing = false): void {
    if (this.#announced) this.#announced.all = true;
    this.#reload = true;
    if (trailing) {
      clearTimeout(this.#later);
      this.#later = setTimeout(() => this.reload(), trail);
    }
    this.#schedule();
  }

  /** Somebody wants to see the list as it is now: it is asked for at once, whatever it would wait for. */
  refresh(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#nextAt = 0;
    this.reload();
  }

  /** Lists everything once more and resolves to the ids that were wrong without an event to blame, also a late one. */
  async reconcile(): Promise<string[]> {
    const signal = this.#signal;
    if (!signal || signal.aborted || this.#busy || this.#announced) return [];
    const announced = { ids: new Set([...this.#due.keys(), ...this.#unsettled.keys()]), all: this.#reload };
    this.#announced = announced;
    try {
      const wrong = await this.#request(signal, () => this.#listAll(signal));
      if (wrong.length > 0) await delay(lateEvents, undefined, { signal });
      return announced.all ? [] : wrong.filter((id) => !announced.ids.has(id));
    } finally {
      this.#announced = undefined;
      this.#schedule();
    }
  }

  /** Batches what one chunk of events touches, then waits for the request in flight and for the window. */
  #schedule(): void {
    if (this.#busy || this.#queued || this.#timer || !this.#signal || this.#signal.aborted) return;
    if (this.#due.size === 0 && this.#changed.size === 0 && !this.#reload) return;
    const wait = this.#nextAt - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#flush(), wait);
    } else {
      this.#queued = true;
      queueMicrotask(() => this.#flush());
    }
  }

  #flush(): void {
    const signal = this.#signal;
    this.#timer = undefined;
    this.#queued = false;
    if (!signal || signal.aborted || this.#busy) return;
    this.#nextAt = performance.now() + window;
    if (this.#due.size === 0 && !this.#reload) {
      this.#emit();
      return;
    }
    const whole = this.#reload || !this.#source.some || this.#due.size > manyIds;
    this.#request<unknown>(signal, () => (whole ? this.#listAll(signal) : this.#listSome(signal)))
      .catch((error) => {
        if (!isAbort(error)) this.#onError(error);
      })
      .finally(() => this.#schedule());
  }

  async #request<R>(signal: AbortSignal, run: () => Promise<R>): Promise<R> {
    this.#busy = true;
    const flight = run();
    this.#flight = flight;
    const problem = this.#problem;
    try {
      const answer = await flight;
      this.#problem = undefined;
      this.#failures = 0;
      return answer;
    } catch (error) {
      // How a connection ended is its host's to tell.
      if (!isAbort(error) && !signal.aborted) {
        this.#problem = error;
        this.#nextAt = performance.now() + backoff(this.#failures++);
      }
      throw error;
    } finally {
      // Another connection's may have begun meanwhile.
      if (this.#flight === flight) {
        this.#busy = false;
        this.#asked = new Map();
        this.#gone.clear();
      }
      this.#emit(problem !== undefined && this.#problem === undefined);
    }
  }

  /** Asks for all that is due, by id; where no answer comes it is due again, but for what has been told of since. */
  async #ask(
    signal: AbortSignal,
    request: (ids: readonly string[]) => Promise<T[]> | undefined,
  ): Promise<{ asked: ReadonlyMap<string, Due<T>>; answer: readonly T[] }> {
    const asked = new Map(this.#due);
    this.#asked = asked;
    this.#due.clear();
    try {
      const answer = (await request([...asked.keys()])) ?? [];
      signal.throwIfAborted();
      return { asked, answer };
    } catch (error) {
      for (const [id, due] of asked) if (!this.#due.has(id) && !this.#gone.has(id)) this.#due.set(id, due);
      throw error;
    }
  }

  async #listAll(signal: AbortSignal): Promise<string[]> {
    const { id: idOf, essence = (item: T) => item, all } = this.#source;
    this.#reload = false;
    const { asked, answer } = await this.#ask(signal, () => all(signal)).catch((error) => {
      this.#reload = true;
      throw error;
    });
    const fresh = new Map(answer.map((item) => [idOf(item), item]));
    for (const id of this.#gone) fresh.delete(id);
    const wrong: string[] = [];
    for (const [id, item] of fresh) {
      const old = this.#items.get(id);
      if (old !== undefined && isDeepStrictEqual(essence(old), essence(item))) continue;
      this.#put(id, item);
      wrong.push(id);
    }
    for (const id of this.#items.keys()) {
      if (fresh.has(id)) continue;
      this.#put(id, undefined);
      wrong.push(id);
    }
    if (!this.#known) {
      this.#known = true;
      // An empty list is news, too.
      this.#onChange(this.#takeChanged());
    }
    this.#check(asked);
    if (this.#source.lasts) for (const id of fresh.keys()) this.#awaitEvent(id);
    return wrong;
  }

  async #listSome(signal: AbortSignal): Promise<void> {
    const { id: idOf, some } = this.#source;
    const { asked, answer } = await this.#ask(signal, (ids) => some?.(ids, signal));
    const fresh = new Map(answer.map((item) => [idOf(item), item]));
    for (const id of asked.keys()) {
      const item = this.#gone.has(id) ? undefined : fresh.get(id);
      if (!isDeepStrictEqual(item, this.#items.get(id))) this.#put(id, item);
    }
    this.#check(asked);
  }

  #put(id: string, item: T | undefined): void {
    if (item === undefined) this.#items.delete(id);
    else this.#items.set(id, item);
    this.#changed.add(id);
    this.#revision++;
  }

  /** Asks again later for what the engine announced and its own list did not show yet, or may not show in full. */
  #check(asked: ReadonlyMap<string, Due<T>>): void {
    for (const [id, { expect, tries, trailing }] of asked) {
      if (this.#due.has(id) || this.#gone.has(id)) continue;
      const item = this.#items.get(id);
      if (expect && tries < maxTries && !expect(item)) {
        this.#askLater(id, { expect, tries: tries + 1, trailing }, window * 2 ** tries);
      } else if (trailing && item !== undefined) {
        this.#askLater(id, { expect: undefined, tries: 0, trailing: false }, trail);
      } else {
        this.#awaitEvent(id);
      }
    }
  }

  /** Asks once more for what can't stay as it is, in case that no event tells how it went on. */
  #awaitEvent(id: string): void {
    const item = this.#items.get(id);
    const wait = item && this.#source.lasts?.(item);
    if (wait === undefined || this.#unsettled.has(id)) return;
    this.#askLater(id, { expect: undefined, tries: 0, trailing: false }, wait);
  }

  #askLater(id: string, due: Due<T>, wait: number): void {
    const ask = () => {
      this.#unsettled.delete(id);
      this.#due.set(id, due);
      this.#schedule();
    };
    this.#unsettled.set(id, { timer: setTimeout(ask, wait), due });
  }

  #settle(id: string): void {
    clearTimeout(this.#unsettled.get(id)?.timer);
    this.#unsettled.delete(id);
  }

  /** What was to be asked later is due with the next connection, and once more a while after it: its event does not come twice. */
  #stopTimers(): void {
    clearTimeout(this.#later);
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const [id, { due }] of this.#unsettled) {
      this.#settle(id);
      this.#due.set(id, { ...due, trailing: true });
    }
  }

  #emit(always = false): void {
    if (always || this.#changed.size > 0) this.#onChange(this.#takeChanged());
  }

  #takeChanged(): ReadonlySet<string> {
    const changed = this.#changed;
    this.#changed = new Set();
    return changed;
  }
}
