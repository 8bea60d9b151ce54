import assert from 'node:assert/strict';
import { Turns } from '../../src/engine/turns';

describe('turns', () => {
  it('come one at a time, with what else waits in between', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const others = () => {
      order.push('other');
      if (order.filter((each) => each === 'turn').length < 5) setImmediate(others);
    };
    setImmediate(others);
    await Promise.all(Array.from({ length: 5 }, () => turns.next().then(() => order.push('turn'))));
    assert.equal(order.filter((each) => each === 'turn').length, 5);
    assert.doesNotMatch(order.join(' '), /turn turn/);
  });
});
