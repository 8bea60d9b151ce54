import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { Askpass } from './askpass';
import { childStream } from './childStream';
import { type Dialer, socketDialer } from './dial';
import type { Endpoint } from './endpoint';
import { EngineError } from './errors';
import type { Prompts } from './prompts';
import { defaultSocket, destination, dialStdio } from './sshArguments';

/** How ssh is run. */
export interface SshOptions {
  /** The host's name, as questions to the person call it. */
  readonly name: string;
  readonly prompts: Prompts;
  /** The program; the user's own `ssh` where nothing is said. */
  readonly program?: string;
  /** In front of all others, as in `['-F', file]`. */
  readonly flags?: readonly string[];
}

/** What is kept of ssh's words, in characters. */
const maxWords = 8 << 10;
/** Within this many ms after a stream opens, ssh has said so where the other side refuses it. */
const refusalTime = 3000;

type SshEndpoint = Extract<Endpoint, { scheme: 'ssh' }>;

/**
 * Reaches an engine by the user's own ssh: one process, whose forwarded socket lies in a folder that only this user can
 * enter, carries every stream. Where the server forbids that, each stream is a `docker system dial-stdio` over the same
 * connection. A process that ends is started anew by the next dial.
 */
export function sshDialer(endpoint: SshEndpoint, options: SshOptions): Dialer {
  let starting: Promise<Connection> | undefined;
  let last: Connection | undefined;
  const connection = async (): Promise<Connection> => {
    const known = await starting?.catch(() => undefined);
    if (known?.alive) return known;
    if (!starting || known) {
      const next = known
        ? known.close().then(() => Connection.start(endpoint, options))
        : Connection.start(endpoint, options);
      starting = next;
      next.then(
        (made) => {
          last = made;
        },
        () => {
          if (starting === next) starting = undefined;
        },
      );
    }
    return starting;
  };
  return {
    prepare: async () => {
      await connection();
    },
    dial: async (signal) => (await connection()).dial(signal),
    explain: () => (last && !last.alive ? last.failure() : undefined),
    close: async () => {
      const known = await starting?.catch(() => undefined);
      starting = undefined;
      await known?.close();
    },
  };
}

/** One ssh process and what belongs to it. */
class Connection {
  readonly #endpoint: SshEndpoint;
  readonly #options: SshOptions;
  readonly #folder: string;
  readonly #master: ChildProcess;
  readonly #askpass: Askpass;
  readonly #removeAtExit: () => void;
  #words = '';
  #forwards = true;
  alive = true;

