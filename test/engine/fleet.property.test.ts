import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { inspectContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { EngineError } from '../../src/engine/errors';
import { Engine } from '../../src/engine/http';
import { Fleet } from '../../src/fleet/fleet';
import type { Host } from '../../src/fleet/host';
import { kinds, type Lists, makeLists } from '../../src/fleet/lists';
import { type EngineVersion, type Engine as RealEngine, startEngine } from '../rig/engine';
import { type FaultProxy, startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { RandomClients } from '../rig/randomClients';
import { type Registry, startRegistry } from '../rig/registry';

/** How long other clients work on the engine; LONGSHORE_PROPERTY_SECONDS for longer runs. */
const seconds = Number(process.env.LONGSHORE_PROPERTY_SECONDS ?? 60);
const seed = Number(process.env.LONGSHORE_PROPERTY_SEED ?? Date.now() % 1_000_000);

for (const version of ['20.10', '28.5'] as const) property(version, version === '20.10' ? seconds : seconds / 3);

function property(version: EngineVersion, seconds: number): void {
  describe(`the fleet on a busy ${version} engine`, function () {
    this.timeout((seconds + 120) * 1000);
    let real: RealEngine;
    let registry: Registry;
    let proxy: FaultProxy;
    let fleet: Fleet;

    before(async () => {
      real = await startEngine({ version });
      registry = await startRegistry();
      await makeImage(real.unix);
      proxy = await startFaultProxy(real.port);
      fleet = new Fleet(
        () => new Engine(socketDialer({ host: '127.0.0.1', port: proxy.port })),
        () => {},
      );
      // Somebody impatient: what is tried here is that nothing is missed, not how long the pauses grow.
      fleet.onDidChange((change) => {
        if (change.what === 'state' && change.host.state.kind === 'failed') setTimeout(() => change.host.retry(), 20);
      });
    });
    after(async () => {
      fleet.dispose();
      await proxy.stop();
      await registry.stop();
      await real.stop();
    });

    it(`equals a fresh list of every kind whenever all is quiet (${seconds} s, seed ${seed})`, async () => {
      const image = await registry.push(real.unix, 'demo/web:1.0', 'demo/web:2.0');
      fleet.configure([{ name: 'busy', endpoint: proxy.port.toString(), access: 'full' }]);
      fleet.setVisible(true);
      fleet.want('busy');
      const host = await fleet.ready('busy', AbortSignal.timeout(10_000));
      const clients = new RandomClients(real, image, seed);
      const end = Date.now() + seconds * 1000;
      let cuts = 0;
      while (Date.now() < end) {
        const cutting = cutAtRandom(() => {
          proxy.cut();
          cuts++;
        });
        await clients.work(Math.min(5000, end - Date.now())).finally(cutting.stop);
        const ghosts = await settled(host, real, `after ${clients.done} operations, ${cuts} cuts`);
        for (const kind of kinds) {
          const wrong = (await host.lists[kind].reconcile()).filter((id) => !ghosts.has(id));
          assert.deepEqual(wrong, [], `corrections of ${kind}`);
        }
      }
      assert.equal(host.corrections, 0);
      assert.ok(clients.done > seconds * 5, `only ${clients.done} operations`);
      assert.ok(cuts >= Math.floor(seconds / 10), `only ${cuts} cuts`);
      console.log(`      ${clients.done} operations (${clients.refused} refused by the engine), ${cuts} cuts`);
      await clients.cleanUp();
    });
  });
}

function cutAtRandom(cut: () => void): { stop(): Promise<void> } {
  const end = new AbortController();
  const running = (async () => {
    while (!end.signal.aborted) {
      await delay(500 + Math.random() * 3000, undefined, { signal: end.signal }).catch(() => {});
      if (!end.signal.aborted) cut();
    }
  })();
  return {
    stop: () => {
      end.abort();
      return running;
    },
  };
}

/**
 * Waits until what the fleet knows is what a new client lists, and fails with the differences after 15 s. Ghosts may be
 * in either; their ids are what it resolves to.
 */
async function settled(host: Host, real: RealEngine, when: string): Promise<ReadonlySet<string>> {
  const engine = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
  try {
    for (let tries = 0; ; tries++) {
      const fresh = await listed(engine);
      const ghosts = await ghostsOf(engine, fresh);
      const wrong =
        host.state.kind === 'ready'
          ? kinds.flatMap((kind) => differences(host, fresh, kind, ghosts))
          : [`not ready: ${inspect(host.state)}`];
      if (wrong.length === 0) return ghosts;
      assert.ok(tries < 75, `${when}: ${wrong.slice(0, 5).join('\n')}`);
      await delay(200);
    }
  } finally {
    await engine.close();
  }
}

/**
 * Containers that the engine goes on listing after it has removed them and told so: one that ends while it is removed
 * can get back into what lists are made of, and stays there until the engine starts anew. Nothing else knows it.
 */
async function ghostsOf(engine: Engine, { containers }: Lists): Promise<ReadonlySet<string>> {
  const ghosts = new Set<string>();
  for (const { id, state } of containers.items.values()) {
    if (state !== 'removing') continue;
    const gone = await inspectContainer(engine, id).then(
      () => false,
      (error) => error instanceof EngineError && error.kind === 'notFound',
    );
    if (gone) ghosts.add(id);
  }
  return ghosts;
}

async function listed(engine: Engine): Promise<Lists> {
  const end = new AbortController();
  const lists = makeLists(
    () => engine,
    () => {},
    () => {},
  );
  await Promise.all(kinds.map((kind) => lists[kind].open(end.signal)));
  end.abort();
  return lists;
}

function differences(host: Host, fresh: Lists, kind: (typeof kinds)[number], ghosts: ReadonlySet<string>): string[] {
  const [ours, theirs] = [host.lists[kind].items, fresh[kind].items] as [Map<string, object>, Map<string, object>];
  return [...new Set([...ours.keys(), ...theirs.keys()])]
    .filter((id) => !ghosts.has(id) && !isDeepStrictEqual(lasting(ours.get(id)), lasting(theirs.get(id))))
    .map((id) => `${kind} ${id.slice(0, 20)}: ${JSON.stringify(ours.get(id))} is ${JSON.stringify(theirs.get(id))}`);
}

/** Docker's sentence about a state tells the time that has passed. */
function lasting(item: object | undefined): object | undefined {
  return item && { ...item, status: undefined };
}
