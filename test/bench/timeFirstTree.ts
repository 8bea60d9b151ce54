import { listContainers } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { calm, handBack } from './insideHost';
import { local, localFleet } from './localFleet';
import { interleave } from './measure';
import { whileDrawn } from './whileDrawn';

/**
 * Called by the extension host: times the hosts at LONGSHORE_BENCH_PORTS from nothing to all of them listed, and to all
 * of them drawn, each against the same lists without a fleet.
 */
export async function run(): Promise<void> {
  const ports = JSON.parse(process.env.LONGSHORE_BENCH_PORTS ?? '[]') as number[];
  await calm();
  const times = await interleave(9, {
    alone: () => slowestAlone(ports),
    listed: () => allListed(ports),
    drawn: () => allDrawn(ports),
  });
  handBack({ listed: times.ratio('listed', 'alone'), drawn: times.ratio('drawn', 'alone') });
}

/** The lists, all at once, until the slowest is there: the replay, a process of its own, shares this machine's cores. */
async function slowestAlone(ports: readonly number[]): Promise<number> {
  const engines = ports.map((port) => new Engine(socketDialer({ host: '127.0.0.1', port })));
  const started = performance.now();
  await Promise.all(engines.map((engine) => listContainers(engine)));
  const took = performance.now() - started;
  await Promise.all(engines.map((engine) => engine.close()));
  return took;
}

async function allListed(ports: readonly number[]): Promise<number> {
  const fleet = localFleet();
  fleet.configure(ports.map((port, index) => local(`h${index}`, port)));
  const started = performance.now();
  await Promise.all([...fleet.hosts.keys()].map((name) => fleet.ready(name, AbortSignal.timeout(60_000))));
  const took = performance.now() - started;
  fleet.dispose();
  return took;
}

function allDrawn(ports: readonly number[]): Promise<number> {
  const started = performance.now();
  return whileDrawn(ports, () => performance.now() - started);
}
