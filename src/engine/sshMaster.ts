import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { Askpass } from './askpass';
import { atExit } from './atExit';
import { childStream } from './childStream';
import { socketDialer } from './dial';
import { EngineError } from './errors';
import { defaultSocket, destination, dialStdio, forward, type SshEndpoint, settings } from './sshArguments';
import { ended, patientLogin, type SshConnection, type SshOptions, spawnSsh, tooLate } from './sshProcess';
import { SshWords } from './sshWords';

/** Within this many ms after a stream opens, ssh has said so where the other side refuses it. */
const refusalTime = 3000;

/** Between two looks for the socket of an ssh that is being let in, in ms. */
const lookEvery = 20;

/** How long an ssh whose stream was closed may take to end, in ms, for its words to be taken for the reason. */
const endTime = 200;

/** One ssh process that carries every stream, and what belongs to it. */
export class SshMaster implements SshConnection {
  readonly #endpoint: SshEndpoint;
  readonly #options: SshOptions;
  readonly #folder: string;
  readonly #master: ChildProcess;
  readonly #askpass: Askpass;
  readonly #words = new SshWords();
  readonly #streams = new Set<Duplex>();
  readonly #ended: Promise<void>;
  readonly #forget: () => void;
  #forwards = true;
  #reason: EngineError | undefined;

  private constructor(endpoint: SshEndpoint, options: SshOptions, folder: string, askpass: Askpass) {
    this.#endpoint = endpoint;
    this.#options = options;
    this.#folder = folder;
    this.#askpass = askpass;
    this.#master = this.#spawn(
      [
        ...['-N', '-T', '-M', '-S', this.#control, '-o', 'ControlPersist=no', ...settings],
        ...['-o', 'StreamLocalBindUnlink=yes', '-L', forward(this.#socket, endpoint), ...destination(endpoint)],
      ],
      'ignore',
      this.#words,
    );
    this.#forget = atExit(() => {
      this.#master.kill();
      rmSync(folder, { recursive: true, force: true });
    });
    this.#ended = ended(this.#master).then(
      () => this.#die(this.#failure()),
      (error) => this.#die(error),
    );
  }

  /**
   * Resolves once ssh has let us in and the engine's socket has answered or been refused; the signal ends it. Rejects
   * with `timeout` where that takes too long, not counting what the person takes to answer ssh.
   */
  static async start(endpoint: SshEndpoint, options: SshOptions, signal: AbortSignal): Promise<SshMaster> {
    // What can't be handed to ssh is refused before anything is made.
    destination(endpoint);
    forward('', endpoint);
    const folder = await mkdtemp(path.join(roomyTmpdir(), 'ls-'));
    const askpass = await Askpass.start(folder, options.name, options.prompts).catch(async (error) => {
      await rm(folder, { recursive: true });
      throw error;
    });
    const connection = new SshMaster(endpoint, options, folder, askpass);
    const onAbort = () => connection.#master.kill();
    signal.addEventListener('abort', onAbort);
    try {
      signal.throwIfAborted();
      await connection.#letIn();
      await connection.#tryForward();
      return connection;
    } catch (error) {
      await connection.close();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** False once ssh has ended. */
  get alive(): boolean {
    return this.#reason === undefined;
  }

  async dial(signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted();
    const stream = this.#forwards
      ? await socketDialer({ path: this.#socket }).dial(signal)
      : this.#dialStdio(new SshWords());
    // Whatever ends ssh ends its streams, with its words.
    this.#streams.add(stream);
    stream.once('close', () => this.#streams.delete(stream));
    return stream;
  }

  async explain(): Promise<EngineError | undefined> {
    await Promise.race([this.#ended, new Promise((resolve) => setTimeout(resolve, endTime))]);
    if (this.#reason) return this.#reason;
    const said = this.#words.lastLine;
    this.#words.clear();
    return /open failed/.test(said) ? this.#noEngine([said]) : undefined;
  }

  async close(): Promise<void> {
    this.#askpass.close();
    this.#master.kill();
    await this.#ended;
    await rm(this.#folder, { recursive: true, force: true });
    this.#forget();
  }

  get #socket(): string {
    return path.join(this.#folder, 'e.sock');
  }

  get #control(): string {
    return path.join(this.#folder, 'c');
  }

  #spawn(args: readonly string[], stdin: 'ignore' | 'pipe', words: SshWords): ChildProcess {
    return spawnSsh(this.#options, args, stdin, words, this.#askpass.env);
  }

  #failure(): EngineError {
    if (!this.#askpass.dismissed) return this.#words.failure();
    const last = this.#words.lastLine || 'it ended without a word';
    return new EngineError('denied', `ssh was not told what it asked for (${last}).`, { needsPerson: true });
  }

  #die(reason: EngineError): void {
    this.#reason = reason;
    for (const stream of this.#streams) stream.destroy(reason);
  }

  /**
   * Waits for the control socket: ssh moves it into place, ready to be used, after it has been let in and listens for
   * what it forwards. The forwarded socket itself can be seen before anything listens there.
   */
  async #letIn(): Promise<void> {
    const { loginTimeout = patientLogin } = this.#options;
    let limit: NodeJS.Timeout | undefined;
    let looking: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const wait = (asking: boolean) => {
          clearTimeout(limit);
          if (!asking) limit = setTimeout(() => reject(tooLate(loginTimeout, this.#words)), loginTimeout);
        };
        wait(false);
        this.#askpass.onAsking(wait);
        // Looked for rather than watched: a machine has few watches, and VS Code uses many.
        looking = setInterval(() => {
          if (existsSync(this.#control)) resolve();
        }, lookEvery);
        void this.#ended.then(() => reject(this.#reason));
      });
    } finally {
      this.#askpass.onAsking(() => {});
      clearTimeout(limit);
      clearInterval(looking);
    }
    // What was said on the way in would be taken for the reason of a later end.
    this.#words.clear();
    this.#askpass.dismissed = false;
  }

  /**
   * A server that forbids forwarding, or a socket that isn't there, shows only when a stream is opened. Then docker on
   * the other side may know better.
   */
  async #tryForward(): Promise<void> {
    if (await answers(connect(this.#socket))) return;
    const words = new SshWords();
    if (await answers(this.#dialStdio(words))) {
      this.#forwards = false;
      return;
    }
    throw this.#noEngine([this.#words.lastLine, words.lastLine]);
  }

  #noEngine(said: readonly string[]): EngineError {
    const { path: socket = defaultSocket, hostname } = this.#endpoint;
    const why = said.filter((line) => line !== '').join('; ') || 'closed at once';
    if (/permission denied/i.test(why)) {
      return new EngineError('denied', `No permission to open ${socket} on ${hostname} (${why}).`);
    }
    return new EngineError(
      'unreachable',
      `No engine answers at ${socket} on ${hostname} (${why}). Another socket is named as in ssh://${hostname}/run/user/1000/docker.sock.`,
    );
  }

  #dialStdio(words: SshWords): Duplex {
    const args = ['-T', '-S', this.#control, '-o', 'ControlMaster=no', ...settings, ...destination(this.#endpoint)];
    const child = this.#spawn([...args, dialStdio(this.#endpoint)], 'pipe', words);
    return childStream(child as Parameters<typeof childStream>[0], () => words.failure());
  }
}

/** Where sockets can be made: their path has about a hundred characters, ssh adds some, and it reads signs in it. */
function roomyTmpdir(): string {
  return /^[\w./+-]{1,60}$/.test(tmpdir()) ? tmpdir() : '/tmp';
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
