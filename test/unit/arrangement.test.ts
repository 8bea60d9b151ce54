import assert from 'node:assert/strict';
import type { Container } from '../../src/engine/containers';
import { Arrangement } from '../../src/views/arrangement';
import { container, treeOptions } from './fixtures';

describe('an arrangement', () => {
  const named = (index: number, state = 'running') =>
    container({
      id: String(index),
      name: `web${index}`,
      state,
      labels: index % 3 === 0 ? {} : { 'com.docker.compose.project': `p${index % 7}` },
    });
  const names = (items: readonly object[]) => items.map((item) => (item as Container).name);

  it('is the same whether or not there was one before', () => {
    const options = { ...treeOptions, sortBy: 'state' as const };
    const items = new Map(Array.from({ length: 300 }, (_, index) => [index, named(index)]));
    let before: Arrangement | undefined;
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 300; round++) {
      for (let change = random(12); change > 0; change--) {
        const index = random(400);
        if (random(3) === 0) items.delete(index);
        else items.set(index, named(index, ['running', 'exited', 'paused'][random(3)]));
      }
      const shown = [...items.values()];
      const arrangement = new Arrangement('containers', shown, options, before);
      // Where nobody asks for them in between, the last that were put in order are what the next begins with.
      if (random(3) > 0) {
        const fresh = new Arrangement('containers', shown, options, undefined);
        assert.deepEqual(names(arrangement.items), names(fresh.items));
        assert.deepEqual([...arrangement.clusters], [...fresh.clusters]);
      }
      before = arrangement;
    }
  });

  it('lets no two of them take each other their place, whatever they are called', () => {
    const twins = ['web1', 'web01', 'web1', 'web001'].map((name, index) => container({ id: String(index), name }));
    const ids = (arrangement: Arrangement) => arrangement.items.map((item) => (item as Container).id);
    let before = new Arrangement('containers', twins, treeOptions, undefined);
    const first = ids(before);
    for (let round = 0; round < 20; round++) {
      const index = round % twins.length;
      twins[index] = { ...(twins[index] as Container) };
      before = new Arrangement('containers', twins, treeOptions, before);
      assert.deepEqual(ids(before), first);
    }
  });

  it('begins anew where the order is to be another', () => {
    const shown = [named(2, 'exited'), named(10, 'exited'), named(30)];
    const before = new Arrangement('containers', shown, treeOptions, undefined);
    assert.deepEqual(names(before.items), ['web2', 'web10', 'web30']);
    const after = new Arrangement('containers', shown, { ...treeOptions, sortBy: 'state' }, before);
    assert.deepEqual(names(after.items), ['web30', 'web2', 'web10']);
  });

  it('compares only what is new', () => {
    let compared = 0;
    const shown = Array.from({ length: 1000 }, (_, index) => {
      const { name, ...rest } = named(index);
      return Object.defineProperty(rest, 'name', { get: () => compared++ >= 0 && name }) as Container;
    });
    const before = new Arrangement('containers', shown, treeOptions, undefined);
    assert.equal(before.items.length, 1000);
    shown[500] = named(500, 'exited');
    assert.ok(compared > 1000);
    compared = 0;
    const after = new Arrangement('containers', shown, treeOptions, before);
    assert.equal(after.items[500], shown[500]);
    assert.ok(compared <= 24, `looked at ${compared} names`);
  });

  it('takes as many items as an engine may list', () => {
    const shown = Array.from({ length: 100_000 }, (_, index) => named(index));
    const before = new Arrangement('containers', shown, treeOptions, undefined);
    assert.equal(before.items.length, 100_000);
    const after = new Arrangement('containers', [...shown, named(100_000)], treeOptions, before);
    assert.equal((after.items.at(-1) as Container).name, 'web100000');
  });
});
