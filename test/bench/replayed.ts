import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createContainer, listContainers } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import type { HostConfig } from '../../src/fleet/config';
import { Fleet } from '../../src/fleet/fleet';
import { Search } from '../../src/fleet/search';
import { startEngine } from '../rig/engine';
import { engineRequest } from '../rig/engineHttp';
import { makeImage } from '../rig/image';
import { interleave, type Measurement, measured, percentile } from './measure';

const hosts = 50;
const containers = 1000;

/** Fifty hosts of a thousand containers: answers recorded from a real engine, multiplied and replayed. */
export async function replayed(): Promise<Measurement[]> {
  const lists = await record();
  const servers = await Promise.all(Array.from({ length: hosts }, () => replay(lists)));
  const fleet = makeFleet();
  try {
    const ports = servers.map(({ port }) => port);
    const first = await interleave(9, { alone: () => slowestAlone(ports), fleet: () => firstTree(ports) });
    collect();
    const baseline = await idleCpu();
    const heapBefore = process.memoryUsage().heapUsed;
    fleet.configure(configs(ports));
    await show(fleet);
    const search = new Search(fleet);
    const found: number[] = [];
    for (const query of [
      'c',
      'c9',
      'c999',
      ':8080',
      'shop',
      'web h7',
      'c123 h42',
      'nothing at all',
      '0001',
      'demo/web',
      '',
    ]) {
      const asked = performance.now();
      search.find(query, 100);
      found.push(performance.now() - asked);
    }
    await delay(3000);
    collect();
    const heap = (process.memoryUsage().heapUsed - heapBefore) / hosts / 2 ** 20;
    const idle = await idleCpu();
    return [
      measured('fleet.50x1000.firstTree.ratioToLists', first.ratio('fleet', 'alone'), '×', { atMost: 1.2 }),
      measured('find.50x1000.ms', percentile(found, 95), 'ms', { atMost: 50 }),
      measured('fleet.50x1000.heapPerHost.MB', heap, 'MB', { atMost: 2 }),
      measured('fleet.50x1000.cpuIdle.percent', Math.max(0, idle - baseline), '%', { atMost: 1 }),
    ];
  } finally {
    fleet.dispose();
    for (const { stop } of servers) await stop();
  }
}

function makeFleet(): Fleet {
  return new Fleet(
    ({ endpoint }) => new Engine(socketDialer({ host: '127.0.0.1', port: Number(endpoint) })),
    () => {},
  );
}

function configs(ports: readonly number[]): HostConfig[] {
  return ports.map((port, index) => ({ name: `h${index}`, endpoint: String(port), access: 'full' }));
}

/** Looks at all hosts until the containers of each are there. */
async function show(fleet: Fleet): Promise<void> {
  fleet.setVisible(true);
  for (const name of fleet.hosts.keys()) fleet.want(name);
  await Promise.all([...fleet.hosts.keys()].map((name) => fleet.ready(name, AbortSignal.timeout(60_000))));
}

/** From nothing to all containers, in ms. */
async function firstTree(ports: readonly number[]): Promise<number> {
  const fleet = makeFleet();
  fleet.configure(configs(ports));
  const started = performance.now();
  await show(fleet);
  const took = performance.now() - started;
  fleet.dispose();
  return took;
}

/** What this process uses of one processor while nothing happens, in percent: the replay is in it, too. */
async function idleCpu(): Promise<number> {
  const before = process.cpuUsage();
  await delay(10_000);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) / 10_000_000) * 100;
}

/** Collects garbage now, which Node does for who asks by a flag. */
function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

/** The same lists, all at once, without a fleet: all hosts share this machine's two cores with the replay. */
async function slowestAlone(ports: readonly number[]): Promise<number> {
  const engines = ports.map((port) => new Engine(socketDialer({ host: '127.0.0.1', port })));
  const started = performance.now();
  await Promise.all(
    engines.map(async (engine) => {
      await listContainers(engine);
    }),
  );
  const took = performance.now() - started;
  await Promise.all(engines.map((engine) => engine.close()));
  return took;
}

async function record(): Promise<ReadonlyMap<string, string>> {
  const real = await startEngine();
  try {
    await makeImage(real.unix);
    const client = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    await createContainer(client, { Image: 'demo/web:1.0', Labels: { 'com.docker.compose.project': 'shop', a: 'b' } });
    await client.close();
    const paths = ['/containers/json?all=1', '/images/json', '/networks', '/volumes'];
    const answers = await Promise.all(
      paths.map(async (path) => [path, (await engineRequest(real.unix, 'GET', path)).body] as const),
    );
    const lists = new Map(answers);
    const [one] = JSON.parse(lists.get('/containers/json?all=1') ?? '[]') as { Id: string; Names: string[] }[];
    const many = Array.from({ length: containers }, (_, index) => ({
      ...one,
      Id: index.toString(16).padStart(64, '0'),
      Names: [`/c${index}`],
    }));
    return lists.set('/containers/json?all=1', JSON.stringify(many));
  } finally {
    await real.stop();
  }
}

async function replay(lists: ReadonlyMap<string, string>): Promise<{ port: number; stop(): Promise<void> }> {
  const server = http.createServer((request, response) => {
    response.setHeader('Api-Version', '1.41');
    response.setHeader('Content-Type', 'application/json');
    const path = (request.url ?? '').replace(/^\/v1\.\d+/, '');
    if (path.startsWith('/events')) response.flushHeaders();
    else response.end(path === '/_ping' ? 'OK' : (lists.get(path) ?? '[]'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
