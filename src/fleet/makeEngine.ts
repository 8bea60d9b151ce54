import { socketDialer } from '../engine/dial';
import { parseEndpoint } from '../engine/endpoint';
import { Engine } from '../engine/http';
import { bracketed } from '../engine/ports';
import type { HostConfig } from './config';
import { type Approve, guard } from './guard';

/** The client of a host, as its settings say. Connects at its first request. */
export function makeEngine(config: HostConfig, approve: Approve, log: (line: string) => void): Engine {
  const endpoint = parseEndpoint(config.endpoint);
  const options = { guard: guard(config, approve), log };
  switch (endpoint.scheme) {
    case 'unix':
    case 'npipe':
      return new Engine(socketDialer({ path: endpoint.path }), options);
    case 'tcp': {
      const { hostname, port, basePath } = endpoint;
      const authority = `${bracketed(hostname)}:${port}`;
      return new Engine(socketDialer({ host: hostname, port }), { ...options, authority, basePath });
    }
    case 'ssh':
      throw new Error('ssh');
  }
}
