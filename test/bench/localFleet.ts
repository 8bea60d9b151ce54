import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { Turns } from '../../src/engine/turns';
import type { HostConfig } from '../../src/fleet/config';
import { Fleet } from '../../src/fleet/fleet';

/** A fleet of hosts on ports of 127.0.0.1; `log` gets a line for each request. */
export function localFleet(log = (_line: string) => {}, linger?: number): Fleet {
  const turns = new Turns();
  return new Fleet(
    ({ endpoint }) =>
      new Engine(socketDialer({ host: '127.0.0.1', port: Number(new URL(endpoint).port) }), { log, turns }),
    () => {},
    linger,
  );
}

/** A host of such a fleet. */
export function local(name: string, port: number): HostConfig {
  return { name, endpoint: `tcp://127.0.0.1:${port}`, access: 'full' };
}
