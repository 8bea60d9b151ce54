import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { isRead, target } from '../../src/engine/request';

describe('a request', () => {
  it('escapes its path per segment, as Go does', () => {
    assert.equal(target({ path: ['networks', 'kiwl$%^'] }), '/networks/kiwl$%25%5E');
    assert.equal(
      target({ path: ['images', '127.0.0.1:5000', 'a b?c', 'json'] }),
      '/images/127.0.0.1:5000/a%20b%3Fc/json',
    );
    assert.equal(target({ path: ['containers', 'a/../b', 'start'] }), '/containers/a%2F..%2Fb/start');
  });

  it('refuses segments that would name another resource', () => {
    for (const id of ['', '.', '..']) {
      assert.throws(
        () => target({ path: ['containers', id, 'start'] }),
        (error) => error instanceof EngineError && error.kind === 'invalid',
      );
    }
  });

  it('leaves out what is undefined, repeats lists, writes booleans as 1 and 0', () => {
    const query = { all: true, size: false, filters: undefined, names: ['a', 'b&c'], t: 5 };
    assert.equal(target({ path: ['x'], query }), '/x?all=1&size=0&names=a&names=b%26c&t=5');
  });

  it('knows what can change something', () => {
    assert.deepEqual(
      (['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const).map((method) => isRead({ method, path: [] })),
      [true, true, false, false, false],
    );
    assert.equal(isRead({ path: [] }), true);
  });
});
