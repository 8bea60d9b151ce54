import type { Duplex } from 'node:stream';
import { childStream } from './childStream';
import { EngineError } from './errors';
import { destination, dialStdio, type SshEndpoint, settings } from './sshArguments';
import { ended, patientLogin, type SshConnection, type SshOptions, spawnSsh, tooLate } from './sshProcess';
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

  private constructor(endpoint: SshEndpoint, options: SshOptions) {
    this.#endpoint = endpoint;
    this.#options = options;
  }

  /** Resolves once a first ssh has been let in; the signal ends it. */
  static async start(endpoint: SshEndpoint, options: SshOptions, signal: AbortSignal): Promise<SshPerStream> {
    const connection = new SshPerStream(endpoint, options);
    const words = new SshWords();
    const child = connection.#spawn('exit 0', 'ignore', words);
    const { loginTimeout = patientLogin } = options;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(loginTimeout)]);
    const stop = () => child.kill();
    limit.addEventListener('abort', stop);
    const code = await ended(child);
    limit.removeEventListener('abort', stop);
    signal.throwIfAborted();
    if (limit.aborted) throw tooLate(loginTimeout, words);
    if (code !== 0) throw failure(words);
    return connection;
  }

  async dial(signal: AbortSignal): Promise<Duplex> {
    signal.throwIfAborted();
    const words = new SshWords();
    const child = this.#spawn(dialStdio(this.#endpoint), 'pipe', words);
    return childStream(child as Parameters<typeof childStream>[0], () => failure(words));
  }

  /** Each stream ends with the words of its own ssh. */
  async explain(): Promise<undefined> {}

  /** Nothing outlives a stream here. */
  async close(): Promise<void> {}

  #spawn(command: string, stdin: 'ignore' | 'pipe', words: SshWords) {
    const args = ['-T', '-o', 'BatchMode=yes', ...settings, ...destination(this.#endpoint), command];
    return spawnSsh(this.#options, args, stdin, words);
  }
}

function failure(words: SshWords): EngineError {
  const failure = words.failure();
  if (failure.kind !== 'denied') return failure;
  return new EngineError(
    'denied',
    `${failure.message} Log in once in a terminal, so that the host is known, and use a key that your agent holds.`,
    { needsPerson: true },
  );
}
