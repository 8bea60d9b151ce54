import assert from 'node:assert/strict';
import type { Deps } from '../../src/commands/deps';
import { forEach } from '../../src/commands/each';
import type { Host } from '../../src/fleet/host';
import type { ItemTarget } from '../../src/fleet/target';

describe('a command on many objects', () => {
  const targets = (host: string, ...ids: string[]): ItemTarget[] => ids.map((id) => ({ host, kind: 'containers', id }));
  let waited: string[];
  const end = new AbortController();
  const deps = () =>
    ({
      fleet: {
        hosts: new Map(),
        ready: async (name: string) => {
          waited.push(name);
          if (name === 'away') throw new Error('It is away.');
          return { engine: name } as unknown as Host;
        },
      },
      ui: { progress: (_title: string, run: (...given: unknown[]) => unknown) => run(() => {}, end.signal) },
    }) as unknown as Deps;
  const verb = { doing: 'Stopping', do: 'stop' };

  beforeEach(() => {
    waited = [];
  });

  it('is done on the other hosts while one hangs', async () => {
    const done: string[] = [];
    void forEach(
      deps(),
      [...targets('hangs', 'a', 'b', 'c', 'd', 'e'), ...targets('well', 'f', 'g', 'h', 'i', 'j')],
      verb,
      async (engine, { id }) => {
        if (String(engine) === 'hangs') await new Promise(() => {});
        done.push(id);
      },
    );
    for (let i = 0; i < 50 && done.length < 5; i++) await new Promise(setImmediate);
    assert.deepEqual(done, ['f', 'g', 'h', 'i', 'j']);
    assert.deepEqual(waited, ['hangs', 'well'], 'each host is waited for once');
  });

  it('says which failed, and does the others', async () => {
    const done: string[] = [];
    const doing = forEach(deps(), [...targets('away', 'a', 'b'), ...targets('well', 'c')], verb, async (_, { id }) => {
      done.push(id);
    });
    await assert.rejects(
      doing,
      /^Told: 2 of 3 failed. Can't stop container a on away: It is away. Can't stop container b/,
    );
    assert.deepEqual(done, ['c']);
  });
});
