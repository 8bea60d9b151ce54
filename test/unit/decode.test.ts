import assert from 'node:assert/strict';
import { list } from '../../src/engine/decode';

describe('a list', () => {
  it('is decoded as long as an engine can have so many', () => {
    const items = (length: number) => Array.from({ length }, () => ({}));
    assert.equal(list(items(100_000), 'ports', () => 1).length, 100_000);
    const decode = () => assert.fail('decoded');
    assert.throws(() => list(items(100_001), 'ports', decode), { kind: 'protocol', message: /more than 100000 ports/ });
  });
});