  private constructor(endpoint: SshEndpoint, options: SshOptions, folder: string, askpass: Askpass) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#folder = folder;
    this.#askpass = askpass;
    this.#master = this.#spawn(
      [
        ...['-N', '-T', '-M', '-S', this.#control, '-o', 'ControlPersist=no', '-o', 'ExitOnForwardFailure=yes'],
        ...['-o', 'ConnectTimeout=10', '-o', 'ServerAliveInterval=15', '-o', 'ServerAliveCountMax=1'],
        ...['-o', 'StreamLocalBindUnlink=yes', '-L', `${this.#socket}:${endpoint.path ?? defaultSocket}`],
        ...destination(endpoint),
      ],
      'ignore',
    );
    this.#removeAtExit = () => {
      this.#master.kill();
      rmSync(folder, { recursive: true, force: true });
    };
    process.once('exit', this.#removeAtExit);
  }

  /** Resolves once ssh has let us in and the engine's socket has answered or been refused. */
  static async start(endpoint: SshEndpoint, options: SshOptions): Promise<Connection> {
    destination(endpoint);
    // The path of a socket has about a hundred characters.
    const folder = await mkdtemp(path.join(tmpdir(), 'ls-'));
    const askpass = await Askpass.start(folder, options.name, options.prompts);
    const connection = new Connection(endpoint, options, folder, askpass);
    try {
      await connection.#ready();
      await connection.#tryForward();
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  async dial(signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted();
    if (!this.#forwards) return this.#dialStdio();
    const stream = await socketDialer({ path: this.#socket }).dial(signal);
    // Whatever ends ssh ends its streams, with its words.
    const ended = () => stream.destroy(this.failure());
    this.#master.once('close', ended);
    stream.once('close', () => this.#master.off('close', ended));
    return stream;
  }

  async close(): Promise<void> {
    this.#askpass.close();
    process.off('exit', this.#removeAtExit);
    if (this.alive) {
      const gone = once(this.#master, 'close');
      this.#master.kill();
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #socket(): string {
    return path.join(this.#folder, 'e.sock');
  }

  get #control(): string {
    return path.join(this.#folder, 'c');
  }

  #spawn(args: readonly string[], stdin: 'ignore' | 'pipe'): ChildProcess {
    const { program = 'ssh', flags = [] } = this.#options;
    const child = spawn(program, [...flags, ...args], {
      stdio: [stdin, stdin === 'pipe' ? 'pipe' : 'ignore', 'pipe'],
      env: { ...process.env, ...this.#askpass.env },
      windowsHide: true,
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString()).slice(-maxWords);
    });
    return child;
  }

  /** ssh makes the socket once it has been let in. */
  async #ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (existsSync(this.#socket)) settle(resolve);
      };
      const watcher = watch(this.#folder, look);
      const settle = (act: () => void) => {
        watcher.close();
        act();
      };
      this.#master.once('error', (cause) => {
        this.alive = false;
        settle(() =>
          reject(new EngineError('unreachable', `ssh can't be run (${cause.message}); is it installed?`, { cause })),
        );
      });
      this.#master.once('close', () => {
        this.alive = false;
        settle(() => reject(this.failure()));
      });
      look();
    });
  }

  /**
   * A server that forbids forwarding, or a socket that isn't there, shows only when a stream is opened. Then docker on
   * the other side may know better.
   */
  async #tryForward(): Promise<void> {
    const before = this.#words.length;
    if (await answers(connect(this.#socket))) return;
    const refusal = lastLine(this.#words.slice(before)) || 'closed at once';
    if (await answers(this.#dialStdio())) {
      this.#forwards = false;
      return;
    }
    const { path: socket = defaultSocket, hostname } = this.#endpoint;
    throw new EngineError(
      /permission/i.test(refusal) ? 'denied' : 'unreachable',
      `No engine answers at ${socket} on ${hostname} (${refusal}). Another socket is named as in ssh://${hostname}/run/user/1000/docker.sock.`,
    );
  }

  #dialStdio(): Duplex {
    const child = this.#spawn(
      ['-T', '-S', this.#control, ...destination(this.#endpoint), dialStdio(this.#endpoint)],
      'pipe',
    ) as Parameters<typeof childStream>[0];
    return childStream(child, () => this.failure());
  }

  /** Why ssh ended, or did not do as told, in its own words. */
  failure(): EngineError {
    const words = lastLine(this.#words) || 'ssh ended without a word';
    if (this.#askpass.dismissed) return new EngineError('denied', `ssh was not told what it asked for (${words}).`);
    const refused = /permission denied|host key verification failed|too many authentication failures/i.test(
      this.#words,
    );
    return new EngineError(refused ? 'denied' : 'unreachable', sentence(this.#words) || words);
  }
}

/** True where an engine answers on a fresh stream, or takes its time; false where the stream ends without a word. */
function answers(probe: Duplex): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answered: boolean) => {
      clearTimeout(timer);
      probe.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(true), refusalTime);
    probe.on('error', () => {});
    probe.once('data', () => settle(true));
    probe.once('close', () => settle(false));
    probe.write('HEAD /_ping HTTP/1.1\r\nHost: api.moby.localhost\r\nConnection: close\r\n\r\n');
  });
}

/** ssh's own words about a failure, without its decoration. */
function sentence(words: string): string {
  const lines = words
    .split(/\r?\n/)
    .map((line) => line.replace(/^@+|@+$/g, '').trim())
    .filter((line) => line !== '' && !line.startsWith('Warning: Permanently added'));
  return lines.length === 0 ? '' : `ssh: ${lines.slice(-6).join(' ').slice(0, 600)}`;
}

function lastLine(words: string): string {
  return words.trim().split(/\r?\n/).at(-1)?.trim() ?? '';
}
