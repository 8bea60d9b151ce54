import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, watch } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { Askpass } from './askpass';
import { childStream } from './childStream';
import { socketDialer } from './dial';
import { EngineError } from './errors';
import { defaultSocket, destination, dialStdio, patience, type SshEndpoint } from './sshArguments';
import { notRun, type SshConnection, type SshOptions, spawnSsh } from './sshProcess';
import { SshWords } from './sshWords';

/** Within this many ms after a stream opens, ssh has said so where the other side refuses it. */
const refusalTime = 3000;

/** One ssh process that carries every stream, and what belongs to it. */
export class SshMaster implements SshConnection {
  readonly #endpoint: SshEndpoint;
  readonly #options: SshOptions;
  readonly #folder: string;
  readonly #master: ChildProcess;
  readonly #askpass: Askpass;
  readonly #removeAtExit: () => void;
  readonly #words = new SshWords();
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
        ...[...patience, '-o', 'StreamLocalBindUnlink=yes', '-L', `${this.#socket}:${endpoint.path ?? defaultSocket}`],
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
  static async start(endpoint: SshEndpoint, options: SshOptions): Promise<SshMaster> {
    destination(endpoint);
    // The path of a socket has about a hundred characters.
    const folder = await mkdtemp(path.join(tmpdir(), 'ls-'));
    const askpass = await Askpass.start(folder, options.name, options.prompts);
    const connection = new SshMaster(endpoint, options, folder, askpass);
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
    return spawnSsh(this.#options, args, stdin, this.#words, this.#askpass.env);
  }

  /**
   * Waits for the control socket: ssh moves it into place, ready to be used, after it has been let in and listens for
   * what it forwards. The forwarded socket itself can be seen before anything listens there.
   */
  async #ready(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (existsSync(this.#control)) settle(resolve);
      };
      const watcher = watch(this.#folder, look);
      const settle = (act: () => void) => {
        watcher.close();
        act();
      };
      this.#master.once('error', (cause) => {
        this.alive = false;
        settle(() => reject(notRun(cause)));
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
    const refusal = this.#words.lastLine(before) || 'closed at once';
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

  failure(): EngineError {
    if (!this.#askpass.dismissed) return this.#words.failure();
    const last = this.#words.lastLine() || 'it ended without a word';
    return new EngineError('denied', `ssh was not told what it asked for (${last}).`);
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
