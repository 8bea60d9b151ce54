import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** An engine in this process that has just what a test puts there, and tells only what it is made to tell. */
export interface StandIn {
  readonly port: number;
  /** `GET /containers/json`, as they came: without version and query. */
  readonly requests: readonly string[];
  /** How many connections it has taken. */
  readonly connections: number;
  /** States of containers by id, as its lists tell them. */
  readonly containers: Map<string, string>;
  /** Sends an event of a container. */
  tell(action: string, id: string): void;
  /** Completes the pulls, which go on until then. */
  endPulls(): void;
  stop(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1. */
export async function startStandIn(): Promise<StandIn> {
  const requests: string[] = [];
  const containers = new Map<string, string>();
  const subscribers = new Set<http.ServerResponse>();
  const pulls = new Set<http.ServerResponse>();
  const server = http.createServer((request, response) => {
    const path = (request.url ?? '').replace(/^\/v1\.43|\?.*/g, '');
    requests.push(`${request.method} ${path}`);
    response.setHeader('Api-Version', '1.43').setHeader('Content-Type', 'application/json');
    switch (path) {
      case '/events':
        response.flushHeaders();
        subscribers.add(response);
        response.once('close', () => subscribers.delete(response));
        break;
      case '/images/create':
        response.write('{"status":"Pulling from library/x","id":"latest"}\n');
        pulls.add(response);
        break;
      case '/containers/json':
        response.end(JSON.stringify([...containers].map(([Id, State]) => ({ Id, State, Names: [`/${Id}`] }))));
        break;
      case '/volumes':
        response.end('{}');
        break;
      default:
        response.end('[]');
    }
  });
  let connections = 0;
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  let nano = 1_795_233_024_000_000_000n;
  return {
    port: (server.address() as AddressInfo).port,
    requests,
    get connections() {
      return connections;
    },
    containers,
    tell: (Action, ID) => {
      const event = { Type: 'container', Action, Actor: { ID } };
      nano += 1_000_000n;
      const line = JSON.stringify(event).replace(/}$/, `,"timeNano":${nano}}\n`);
      for (const response of subscribers) response.write(line);
    },
    endPulls: () => {
      for (const response of pulls) response.end('{"status":"Status: Image is up to date for x"}\n');
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
