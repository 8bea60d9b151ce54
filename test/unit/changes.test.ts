import assert from 'node:assert/strict';
import type { Container } from '../../src/engine/containers';
import type { EngineEvent } from '../../src/engine/events';
import { backoff } from '../../src/fleet/backoff';
import { effects } from '../../src/fleet/changes';
import { Replay } from '../../src/fleet/replay';

const event = (type: string, action: string, attributes: Record<string, string> = {}): EngineEvent => ({
  type,
  action,
  id: 'x',
  attributes,
  timeNano: '1795233024000000001',
});
const container = (fields: Partial<Container>): Container => ({
  id: 'x',
  name: 'n',
  image: '',
  imageId: '',
  command: '',
  created: 0,
  state: 'running',
  status: '',
  health: undefined,
  exitCode: undefined,
  ports: [],
  labels: {},
  networks: [],
  mounts: [],
  ...fields,
});

describe('the effects of an event', () => {
  it('are none for what changes nothing in a list', () => {
    for (const action of ['exec_create: sh', 'exec_start: sh', 'exec_die', 'top', 'attach', 'resize', 'export']) {
      assert.deepEqual(effects(event('container', action)), [], action);
    }
    assert.deepEqual(effects(event('volume', 'mount')), []);
    assert.deepEqual(effects(event('image', 'push')), []);
    assert.deepEqual(effects(event('daemon', 'reload')), []);
  });

  it('ask for the one container, until its list shows what was announced', () => {
    const cases: [string, Record<string, string>, Partial<Container>, Partial<Container>][] = [
      ['start', {}, { state: 'running' }, { state: 'exited' }],
      ['die', {}, { state: 'exited' }, { state: 'running' }],
      ['pause', {}, { state: 'paused' }, { state: 'running' }],
      ['unpause', {}, { state: 'running' }, { state: 'paused' }],
      ['rename', { name: 'new' }, { name: 'new' }, { name: 'old' }],
      ['health_status: unhealthy', {}, { health: 'unhealthy' }, { health: 'starting' }],
    ];
    for (const [action, attributes, shown, notYet] of cases) {
      const [effect] = effects(event('container', action, attributes));
      assert.ok(effect?.kind === 'containers' && 'id' in effect && effect.expect, action);
      assert.equal(effect.expect(container(shown)), true, action);
      assert.equal(effect.expect(container(notYet)), false, action);
    }
  });

  it('are one of a stop or a kill only where no death follows: before a restart', () => {
    for (const action of ['stop', 'kill']) {
      const [effect] = effects(event('container', action));
      assert.ok(effect?.kind === 'containers' && 'id' in effect && effect.only, action);
      assert.equal(effect.only(container({ state: 'restarting' })), true);
      assert.equal(effect.only(container({ state: 'running' })), false);
    }
    assert.deepEqual(effects(event('container', 'commit')), [{ kind: 'images', all: true }]);
    assert.deepEqual(effects(event('image', 'untag')), [{ kind: 'images', all: true, trailing: true }]);
  });

  it('remove what was destroyed without asking, but for volumes, whose names return', () => {
    assert.deepEqual(effects(event('container', 'destroy')), [{ kind: 'containers', gone: 'x' }]);
    assert.deepEqual(effects(event('network', 'destroy')), [{ kind: 'networks', gone: 'x' }]);
    assert.deepEqual(effects(event('volume', 'destroy')), [{ kind: 'volumes', id: 'x' }]);
    assert.deepEqual(effects(event('volume', 'prune')), [{ kind: 'volumes', all: true }]);
  });

  it('take a network joined by a container as a change of the container', () => {
    const [effect] = effects(event('network', 'connect', { container: 'c', name: 'net' }));
    assert.ok(effect?.kind === 'containers' && 'id' in effect && effect.id === 'c' && effect.only);
    assert.deepEqual(
      (['running', 'paused', 'exited'] as const).map((state) => effect.only?.(container({ state }))),
      [true, true, false],
    );
    assert.equal(effect.expect?.(container({ networks: ['net'] })), true);
    assert.equal(effect.expect?.(container({ networks: ['bridge'] })), false);
  });

  it('ask for what is unknown rather than miss it', () => {
    assert.deepEqual(effects(event('container', 'new-in-2030')), [{ kind: 'containers', id: 'x' }]);
    assert.deepEqual(effects(event('image', 'tag')), [{ kind: 'images', all: true }]);
  });
});

describe('a replay', () => {
  it('starts a second before the last event, to the nanosecond', () => {
    const replay = new Replay();
    assert.equal(replay.since, undefined);
    replay.isNew({ ...event('container', 'start'), timeNano: '1795233024123456789' });
    assert.equal(replay.since, '1795233023123456789');
  });

  it('loses nothing that came out of order, and goes back with a clock that is set back', () => {
    const replay = new Replay();
    const at = (timeNano: string) => replay.isNew({ ...event('container', 'start'), timeNano });
    at('1795233024123456789');
    at('1795233024121000000');
    assert.equal(replay.since, '1795233023121000000');
    assert.deepEqual(
      [at('1795233024121000000'), at('1795233024122000000'), at('1795233024123456789')],
      [false, true, false],
      'what comes again, with one that was missed among it',
    );
    at('1795229424000000000');
    assert.equal(replay.since, '1795229423000000000', 'an hour before');
    assert.equal(at('1795233024123456789'), false);
    assert.equal(replay.since, '1795229423000000000');
  });

  it('takes every event that has no time, and does not resume from there', () => {
    const replay = new Replay();
    const at = (timeNano: string) => replay.isNew({ ...event('container', 'start'), timeNano });
    assert.deepEqual([at('0'), at('0')], [true, true]);
    assert.equal(replay.since, undefined);
    at('1795233024123456789');
    at('0');
    assert.equal(replay.since, '1795233023123456789');
  });

  it('tells events apart that a JavaScript number would not', () => {
    const replay = new Replay();
    const at = (timeNano: string) => replay.isNew({ ...event('container', 'start'), timeNano });
    assert.deepEqual(
      [at('1795233024123456789'), at('1795233024123456788'), at('1795233024123456789')],
      [true, true, false],
    );
  });

  it('forgets the oldest, not the newest', () => {
    const replay = new Replay();
    const at = (nano: number) => replay.isNew({ ...event('container', 'start'), timeNano: String(nano) });
    for (let i = 0; i < 2000; i++) at(i);
    assert.equal(at(1999), false);
    assert.equal(at(1999 - 255), false, 'an engine replays up to 256 events');
  });
});

describe('backoff', () => {
  it('doubles from 2 s to 30 s, less up to half', () => {
    const longest = Array.from({ length: 8 }, (_, failures) => backoff(failures, () => 0));
    assert.deepEqual(longest, [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    assert.equal(
      backoff(0, () => 1),
      1000,
    );
    assert.equal(
      backoff(50, () => 0.5),
      22_500,
    );
  });
});
