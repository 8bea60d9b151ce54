import type { Dialer } from './dial';
import type { SshEndpoint } from './sshArguments';
import { sshHostname } from './sshHostname';
import { SshMaster } from './sshMaster';
import { SshPerStream } from './sshPerStream';
import type { SshConnection, SshOptions } from './sshProcess';

/**
 * Reaches an engine by the user's own ssh: one process, whose forwarded socket lies in a folder that only this user can
 * enter, carries every stream. Where the server forbids that, each stream is a `docker system dial-stdio` over the same
 * connection. A process that ends is started anew by the next dial. On Windows each stream is such a child with an ssh
 * of its own.
 */
export function sshDialer(endpoint: SshEndpoint, options: SshOptions): Dialer {
  const perStream = options.perStream ?? process.platform === 'win32';
  const start = (): Promise<SshConnection> =>
    perStream
      ? SshPerStream.start(endpoint, options, closed.signal)
      : SshMaster.start(endpoint, options, closed.signal);
  const closed = new AbortController();
  let login: Promise<SshConnection> | undefined;
  let last: SshConnection | undefined;
  let hostname: Promise<string> | undefined;

  const logIn = (before: SshConnection | undefined): Promise<SshConnection> => {
    const next = Promise.resolve(before?.close()).then(start);
    next.then(
      (made) => {
        last = made;
      },
      () => {
        if (login === next) login = undefined;
      },
    );
    return next;
  };
  const connection = async (): Promise<SshConnection> => {
    closed.signal.throwIfAborted();
    const known = login;
    const made = await known;
    if (made?.alive) return made;
    // Only the first of those who find it ended logs in again.
    if (!login || login === known) login = logIn(made);
    return login;
  };
  return {
    prepare: async () => {
      await connection();
    },
    dial: async (signal) => (await connection()).dial(signal),
    explain: async () => last?.explain(),
    hostname: () => {
      hostname ??= sshHostname(endpoint, options);
      return hostname;
    },
    close: async () => {
      closed.abort();
      const known = await login?.catch(() => undefined);
      await known?.close();
    },
  };
}
