import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { listContainers, removeContainer, renameContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { Fleet } from '../../src/fleet/fleet';
import { Incidents } from '../../src/fleet/incidents';
import type { TreeOptions } from '../../src/fleet/treeOptions';
import type { Node } from '../../src/views/node';
import { TreeModel } from '../../src/views/treeModel';
import { startEngine } from '../rig/engine';
import { startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { fill } from './lists';
import { interleave, type Measurement, measured, percentile } from './measure';

const treeOptions: TreeOptions = {
  groupBy: 'compose',
  groupLabel: '',
  sortBy: 'name',
  showStopped: true,
  filter: '',
  hidden: new Set(),
};

/** A live fleet on a real engine: how soon and at what cost it shows what others do. */
export async function fleetNumbers(): Promise<Measurement[]> {
  const real = await startEngine();
  await makeImage(real.unix);
  const proxy = await startFaultProxy(real.port);
  const client = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
  const requests: string[] = [];
  const at = (port: number) =>
    new Engine(socketDialer({ host: '127.0.0.1', port }), { log: (line) => requests.push(line) });
  const fleet = new Fleet(
    ({ endpoint }) => at(Number(endpoint)),
    () => {},
    100,
  );
  try {
    const ids = await fill(client, 300);
    fleet.configure([{ name: 'real', endpoint: String(real.port), access: 'full' }]);
    fleet.setVisible(true);
    fleet.want('real');
    await fleet.ready('real', AbortSignal.timeout(30_000));
    await delay(200);
    const healthy = await countIn(requests, 60_000);
    const eventToTree = await timeEvents(fleet, client, ids[0] ?? '');
    const burst = await removeAll(fleet, client, ids, requests);
    fleet.setVisible(false);
    await delay(1000);
    const hidden = await countIn(requests, 60_000);
    const missed = await cutOften(fleet, client, proxy);
    const hang = await besideAHang(client, real.port, proxy);
    return [
      measured('event.toTree.ms', eventToTree, 'ms', { atMost: 5 }),
      measured('burst.300.requests', burst.requests, 'requests', { atMost: 7 }),
      measured('burst.300.treeUpdates', burst.changes, 'updates', { atMost: 20 }),
      measured('healthy.polls', healthy, 'requests in 60 s', { exactly: 0 }),
      measured('hidden.requests', hidden, 'requests in 60 s', { exactly: 0 }),
      measured('reconnect.missed', missed, 'of 100 cuts', { exactly: 0 }),
      measured('hang.otherHosts.ratio', hang, '×', { atMost: 1.1 }),
      measured('reconnect.detect.s', await noticeSilence(real.port), 's', { atMost: 30 }),
    ];
  } finally {
    fleet.dispose();
    await client.close();
    await proxy.stop();
    await real.stop();
  }
}

async function countIn(requests: readonly string[], milliseconds: number): Promise<number> {
  const before = requests.length;
  await delay(milliseconds);
  return requests.length - before;
}

/** From an event's arrival, past the one request that it costs, to the row that the tree is told to draw again (p95). */
async function timeEvents(fleet: Fleet, client: Engine, id: string): Promise<number> {
  const times: number[] = [];
  const model = new TreeModel(fleet, new Incidents(), () => treeOptions);
  const draw = (node?: Node) => {
    for (const child of model.children(node)) {
      model.row(child);
      draw(child);
    }
  };
  draw();
  for (let i = 0; i < 60; i++) {
    let arrived = Number.NaN;
    const shown = new Promise<number>((resolve) => {
      const off = fleet.onDidChange((change) => {
        if (change.what === 'event') arrived = performance.now();
        const touched = model.touched(change) ?? [];
        if (change.what === 'items' && touched.some((node) => node.key.endsWith(id) || node.type === 'group')) {
          off();
          for (const node of touched) model.children(node);
          resolve(performance.now() - arrived);
        }
      });
    });
    await renameContainer(client, id, `renamed${i}`);
    times.push(await shown);
    await delay(80);
  }
  return percentile(times, 95);
}

async function removeAll(
  fleet: Fleet,
  client: Engine,
  ids: readonly string[],
  requests: readonly string[],
): Promise<{ requests: number; changes: number }> {
  let changes = 0;
  const off = fleet.onDidChange(({ what }) => {
    if (what === 'items') changes++;
  });
  const before = requests.length;
  const left = [...ids];
  const remover = async () => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) await removeContainer(client, id, { force: true });
  };
  await Promise.all(Array.from({ length: 8 }, remover));
  const { containers } = fleet.hosts.get('real')?.lists ?? {};
  while ((containers?.items.size ?? 0) > 0) await delay(10);
  await delay(200);
  off();
  return { requests: requests.length - before, changes };
}

