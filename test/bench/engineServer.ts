import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Answers as an engine does on a free port of 127.0.0.1, which it gives, until this process ends. `answer` gets the
 * address asked for, without the API's version; `follow` gets the answers to `/events`, which stay open.
 */
export async function serveEngine(
  answer: (asked: URL) => string,
  follow = (_events: http.ServerResponse) => {},
): Promise<number> {
  const server = http.createServer((request, response) => {
    response.setHeader('Api-Version', '1.41');
    response.setHeader('Content-Type', 'application/json');
    const asked = new URL((request.url ?? '').replace(/^\/v1\.\d+/, ''), 'http://engine');
    if (asked.pathname === '/events') {
      response.flushHeaders();
      follow(response);
    } else response.end(asked.pathname === '/_ping' ? 'OK' : answer(asked));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
