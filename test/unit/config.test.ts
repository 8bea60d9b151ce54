import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { decodeHosts } from '../../src/fleet/config';
import { guard } from '../../src/fleet/guard';
import { dangerOf } from '../../src/views/hostRow';

describe('the setting longshore.hosts', () => {
  const one = (value: unknown) => decodeHosts({ h: value })[0];

  it('gives a host for every entry, in order', () => {
    const hosts = decodeHosts({
      b: { endpoint: 'ssh://h', group: 'lab' },
      a: { endpoint: 'unix:///x', access: 'readOnly' },
    });
    assert.deepEqual(hosts, [
      { name: 'b', endpoint: 'ssh://h', access: 'full', group: 'lab' },
      { name: 'a', endpoint: 'unix:///x', access: 'readOnly' },
    ]);
  });

  it('never drops an entry, but says why it can not be used', () => {
    const cases: [unknown, RegExp][] = [
      [null, /is written as/],
      ['ssh://h', /is written as/],
      [[], /is written as/],
      [{}, /no "endpoint"/],
      [{ endpoint: ' ' }, /no "endpoint"/],
      [{ endpoint: 'ftp://x' }, /no way to reach/],
      [{ endpoint: 'tcp://h:99999' }, /"99999" is no port/],
      [{ endpoint: 'ssh://h', access: 'root' }, /"access" must be/],
      [{ endpoint: 'ssh://h', tls: 7 }, /"tls" must be/],
      [{ endpoint: 'ssh://h', tls: { ca: 7 } }, /"tls.ca"/],
      [{ endpoint: 'ssh://h', tls: { cafile: 'x' } }, /"tls.cafile" is not a setting/],
      [{ endpoint: 'ssh://h', group: 7 }, /"group"/],
      [{ endpoint: 'ssh://h', grup: 'x' }, /"grup" is not a setting/],
    ];
    for (const [value, problem] of cases) {
      assert.match(one(value)?.problem ?? '', problem, JSON.stringify(value));
      assert.equal(one(value)?.access, 'readOnly');
    }
    assert.match(decodeHosts({ ' ': { endpoint: 'ssh://h' } })[0]?.problem ?? '', /name/);
    for (const nothing of [undefined, null, 'x', []]) assert.deepEqual(decodeHosts(nothing), []);
  });

  it('marks what is a danger', () => {
    const danger = (value: object) => dangerOf(one(value) ?? { name: '', endpoint: '', access: 'full', problem: 'x' });
    assert.equal(danger({ endpoint: 'tcp://10.0.0.5:2375' })?.short, 'unencrypted');
    assert.equal(danger({ endpoint: 'tcp://10.0.0.5:2376', tls: { verify: false } })?.short, 'not verified');
    for (const endpoint of ['tcp://127.0.0.1:2375', 'https://10.0.0.5', 'ssh://h', 'unix:///x']) {
      assert.equal(danger({ endpoint }), undefined, endpoint);
    }
    assert.equal(danger({ endpoint: 'tcp://10.0.0.5', tls: { ca: 'x' } }), undefined);
  });
});

describe('access', () => {
  const host = (access: 'full' | 'confirm' | 'readOnly') => ({ name: 'prod', endpoint: 'unix:///x', access });
  const never = async () => assert.fail('nobody must be asked');

  it('readOnly lets only reads leave', () => {
    const check = guard(host('readOnly'), never);
    for (const method of ['GET', 'HEAD'] as const) check({ method, path: ['x'] });
    for (const method of ['POST', 'PUT', 'DELETE'] as const) {
      assert.throws(
        () => check({ method, path: ['x'] }),
        (error) => error instanceof EngineError && error.kind === 'denied' && /"prod" is read-only/.test(error.message),
      );
    }
  });

  it('confirm asks before changes, with the name of the host', async () => {
    const asked: string[] = [];
    const answers = [true, false];
    const check = guard(host('confirm'), async (name) => {
      asked.push(name);
      return answers.shift() ?? false;
    });
    await check({ path: ['x'] });
    await check({ method: 'POST', path: ['x'] });
    await assert.rejects(async () => check({ method: 'DELETE', path: ['x'] }), { name: 'AbortError' });
    assert.deepEqual(asked, ['prod', 'prod']);
  });

  it('full asks nobody', () => {
    guard(host('full'), never)({ method: 'POST', path: ['x'] });
  });
});
