import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { EngineError } from './errors';

/** A way to reach one engine. Everything above it sees only byte streams. */
export interface Dialer {
  /**
   * Makes what every dial needs (an ssh process, a key that is encrypted), once; where it has been made already it
   * resolves at once. It may ask the person, so no deadline of a request counts while it lasts.
   */
  prepare?(): Promise<void>;
  /** A fresh, connected byte stream; rejects with an EngineError, or with the signal's reason once it aborts. */
  dial(signal: AbortSignal): Promise<Duplex>;
  /** Why a stream was closed, where the dialer knows more than the stream could tell. */
  explain?(): Promise<EngineError | undefined>;
  /** The machine at the far end, where the endpoint's name for it may be one that only this way knows. */
  hostname?(): Promise<string>;
  /** Ends what outlives a single stream (an ssh process, say). Streams already handed out are their owner's. */
  close(): Promise<void>;
}

/** Idle time before TCP probes a silent peer, in ms: a dead one is noticed within 30 s. */
export const keepAliveDelay = 15_000;

/** Dials a socket: a path (unix socket, named pipe) or a TCP address. */
export function socketDialer(address: { path: string } | { host: string; port: number }): Dialer {
  return {
    dial: (signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const socket = connect({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay });
        const settle = (act: () => void) => {
          signal.removeEventListener('abort', onAbort);
          socket.removeAllListeners();
          act();
        };
        const onAbort = () => settle(() => reject(socket.destroy() && signal.reason));
        signal.addEventListener('abort', onAbort, { once: true });
        socket.once('connect', () => settle(() => resolve(socket)));
        socket.once('error', (error: NodeJS.ErrnoException) => settle(() => reject(dialError(error, address))));
      }),
    close: async () => {},
  };
}

/** The sentence for a socket that would not connect. */
export function dialError(
  error: NodeJS.ErrnoException,
  address: { path: string } | { host: string; port: number },
): EngineError {
  const where = 'path' in address ? address.path : `${address.host}:${address.port}`;
  const say = (kind: 'unreachable' | 'denied', text: string) => new EngineError(kind, text, { cause: error });
  switch (error.code) {
    case 'ECONNREFUSED':
      return say('unreachable', `Nothing listens at ${where} (connection refused).`);
    case 'ENOENT':
      return say('unreachable', `There is no socket at ${where}; is the engine running?`);
    case 'EACCES':
    case 'EPERM':
      return say('denied', `No permission to open ${where}; is your user in the group that owns it?`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return say('unreachable', `The name ${where} can't be resolved.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return say('unreachable', `No route to ${where}.`);
    case 'ETIMEDOUT':
      return say('unreachable', `${where} does not answer.`);
    default:
      return say('unreachable', `Can't connect to ${where}: ${error.code ?? error.message}.`);
  }
}
