import type { Socket } from 'node:net';
import type { Duplex, Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Dispatcher, Pool } from 'undici';
import type { Dialer } from './dial';
import { EngineError } from './errors';
import { isRead, type Request, target } from './request';
import { maxErrorBytes, parseJson, readBody, statusError } from './response';
import { abandon, follow } from './signals';
import { isClosedSocket, transportError } from './transport';
import type { Turns } from './turns';
import { upgradeHandler } from './upgrade';
import { negotiate } from './versions';

/** What an Engine needs beside a way to dial. */
export interface EngineOptions {
  /** `host:port` for the Host header of a TCP endpoint. */
  readonly authority?: string;
  /** In front of every path, '' or '/path': an engine behind a reverse proxy. */
  readonly basePath?: string;
  /** Asked before each request leaves; it throws (`denied`) to stop it. The one place where access is decided. */
  readonly guard?: (request: Request) => void | Promise<void>;
  /** Shared with other engines, so that long answers are decoded one after the other. */
  readonly turns?: Turns;
  /** One line for each answer: method, path, status, milliseconds. Never a header or a body. */
  readonly log?: (line: string) => void;
}

/** What connecting, and the answer to a ping, may take, in ms. */
export const connectTimeout = 10_000;
const requestTimeout = 30_000;
const maxJsonBytes = 64 << 20;

type Answer = Dispatcher.ResponseData;

/**
 * One engine over HTTP: the funnel that every request goes through. It connects and negotiates the API version at the
 * first request. Everything rejects with EngineError, or with the signal's reason once that aborts.
 */
export class Engine {
  readonly #dialer: Dialer;
  readonly #options: EngineOptions;
  readonly #closed = new AbortController();
  /** Requests without an answer yet. */
  #waiting = 0;
  /** Changes under way, to the end of their answers. */
  #changes = 0;
  #pool: Promise<Pool> | undefined;
  readonly #retired = new Set<Pool>();
  #version: Promise<string> | undefined;
  #timedOut = () => {};
  /** Only a turn after an answer has ended does undici take its connection for free: who asks earlier makes it dial another. */
  #freed: Promise<unknown> = Promise.resolve();

  constructor(dialer: Dialer, options: EngineOptions = {}) {
    this.#dialer = dialer;
    this.#options = options;
  }

  /** Calls the listener whenever a request has got no answer in time. */
  onTimeout(listener: () => void): void {
    this.#timedOut = listener;
  }