/** Cuts the connection a hundred times while another client works; then what the fleet knows must be the truth. */
async function cutOften(fleet: Fleet, client: Engine, proxy: { port: number; cut(): void }): Promise<number> {
  fleet.configure([{ name: 'cut', endpoint: String(proxy.port), access: 'full' }]);
  fleet.setVisible(true);
  fleet.want('cut');
  let missed = 0;
  for (let i = 0; i < 100; i++) {
    const host = await waitReady(fleet);
    const [id] = await fill(client, 1);
    proxy.cut();
    await removeContainer(client, id ?? '', { force: true });
    await fill(client, 1);
    while (host.state.kind === 'ready') await delay(1);
    host.retry();
    await waitReady(fleet);
    await delay(60);
    const truth = (await listContainers(client)).map(({ id }) => id).sort();
    if (truth.join() !== [...host.lists.containers.items.keys()].sort().join()) missed++;
    for (const id of truth) await removeContainer(client, id, { force: true });
  }
  return missed;
}

async function waitReady(fleet: Fleet) {
  const host = fleet.hosts.get('cut');
  if (!host) throw new Error('no host');
  while (host.state.kind !== 'ready') {
    if (host.state.kind === 'failed') host.retry();
    await delay(5);
  }
  return host;
}

/** How long a peer that has vanished (its packets are dropped) goes unnoticed, by a client that asks nothing. */
async function noticeSilence(port: number): Promise<number> {
  const fleet = new Fleet(
    () => new Engine(socketDialer({ host: '127.0.0.1', port })),
    () => {},
  );
  const rules = ['--dport', '--sport'].map((side) => [
    'INPUT',
    '-i',
    'lo',
    '-p',
    'tcp',
    side,
    String(port),
    '-j',
    'DROP',
  ]);
  fleet.configure([{ name: 'lost', endpoint: 'x', access: 'full' }]);
  try {
    fleet.setVisible(true);
    const host = await fleet.ready('lost', AbortSignal.timeout(10_000));
    for (const rule of rules) execFileSync('iptables', ['-I', ...rule]);
    const started = performance.now();
    while (host.state.kind === 'ready' && performance.now() - started < 60_000) await delay(20);
    return (performance.now() - started) / 1000;
  } finally {
    for (const rule of rules) execFileSync('iptables', ['-D', ...rule], { stdio: 'ignore' });
    fleet.dispose();
  }
}

/** Listing a healthy engine while requests to a silent one hang, against alone. */
async function besideAHang(
  client: Engine,
  port: number,
  proxy: { port: number; set(fault: { kind: 'silent' }): void },
): Promise<number> {
  await fill(client, 100);
  proxy.set({ kind: 'silent' });
  const healthy = new Engine(socketDialer({ host: '127.0.0.1', port }));
  const list = () => listContainers(healthy);
  const times = await interleave(25, {
    alone: list,
    beside: async () => {
      const hanging = new Engine(socketDialer({ host: '127.0.0.1', port: proxy.port }));
      const lost = listContainers(hanging).catch(() => {});
      await delay(5);
      const started = performance.now();
      await list();
      besides.push(performance.now() - started);
      await hanging.close();
      await lost;
    },
  });
  await healthy.close();
  return percentile(besides.splice(0), 50) / times.alone;
}

const besides: number[] = [];
