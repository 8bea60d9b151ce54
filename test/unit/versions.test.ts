import assert from 'node:assert/strict';
import { can, features } from '../../src/engine/capabilities';
import { EngineError } from '../../src/engine/errors';
import { compareVersions, negotiate, supportedVersions } from '../../src/engine/versions';
import { itMeets } from './vectors';

describe('API versions', () => {
  itMeets<{ a: string; b: string; result: number }>('http-protocol.json', 'version compare', ({ a, b, result }) => {
    assert.equal(compareVersions(a, b), result, `${a} ${b}`);
    assert.equal(compareVersions(b, a), result === 0 ? 0 : -result, `${b} ${a}`);
  });

  it('are compared by number, whatever they are', () => {
    assert.equal(compareVersions('1.9', '1.24'), -1);
    for (const text of ['', 'x', '1.x', '..', 'awesome', '1.-'])
      assert.ok([-1, 0, 1].includes(compareVersions(text, '1.24')), text);
    assert.equal(compareVersions('awesome', '0'), 0);
  });

  itMeets<{ doc: string; pinned: string; ping: string; expected: string; errorContains?: string }>(
    'http-protocol.json',
    'API version negotiation',
    ({ doc, pinned, ping, expected, errorContains }) => {
      // Longshore pins none: a version of one's own is the range's maximum, but it does go down with the engine.
      if (doc === 'no downgrade from custom version') return;
      const range = { min: '1.40', max: pinned || '1.56' };
      const header = ping === '' ? undefined : ping;
      if (errorContains === undefined) assert.equal(negotiate(header, range), expected, doc);
      else assert.throws(() => negotiate(header, range), EngineError, doc);
    },
  );

  it('are the lower of the two maxima, or a refusal that names both', () => {
    assert.equal(negotiate('1.41'), '1.41');
    assert.equal(negotiate('1.99'), supportedVersions.max);
    assert.equal(negotiate('1.24'), '1.24');
    assert.throws(() => negotiate('1.19'), {
      kind: 'protocol',
      message: 'The engine speaks API 1.19; Longshore needs 1.24 or newer.',
    });
  });

  it('are our newest where the header is missing, or is no version', () => {
    for (const header of [
      undefined,
      '',
      'awesome',
      '1',
      '1.',
      '1.41, 1.41',
      '-1.5',
      '1.4x',
      '\u202e1.41',
      '1.41\n',
      '9'.repeat(9999),
    ]) {
      assert.equal(negotiate(header), supportedVersions.max, header?.slice(0, 20));
    }
    assert.equal(negotiate(`1.${'9'.repeat(400)}`), supportedVersions.max);
  });
});

describe('what engines can do', () => {
  it('is said with the reason where they can not', () => {
    assert.equal(can('1.42', 'stopSignal'), true);
    assert.deepEqual(can('1.41', 'stopSignal'), {
      reason: 'Stopping with a signal of your choice needs an engine with API 1.42 or newer; this one has 1.41.',
    });
    assert.deepEqual(can('1.53', 'diskUsageDetails'), {
      reason: 'Reading the disk usage in its older form ended with API 1.52; this engine has 1.53.',
    });
    assert.equal(can('1.9', 'prune') === true, false);
  });

  it('is everything but what ended on the newest, and has a boundary among the versions that we speak', () => {
    for (const feature of features) {
      const [oldest, newest] = [can(supportedVersions.min, feature), can(supportedVersions.max, feature)];
      assert.notEqual(oldest === true, newest === true, feature);
      const { reason } = oldest === true ? (newest as { reason: string }) : oldest;
      assert.match(
        reason,
        /^[A-Z][^.]+ (?:needs an engine with API 1\.\d\d or newer; this one|ended with API 1\.\d\d; this engine) has 1\.\d\d\.$/,
      );
    }
  });
});
