import { randomInt } from 'node:crypto';
import net from 'node:net';

/**
 * A TCP port of 127.0.0.1 that nobody listens on now. It is taken from below the range that the system hands to
 * outgoing connections, so that it stays free until it is used.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    if (await isFree(port)) return port;
  }
}

/** Whether nobody listens on the port, on any address. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
