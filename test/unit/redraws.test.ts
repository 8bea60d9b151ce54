import assert from 'node:assert/strict';
import { mock } from 'node:test';
import type { Change } from '../../src/fleet/fleet';
import type { Host } from '../../src/fleet/host';
import type { Node } from '../../src/views/node';
import { Redraws } from '../../src/views/redraws';

const host = (name: string): Node => ({ type: 'host', key: name, host: name });

describe('redraws', () => {
  let drawn: (string[] | undefined)[];
  let redraws: Redraws;
  let asked: number;
  const touched = (change: Change): Node[] => {
    asked++;
    return change.what === 'items' ? [...change.ids].map(host) : [];
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    drawn = [];
    asked = 0;
    redraws = new Redraws({ touched }, (nodes) => drawn.push(nodes?.map(({ key }) => key)));
  });
  afterEach(() => {
    redraws.dispose();
    mock.timers.reset();
  });

  it('come at once after a quiet time, and not at all for nothing', () => {
    redraws.add([]);
    assert.deepEqual(drawn, []);
    redraws.add([host('a')]);
    assert.deepEqual(drawn, [['a']]);
    mock.timers.tick(1000);
    redraws.add([host('a')]);
    assert.deepEqual(drawn, [['a'], ['a']]);
  });

  it('come every 210 ms while things keep changing, each row once, also when one host never rests', () => {
    for (let at = 0; at < 1000; at += 10) {
      redraws.add([host('busy')]);
      if (at === 300) redraws.add([host('other')]);
      mock.timers.tick(10);
    }
    assert.deepEqual(drawn, [['busy'], ['busy'], ['busy', 'other'], ['busy'], ['busy']]);
  });

  it('work out what containers touch once for all that come in their time', () => {
    const busy = { name: 'busy' } as Host;
    for (let at = 0; at < 10_000; at++) redraws.addContainer(busy, String(at % 3));
    assert.equal(asked, 1, 'the first at once');
    mock.timers.tick(210);
    assert.equal(asked, 2);
    assert.deepEqual(drawn, [['0'], ['1', '2', '0']]);
  });

  it('are of all rows where one of the changes touches all', () => {
    redraws.add([host('a')]);
    redraws.add([host('b')]);
    redraws.add(undefined);
    redraws.add([host('c')]);
    mock.timers.tick(210);
    assert.deepEqual(drawn, [['a'], undefined]);
    mock.timers.tick(5000);
    assert.equal(drawn.length, 2);
  });
});
