import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import type { Fleet } from '../../src/fleet/fleet';
import { Search } from '../../src/fleet/search';
import { startEngine } from '../rig/engine';
import { engineRequest } from '../rig/engineHttp';
import { startForked } from '../rig/forked';
import { makeImage } from '../rig/image';
import { currentRun } from '../rig/owned';
import { inExtensionHost } from './extensionHost';
import { type Measurement, measured, percentile } from './measure';
import { whileDrawn } from './whileDrawn';

const hosts = 50;
const containers = 1000;

/** Fifty hosts of a thousand containers: answers recorded from a real engine, multiplied and replayed. */
export async function replayed(): Promise<Measurement[]> {
  const recorded = path.join(currentRun().folder, 'recorded.json');
  writeFileSync(recorded, JSON.stringify(await record()));
  const engines = await startForked<number[]>(path.join(__dirname, 'replayedEngines.ts'), [recorded, String(hosts)]);
  try {
    const ports = engines.ready;
    const first = (await inExtensionHost('timeFirstTree', { LONGSHORE_BENCH_PORTS: JSON.stringify(ports) })) as {
      listed: number;
      drawn: number;
    };
    const baseline = await idleCpu();
    collect();
    const heapBefore = process.memoryUsage().heapUsed;
    const { found, heap, idle } = await whileDrawn(ports, async (fleet) => {
      const found = findAll(fleet);
      await delay(3000);
      collect();
      const heap = (process.memoryUsage().heapUsed - heapBefore) / hosts / 2 ** 20;
      return { found, heap, idle: await idleCpu() };
    });
    return [
      measured('fleet.50x1000.listed.ratioToLists', first.listed, '×', { atMost: 1.2 }),
      measured('fleet.50x1000.firstTree.ratioToLists', first.drawn, '×', { atMost: 1.2 }),
      measured('find.50x1000.ms', percentile(found, 95), 'ms', { atMost: 50 }),
      measured('fleet.50x1000.heapPerHost.MB', heap, 'MB', { atMost: 2 }),
      measured('fleet.50x1000.cpuIdle.percent', Math.max(0, idle - baseline), '%', { atMost: 1 }),
    ];
  } finally {
    await engines.stop();
  }
}

/** What queries over the whole fleet take, in ms each. */
function findAll(fleet: Fleet): number[] {
  const search = new Search(fleet);
  const queries = ['c', 'c9', 'c999', ':8080', 'shop', 'web h7', 'c123 h42', 'nothing at all', '0001', 'demo/web', ''];
  return queries.map((query) => {
    const asked = performance.now();
    search.find(query, 100);
    return performance.now() - asked;
  });
}

/** What this process uses of one processor while nothing happens, in percent. */
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

/** What a real engine answers to each list's path, its container a thousand times. */
async function record(): Promise<Readonly<Record<string, string>>> {
  const real = await startEngine();
  try {
    await makeImage(real.unix);
    const client = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    await createContainer(client, { Image: 'demo/web:1.0', Labels: { 'com.docker.compose.project': 'shop', a: 'b' } });
    await client.close();
    const answer = async (address: string) => (await engineRequest(real.unix, 'GET', address)).body;
    const [one] = JSON.parse(await answer('/containers/json?all=1')) as object[];
    const many = Array.from({ length: containers }, (_, index) => ({
      ...one,
      Id: index.toString(16).padStart(64, '0'),
      Names: [`/c${index}`],
    }));
    const others = ['/images/json', '/networks', '/volumes'];
    const answers = await Promise.all(others.map(async (address) => [address, await answer(address)] as const));
    return { '/containers/json': JSON.stringify(many), ...Object.fromEntries(answers) };
  } finally {
    await real.stop();
  }
}