  /** The API version spoken with this engine ("1.41"). Negotiated once, for all who ask meanwhile. */
  async version(signal?: AbortSignal): Promise<string> {
    const version = this.#version ?? this.#negotiate();
    if (version !== this.#version) {
      this.#version = version;
      version.catch(() => this.#forget(version));
    }
    return signal ? abandon(version, signal) : version;
  }

  /** The machine that the engine runs on, where its endpoint may have another name for it. Asks no engine. */
  async hostname(): Promise<string | undefined> {
    return this.#dialer.hostname?.();
  }

  /** Asks for the version again at the next request: after a reconnect the engine may be another one. */
  renegotiate(): void {
    this.#version = undefined;
  }

  /** Trusts no kept connection any more: what runs on them goes on, the next request dials anew. */
  redial(): void {
    const retiring = this.#pool;
    this.#pool = undefined;
    retiring?.then(async (pool) => {
      this.#retired.add(pool);
      await pool.close().catch(() => {});
      this.#retired.delete(pool);
    });
  }

  /** True while a request that is no read is under way, a pull or an exec to its end: closing now would cut it off. */
  get changing(): boolean {
    return this.#changes > 0;
  }

  /** The decoded JSON of an answer of at most 64 MiB, complete within the deadline. */
  async json(request: Request): Promise<unknown> {
    return parseJson(await this.#whole(request));
  }

  /** Resolves once the engine has carried out the request; 304 ("already so") counts as done. */
  async done(request: Request): Promise<void> {
    await this.#whole(request);
  }

  /** A body of any length and duration: only its head has a deadline. The signal ends it and closes its connection. */
  async stream(request: Request): Promise<AsyncIterable<Buffer>> {
    const lasting = new AbortController();
    const stops = [follow(request.signal, lasting), follow(this.#closed.signal, lasting), this.#countChange(request)];
    const stop = () => {
      for (const each of stops) each();
    };
    try {
      const answer = await this.#inTime(request, async (signal) => {
        const release = follow(signal, lasting);
        return this.#send(request, lasting.signal).finally(release);
      });
      whenClosed(answer.body, stop);
      return chunks(answer.body, lasting.signal, (error) => this.#explained(error));
    } catch (error) {
      stop();
      throw error;
    }
  }

  /** A raw byte stream in both directions after `101 UPGRADED`; ending it is the caller's. */
  async upgrade(request: Request): Promise<Duplex> {
    const over = this.#countChange(request);
    try {
      const stream = await this.#inTime(request, (signal) => this.#upgraded(request, signal));
      whenClosed(stream, over);
      return stream;
    } catch (error) {
      over();
      throw error;
    }
  }

  #upgraded(request: Request, signal: AbortSignal): Promise<Duplex> {
    return this.#versioned(signal, async () => {
      const pool = await this.#connections();
      const options = { ...(await this.#dispatchOptions(request, signal)), upgrade: 'tcp' };
      const started = performance.now();
      const stream = await this.#waitFor(
        () => new Promise<Duplex>((resolve, reject) => pool.dispatch(options, upgradeHandler(resolve, reject, signal))),
      );
      this.#log(options, 101, started);
      return stream;
    });
  }

  /** Closes every connection; requests under way reject as `unreachable`. The engine can't be used again. */
  async close(): Promise<void> {
    this.#closed.abort(new EngineError('unreachable', 'The connection was closed meanwhile.'));
    const pool = await this.#pool?.catch(() => undefined);
    await Promise.all([...this.#retired, ...(pool ? [pool] : [])].map((each) => each.destroy()));
    await this.#dialer.close();
  }

  async #whole(request: Request): Promise<string> {
    const over = this.#countChange(request);
    try {
      return await this.#inTime(request, async (signal) => this.#finish(await this.#send(request, signal)));
    } finally {
      over();
    }
  }

  /** Counts a request that is no read until the returned function is called. */
  #countChange(request: Request): () => void {
    if (isRead(request)) return () => {};
    this.#changes++;
    return () => {
      this.#changes--;
    };
  }

  /** Asks the guard, then runs a request under its deadline, its signal and the engine's own end. */
  async #inTime<T>(request: Request, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const merged = new AbortController();
    const stops = [follow(request.signal, merged), follow(this.#closed.signal, merged)];
    let timer: NodeJS.Timeout | undefined;
    try {
      merged.signal.throwIfAborted();
      // What the person is asked for meanwhile takes as long as it takes.
      await this.#options.guard?.(request);
      const preparing = this.#dialer.prepare?.();
      if (preparing) await abandon(preparing, merged.signal);
      timer = this.#deadline(request, merged);
      // undici heeds the signal only once it has a connection.
      return await abandon(run(merged.signal), merged.signal);
    } catch (error) {
      throw merged.signal.aborted ? merged.signal.reason : await this.#explained(error);
    } finally {
      clearTimeout(timer);
      for (const stop of stops) stop();
    }
  }

  async #explained(error: unknown): Promise<unknown> {
    return (isClosedSocket(error) ? await this.#dialer.explain?.() : undefined) ?? transportError(error);
  }

  #deadline({ timeout = requestTimeout }: Request, merged: AbortController): NodeJS.Timeout | undefined {
    if (timeout === 0) return undefined;
    return setTimeout(() => {
      merged.abort(new EngineError('timeout', `No answer within ${timeout / 1000} s.`));
      this.redial();
      this.#timedOut();
    }, timeout);
  }

  #send(request: Request, signal: AbortSignal): Promise<Answer> {
    return this.#versioned(signal, async () =>
      this.#exchange(await this.#dispatchOptions(request, signal), isRead(request)),
    );
  }

  /** Sends under the negotiated version; an engine that was replaced meanwhile by another version is asked once more. */
  async #versioned<T>(signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    const version = this.version(signal);
    const used = this.#version;
    await version;
    try {
      return await send();
    } catch (error) {
      if (!refusesVersion(error)) throw error;
      this.#forget(used);
      if ((await this.version(signal)) === (await version)) throw error;
      return send();
    }
  }

  async #dispatchOptions(request: Request, signal: AbortSignal): Promise<Dispatcher.RequestOptions> {
    const json = request.body !== undefined;
    return {
      method: request.method ?? 'GET',
      path: `${this.#options.basePath ?? ''}/v${await this.version(signal)}${target(request)}`,
      headers: { ...(json ? { 'content-type': 'application/json' } : {}), ...request.headers },
      body: json ? JSON.stringify(request.body) : null,
      signal,
    };
  }

  /** One exchange; a read whose kept connection was closed under it is sent once more, a write never is. */
  async #exchange(options: Dispatcher.RequestOptions, read: boolean): Promise<Answer> {
    await this.#freed;
    const pool = await this.#connections();
    const started = performance.now();
    const answer = await this.#waitFor(() =>
      pool.request(options).catch((error) => {
        if (read && isClosedSocket(error) && !(options.signal as AbortSignal).aborted) return pool.request(options);
        throw error;
      }),
    );
    this.#log(options, answer.statusCode, started);
    if ((answer.statusCode >= 200 && answer.statusCode < 300) || answer.statusCode === 304) return answer;
    const body = await readBody(answer.body, maxErrorBytes).catch(() => '');
    throw statusError(answer.statusCode, String(answer.headers['content-type'] ?? ''), body);
  }

  /** Reads an answer to its end. */
  async #finish(answer: Answer): Promise<string> {
    const text = await readBody(answer.body, maxJsonBytes, this.#options.turns);
    this.#freed = setImmediate();
    return text;
  }

  #log({ method, path }: Dispatcher.RequestOptions, status: number, started: number): void {
    this.#options.log?.(`${method} ${path} ${status} ${(performance.now() - started).toFixed(1)} ms`);
  }

  async #waitFor<T>(answer: () => Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await answer();
    } finally {
      this.#waiting--;
    }
  }

  #connections(): Promise<Pool> {
    this.#pool ??= import('undici').then(
      ({ Pool }) =>
        new Pool(`http://${this.#options.authority ?? 'api.moby.localhost'}`, {
          allowH2: false,
          pipelining: 1,
          keepAliveTimeout: 60_000,
          // Deadlines are ours: a quiet stream is healthy, and a slow head must not outlive its request.
          headersTimeout: 0,
          bodyTimeout: 0,
          connect: (_options, callback) => {
            this.#dial().then(
              // undici's type says Socket; it needs no more than a Duplex.
              (stream) => callback(null, stream as Socket),
              (error) => callback(error, null),
            );
          },
        }),
    );
    return this.#pool;
  }

  /** A connection belongs to the pool, not to the request that first wanted it: it has a deadline of its own. */
  async #dial(): Promise<Duplex> {
    // After an abort undici dials once more for the request that is gone.
    if (this.#waiting === 0) throw new EngineError('unreachable', 'Nobody waits for this connection.');
    const limit = new AbortController();
    const stop = follow(this.#closed.signal, limit);
    const late = () => limit.abort(new EngineError('timeout', `No connection within ${connectTimeout / 1000} s.`));
    const timer = setTimeout(late, connectTimeout);
    try {
      return await this.#dialer.dial(limit.signal);
    } finally {
      clearTimeout(timer);
      stop();
    }
  }

  /** moby's way: HEAD, then GET for the words of an engine that does not answer 200. */
  async #negotiate(): Promise<string> {
    const request: Request = { path: ['_ping'], timeout: connectTimeout };
    const answer = await this.#inTime(request, async (signal) => {
      const ping = (method: 'HEAD' | 'GET') =>
        // Without `reset: false` undici drops the connection after a HEAD.
        this.#exchange({ method, path: `${this.#options.basePath ?? ''}/_ping`, signal, reset: false }, true);
      const answer = await ping('HEAD').catch((error) => {
        if (error instanceof EngineError && error.status !== undefined) return ping('GET');
        throw error;
      });
      await this.#finish(answer);
      return answer;
    });
    const offered = answer.headers['api-version'];
    if (offered === undefined && String(answer.headers['content-type']).includes('html')) {
      throw new EngineError('protocol', 'A web page answers there, not a Docker engine.');
    }
    return negotiate(typeof offered === 'string' ? offered : undefined);
  }

  #forget(version: Promise<string> | undefined): void {
    if (this.#version === version) this.#version = undefined;
  }
}

function whenClosed(stream: Duplex | Readable, act: () => void): void {
  if (stream.closed) act();
  else stream.once('close', act);
}

async function* chunks(
  body: Readable,
  signal: AbortSignal,
  explain: (error: unknown) => Promise<unknown>,
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw signal.aborted ? signal.reason : await explain(error);
  }
}

/** The engine's one refusal that has no status of its own; the words are the same from 1.12 to 29. */
function refusesVersion(error: unknown): boolean {
  return (
    error instanceof EngineError && error.status === 400 && /^client version \S+ is too (?:new|old)/.test(error.message)
  );
}
