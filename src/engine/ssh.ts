import type { Dialer } from './dial';
import type { SshEndpoint } from './sshArguments';
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
  const start: (endpoint: SshEndpoint, options: SshOptions) => Promise<SshConnection> = perStream
    ? SshPerStream.start
    : SshMaster.start;
  let starting: Promise<SshConnection> | undefined;
  let last: SshConnection | undefined;
  const connection = async (): Promise<SshConnection> => {
    const known = await starting?.catch(() => undefined);
    if (known?.alive) return known;
    if (!starting || known) {
      const next = known ? known.close().then(() => start(endpoint, options)) : start(endpoint, options);
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
