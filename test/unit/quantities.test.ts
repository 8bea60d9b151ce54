import assert from 'node:assert/strict';
import { humanDuration, humanSize, memorySize } from '../../src/engine/quantities';
import { itMeets } from './vectors';

describe('quantities as docker says them', () => {
  itMeets<{ seconds: number; expected: string }>('durations.json', 'HumanDuration', ({ seconds, expected }) =>
    assert.equal(humanDuration(seconds), expected),
  );
  itMeets<{ bytes: number; expected: string }>(
    'memory-sizes.json',
    'HumanSize (1000, 4 significant digits)',
    ({ bytes, expected }) => assert.equal(humanSize(bytes, 4), expected),
  );
  itMeets<{ bytes: number; expected: string }>('memory-sizes.json', 'BytesSize (1024, %.4g)', ({ bytes, expected }) =>
    assert.equal(memorySize(bytes), expected),
  );

  it('have their small forms', () => {
    assert.deepEqual([-1, 0, 0.9, 1, 1.9, 60, 119, 120, 3599, 3600, 5399, 5400].map(humanDuration), [
      ...['Less than a second', 'Less than a second', 'Less than a second', '1 second', '1 second', 'About a minute'],
      ...['About a minute', '2 minutes', '59 minutes', 'About an hour', 'About an hour', '2 hours'],
    ]);
    assert.deepEqual(
      [0, 999, 1000, 7_800_123, 1e21].map((bytes) => humanSize(bytes)),
      ['0B', '999B', '1kB', '7.8MB', '1000EB'],
    );
  });
});
