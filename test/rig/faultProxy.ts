import { once } from 'node:events';
import net from 'node:net';

/** What the proxy does with a new connection, until it is told otherwise. */
export type Fault =
  | { readonly kind: 'none' }
  /** Takes the connection and never says a word. */
  | { readonly kind: 'silent' }
  /** Closes at once. */
  | { readonly kind: 'close' }
  /** Passes so many bytes of what the engine answers, then resets the connection. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Passes every byte on its own. */
  | { readonly kind: 'drip' }
  /** Answers with bytes of its own, whatever is asked, then does `next`. */
  | { readonly kind: 'say'; readonly bytes: string | Buffer; readonly next: 'close' | 'wait' | 'repeat' };

/** A TCP proxy in front of an engine, which can be told to misbehave. */
export interface FaultProxy {
  readonly port: number;
  /** How many connections are open to it now. */
  readonly open: number;
  /** How many it has taken in all, and how many of them have ended. */
  readonly taken: number;
  readonly closed: number;
  /** Bytes that clients sent, as text: requests. */
  readonly requests: string;
  /** What happens to connections from now on; those that are open stay as they are. */
  set(fault: Fault): void;
  /** Resets every open connection. */
  cut(): void;
  /** Goes on holding every open connection but passes nothing any more, either way. */
  freeze(): void;
  /** Sends text, as one HTTP chunk, to the clients that asked for a path which is still being answered. */
  inject(text: string, path: string): void;
  stop(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1, in front of a port of the same address or of a unix socket. */
export async function startFaultProxy(engineAt: number | string): Promise<FaultProxy> {
  let fault: Fault = { kind: 'none' };
  let taken = 0;
  let closed = 0;
  let requests = '';
  const asked = new WeakMap<net.Socket, string>();
  const clients = new Map<net.Socket, net.Socket | undefined>();
  const server = net.createServer({ noDelay: true }, (client) => {
    taken++;
    client.on('error', () => {});
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      requests += text;
      asked.set(client, text);
    });
    clients.set(client, undefined);
    client.once('close', () => {
      clients.get(client)?.destroy();
      clients.delete(client);
      closed++;
    });
    misbehave(client, fault, () => {
      const to = typeof engineAt === 'number' ? { host: '127.0.0.1', port: engineAt } : { path: engineAt };
      const engine = net.connect({ ...to, noDelay: true });
      engine.on('error', () => client.destroy());
      // Without the pipe it stands still, and its end would never be seen.
      engine.once('close', () => client.resume());
      clients.set(client, engine);
      client.pipe(engine);
      return engine;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    get open() {
      return clients.size;
    },
    get taken() {
      return taken;
    },
    get closed() {
      return closed;
    },
    get requests() {
      return requests;
    },
    set: (next) => {
      fault = next;
    },
    cut: () => {
      for (const client of clients.keys()) client.resetAndDestroy();
    },
    freeze: () => {
      for (const [client, engine] of clients) {
        // Read on, so that their ends are seen, and dropped.
        client.unpipe().removeAllListeners('data').resume();
        engine?.unpipe().removeAllListeners('data').resume();
      }
    },
    inject: (text, path) => {
      for (const client of clients.keys()) {
        if (!asked.get(client)?.includes(path)) continue;
        client.write(`${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
      }
    },
    stop: async () => {
      for (const client of clients.keys()) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function misbehave(client: net.Socket, fault: Fault, engine: () => net.Socket): void {
  switch (fault.kind) {
    case 'none':
      engine().pipe(client);
      return;
    case 'silent':
      return;
    case 'close':
      client.destroy();
      return;
    case 'cut': {
      let left = fault.after;
      engine().on('data', (chunk) => {
        client.write(chunk.subarray(0, left), () => {
          left -= chunk.length;
          if (left <= 0) client.resetAndDestroy();
        });
      });
      return;
    }
    case 'drip':
      engine().on('data', (chunk) => {
        for (const byte of chunk) client.write(Buffer.of(byte));
      });
      return;
    case 'say':
      client.once('data', () => say(client, fault));
      return;
  }
}

function say(client: net.Socket, { bytes, next }: Extract<Fault, { kind: 'say' }>): void {
  if (next === 'close') {
    client.end(bytes);
  } else if (next === 'wait') {
    client.write(bytes);
  } else {
    client.write(bytes);
    const more = Buffer.alloc(1 << 16, 'x');
    const go = () => {
      while (!client.destroyed && client.write(more));
    };
    client.on('drain', go);
    go();
  }
}
