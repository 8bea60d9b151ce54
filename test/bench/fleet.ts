import { execFileSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { listContainers, removeContainer, renameContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import type { HostConfig } from '../../src/fleet/config';
import type { Fleet } from '../../src/fleet/fleet';
import { startEngine } from '../rig/engine';
import { startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { inExtensionHost } from './extensionHost';
import { startFlooder } from './flooder';
import { fill } from './lists';
import { local, localFleet } from './localFleet';
import { interleave, type Measurement, measured, percentile } from './measure';
import { showTree } from './showTree';

/** A live fleet on a real engine: how soon and at what cost it shows what others do. */
export async function fleetNumbers(): Promise<Measurement[]> {
  const real = await startEngine();
  await makeImage(real.unix);
  const proxy = await startFaultProxy(real.port);
  const client = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
  const requests: string[] = [];
  const fleet = localFleet((line) => requests.push(line), 100);
  try {
    const ids = await fill(client, 300);
    const times = await timeEvents(client, ids[0] ?? '', real.port);
    fleet.configure([local('real', real.port)]);
    fleet.setVisible(true);
    fleet.want('real');
    await fleet.ready('real', AbortSignal.timeout(30_000));
    await delay(200);
    const healthy = await countIn(requests, 60_000);
    const burst = await removeAll(fleet, client, ids, requests);
    fleet.setVisible(false);
    await delay(1000);
    const hidden = await countIn(requests, 60_000);
    const missed = await cutOften(fleet, client, proxy);
    const hang = await besideAHang(client, real.port, proxy);
    return [
      measured('event.toTree.ms', percentile(times, 95), 'ms', { atMost: 5 }),
      measured('burst.300.requests', burst.requests, 'requests', { atMost: 7 }),
      measured('burst.300.treeUpdates', burst.updates, 'updates', { atMost: 20 }),
      measured('healthy.polls', healthy, 'requests in 60 s', { exactly: 0 }),
      measured('hidden.requests', hidden, 'requests in 60 s', { exactly: 0 }),
      measured('reconnect.missed', missed, 'of 100 cuts', { exactly: 0 }),
      measured('hang.otherHosts.ratio', hang, '×', { atMost: 1.1 }),
      measured('flood.otherHosts.ratio', await besideAFlood(real.port), '×', { atMost: 1.1 }),
      measured('reconnect.detect.s', await noticeSilence(real.port), 's', { atMost: 30 }),
    ];
  } finally {
    fleet.dispose();
    await client.close();
    await proxy.stop();
    await real.stop();
  }
}

/** From an event's arrival to its row, in ms, for lone events: this process is the other client whose doing they are. */
async function timeEvents(client: Engine, id: string, port: number): Promise<number[]> {
  const timed = inExtensionHost('timeEvents', { LONGSHORE_BENCH_PORT: String(port) }) as Promise<number[]>;
  let over = false;
  const end = () => {
    over = true;
  };
  timed.then(end, end);
  // The first in its group, whatever the others are called: its row stays where it is.
  for (let i = 0; !over; i++) {
    await renameContainer(client, id, `0${i}`);
    await delay(300);
  }
  return timed;
}

async function countIn(requests: readonly string[], milliseconds: number): Promise<number> {
  const before = requests.length;
  await delay(milliseconds);
  return requests.length - before;
}

/** What it costs that 300 containers go at once: requests, and redraws of the tree. */
async function removeAll(
  fleet: Fleet,
  client: Engine,
  ids: readonly string[],
  requests: readonly string[],
): Promise<{ requests: number; updates: number }> {
  let updates = 0;
  const tree = showTree(fleet, () => updates++);
  const before = requests.length;
  try {
    await Promise.all(ids.map((id) => removeContainer(client, id, { force: true })));
    const { containers } = fleet.hosts.get('real')?.lists ?? {};
    while ((containers?.items.size ?? 0) > 0) await delay(10);
    await delay(500);
    return { requests: requests.length - before, updates };
  } finally {
    tree.hide();
  }
}

/** Cuts the connection a hundred times while another client works; then what the fleet knows must be the truth. */
async function cutOften(fleet: Fleet, client: Engine, proxy: { port: number; cut(): void }): Promise<number> {
  fleet.configure([local('cut', proxy.port)]);
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
  const fleet = localFleet();
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
  fleet.configure([local('lost', port)]);
  try {
    fleet.setVisible(true);
    fleet.want('lost');
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

/** Getting a host ready in a fleet of which another one hangs, against in the same fleet without that one. */
async function besideAHang(
  client: Engine,
  port: number,
  proxy: { port: number; set(fault: { kind: 'silent' }): void },
): Promise<number> {
  await fill(client, 100);
  proxy.set({ kind: 'silent' });
  const healthy = local('healthy', port);
  const getReady = async (configs: readonly HostConfig[]) => {
    const fleet = localFleet();
    try {
      fleet.configure(configs);
      fleet.setVisible(true);
      fleet.want('hanging');
      // By then it waits for its answer.
      await delay(30);
      return await timeToReady(fleet, 'healthy');
    } finally {
      fleet.dispose();
    }
  };
  const times = await interleave(60, {
    alone: () => getReady([healthy]),
    beside: () => getReady([local('hanging', proxy.port), healthy]),
  });
  return times.ratio('beside', 'alone');
}

/** Getting a host ready in a fleet of which another one sends 10 000 events a second, against while that one is quiet. */
async function besideAFlood(port: number): Promise<number> {
  const flooder = await startFlooder();
  const fleet = localFleet();
  const rounds = 60;
  let taken = 0;
  fleet.onDidChange(({ what }) => {
    if (what === 'event') taken++;
  });
  const tree = showTree(fleet);
  const getReady = async (perSecond: number) => {
    flooder.flood(perSecond);
    let last = taken;
    await delay(300);
    // What it sent before is no part of its quiet time.
    while (perSecond === 0 && taken > last) {
      last = taken;
      await delay(100);
    }
    fleet.hosts.get('healthy')?.reset();
    return timeToReady(fleet, 'healthy');
  };
  try {
    fleet.configure([local('flooding', flooder.port), local('healthy', port)]);
    fleet.setVisible(true);
    for (const name of fleet.hosts.keys()) await fleet.ready(name, AbortSignal.timeout(10_000));
    const times = await interleave(rounds, { alone: () => getReady(0), beside: () => getReady(10_000) });
    if (taken < rounds * 2000) throw new Error(`only ${taken} events came`);
    return times.ratio('beside', 'alone');
  } finally {
    tree.hide();
    fleet.dispose();
    await flooder.stop();
  }
}

/** From no connection to the containers listed, in ms. */
async function timeToReady(fleet: Fleet, name: string): Promise<number> {
  const started = performance.now();
  await fleet.ready(name, AbortSignal.timeout(30_000));
  return performance.now() - started;
}
