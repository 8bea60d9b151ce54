import type { Duplex } from 'node:stream';
import { childStream } from './childStream';
import { EngineError } from './errors';
import { destination, dialStdio, patience, type SshEndpoint } from './sshArguments';
import { notRun, type SshConnection, type SshOptions, spawnSsh } from './sshProcess';
import { SshWords } from './sshWords';

/**
 * An ssh process for each stream, for platforms whose ssh can't carry several. It can't ask the person there either (a
 * batch file that ssh runs could be made to run more by what a server asks), so it is told not to: keys come from an
 * agent or have no passphrase, and hosts are known.
 */
export class SshPerStream implements SshConnection {
  readonly alive = true;
  readonly #endpoint: SshEndpoint;
  readonly #options: SshOptions;
  readonly #words = new SshWords();

  private constructor(endpoint: SshEndpoint, options: SshOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Resolves once a first ssh has been let in. */
  static async start(endpoint: SshEndpoint, options: SshOptions): Promise<SshPerStream> {
    const connection = new SshPerStream(endpoint, options);
    await new Promise<void>((resolve, reject) => {
      const child = connection.#spawn('exit 0', 'ignore');
      child.once('error', (cause) => reject(notRun(cause)));
      child.once('close', (code) => (code === 0 ? resolve() : reject(connection.failure())));
    });
    return connection;
  }

  async dial(signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted();
    const child = this.#spawn(dialStdio(this.#endpoint), 'pipe');
    return childStream(child as Parameters<typeof childStream>[0], () => this.failure());
  }

  failure(): EngineError {
    const failure = this.#words.failure();
    if (failure.kind !== 'denied') return failure;
    return new EngineError(
      'denied',
      `${failure.message} Log in once in a terminal, so that the host is known, and use a key that your agent holds.`,
    );
  }

  /** Nothing outlives a stream here. */
  async close(): Promise<void> {}

  #spawn(command: string, stdin: 'ignore' | 'pipe') {
    const args = ['-T', '-o', 'BatchMode=yes', ...patience, ...destination(this.#endpoint), command];
    return spawnSsh(this.#options, args, stdin, this.#words);
  }
}
