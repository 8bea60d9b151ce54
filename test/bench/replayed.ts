import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createContainer, listContainers } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import type { Fleet } from '../../src/fleet/fleet';
import { Search } from '../../src/fleet/search';
import type { TreeModel } from '../../src/views/treeModel';
import { startEngine } from '../rig/engine';
import { engineRequest } from '../rig/engineHttp';
import { startForked } from '../rig/forked';
import { makeImage } from '../rig/image';
import { currentRun } from '../rig/owned';
import { local, localFleet } from './localFleet';
import { interleave, type Measurement, measured, percentile } from './measure';
import { showTree } from './showTree';

const hosts = 50;
const containers = 1000;

/** Fifty hosts of a thousand containers: answers recorded from a real engine, multiplied and replayed. */
export async function replayed(): Promise<Measurement[]> {
  const recorded = path.join(currentRun().folder, 'recorded.json');
  writeFileSync(recorded, JSON.stringify(await record()));
  const engines = await startForked<number[]>(path.join(__dirname, 'replayedEngines.ts'), [recorded, String(hosts)]);
  try {
    const ports = engines.ready;
    const first = await interleave(9, { alone: () => slowestAlone(ports), fleet: () => firstTree(ports) });
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
      measured('fleet.50x1000.firstTree.ratioToLists', first.ratio('fleet', 'alone'), '×', { atMost: 1.2 }),
      measured('find.50x1000.ms', percentile(found, 95), 'ms', { atMost: 50 }),
      measured('fleet.50x1000.heapPerHost.MB', heap, 'MB', { atMost: 2 }),
      measured('fleet.50x1000.cpuIdle.percent', Math.max(0, idle - baseline), '%', { atMost: 1 }),
    ];
  } finally {
    await engines.stop();
  }
}

/** Looks at all hosts until the containers of each are drawn, to the end of the first page, and until `use` is done. */
async function whileDrawn<T>(
  ports: readonly number[],
  use: (fleet: Fleet, model: TreeModel) => T | Promise<T>,
): Promise<T> {
  const fleet = localFleet();
  fleet.configure(ports.map((port, index) => local(`h${index}`, port)));
  let drawn = () => {};
  const tree = showTree(fleet, () => drawn());
  try {
    fleet.setVisible(true);
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('Not all hosts were drawn')), 60_000);
      drawn = () => {
        if (![...fleet.hosts.values()].every(({ lists }) => lists.containers.known)) return;
        clearTimeout(late);
        resolve();
      };
    });
    return await use(fleet, tree.model);
  } finally {
    tree.hide();
    fleet.dispose();
  }
}

/** From nothing to the containers of all hosts drawn, in ms. */
function firstTree(ports: readonly number[]): Promise<number> {
  const started = performance.now();
  return whileDrawn(ports, (_fleet, model) => {
    const took = performance.now() - started;
    const drawn = new Set(model.openContainers(new Set()).map(({ host }) => host));
    if (drawn.size < hosts) throw new Error(`Only ${drawn.size} hosts were drawn`);
    return took;
  });
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

/** The same lists, all at once, without a fleet: the replay, a process of its own, shares this machine's cores. */
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
