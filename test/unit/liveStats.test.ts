import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import type { Container } from '../../src/engine/containers';
import type { Request } from '../../src/engine/request';
import type { Fleet } from '../../src/fleet/fleet';
import { LiveStats } from '../../src/fleet/liveStats';
import { container } from './fixtures';

describe('live figures', function () {
  this.timeout(10_000);

  let containers: Container[];
  let asked: string[];
  let open: Set<string>;
  let refused: boolean;
  let wanted: { host: string; id: string }[];
  let told: string[];
  let stats: LiveStats;

  /** Figures once, then a stream that goes on until its signal aborts. */
  async function* figures(id: string, signal: AbortSignal): AsyncGenerator<Buffer> {
    open.add(id);
    try {
      yield Buffer.from(`${JSON.stringify({ memory_stats: { usage: 1024 } })}\n`);
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    } finally {
      open.delete(id);
    }
  }

  beforeEach(() => {
    containers = Array.from({ length: 60 }, (_, index) => container({ id: `c${index}` }));
    [asked, open, refused, wanted, told] = [[], new Set(), false, [], []];
    const engine = {
      stream: async ({ path, signal }: Request) => {
        const id = path[1] ?? '';
        asked.push(id);
        if (refused) throw new Error('403');
        assert.ok(signal);
        return figures(id, signal);
      },
    };
    const host = {
      state: { kind: 'ready' },
      engine,
      lists: { containers: { items: { get: (id: string) => containers.find((each) => each.id === id) } } },
    };
    const fleet = { hosts: new Map([['h', host]]), ready: async () => host } as unknown as Fleet;
    stats = new LiveStats(
      fleet,
      () => wanted,
      (name, ids) => told.push(...[...ids].map((id) => `${name} ${id} ${stats.of(name, id)?.memory ?? 'none'}`)),
    );
  });
  afterEach(() => stats.stop());

  const want = (...ids: string[]) => {
    wanted = ids.map((id) => ({ host: 'h', id }));
    stats.look();
  };
  const until = async (condition: () => boolean) => {
    const deadline = performance.now() + 5000;
    while (!condition()) {
      assert.ok(performance.now() < deadline, `${condition}: ${asked.length} asked, ${open.size} open, told ${told}`);
      await delay(5);
    }
  };

  it('are those of the rows that are looked at and run, from one stream each', async () => {
    containers[1] = container({ id: 'c1', state: 'exited' });
    want('c0', 'c1', 'gone');
    stats.look();
    await until(() => told.length > 0);
    assert.deepEqual(asked, ['c0']);
    assert.deepEqual(told, ['h c0 1024']);
    // What is drawn later is followed then.
    want('c0', 'c2');
    await until(() => open.has('c2'));
    assert.deepEqual(asked, ['c0', 'c2']);
  });

  it('end with the look at their row, and are told to be gone', async () => {
    want('c0', 'c2');
    await until(() => open.size === 2 && told.length === 2);
    want('c2');
    await until(() => told.includes('h c0 none'));
    assert.deepEqual([...open], ['c2']);
    stats.stop();
    await until(() => open.size === 0);
  });

  it('go on while a tree is asked for anew, level by level, and end no later than a second after that began', async () => {
    want('c0');
    await until(() => open.has('c0'));
    for (let level = 0; level < 4; level++) {
      want();
      await delay(60);
    }
    want('c0');
    await delay(200);
    assert.deepEqual(asked, ['c0']);
    const began = performance.now();
    await until(() => {
      want();
      return !open.has('c0');
    });
    assert.ok(performance.now() - began > 900);
  });

  it('are those of the first fifty of a host', async () => {
    want(...containers.map(({ id }) => id));
    await until(() => open.size > 0);
    assert.equal(asked.length, 50);
  });

  it('are asked for again after a pause where an engine refuses them, however often one looks', async () => {
    refused = true;
    want('c0');
    await until(() => asked.length === 1);
    const began = performance.now();
    for (let look = 0; look < 5; look++) {
      stats.look();
      await delay(160);
    }
    // The first pause is one to two seconds long.
    const pauses = Math.floor((performance.now() - began) / 1000);
    assert.ok(asked.length <= 1 + pauses, `${asked.length} asked in ${pauses} s`);
    const refusals = asked.length;
    refused = false;
    await until(() => told.includes('h c0 1024'));
    assert.equal(asked.length, refusals + 1);
  });
});
