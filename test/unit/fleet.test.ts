import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { EngineError } from '../../src/engine/errors';
import { Engine } from '../../src/engine/http';
import { Fleet } from '../../src/fleet/fleet';

describe('a host', () => {
  const failing = (errors: (EngineError | undefined)[]) => {
    const silent = new Promise<never>(() => {});
    let dials = 0;
    const dial = async () => {
      const error = errors[dials++];
      if (error) throw error;
      return silent;
    };
    const fleet = new Fleet(
      () => new Engine({ dial, close: async () => {} }),
      () => {},
    );
    fleet.configure([{ name: 'h', endpoint: 'unix:///x', access: 'full' }]);
    return { fleet, dials: () => dials };
  };
  const { signal } = new AbortController();

  it('is tried at once for a command, however it failed before', async () => {
    const refused = new EngineError('denied', 'Not with that key.');
    const { fleet, dials } = failing([refused, refused]);
    await assert.rejects(fleet.ready('h', signal), refused);
    assert.equal(dials(), 1);
    await assert.rejects(fleet.ready('h', signal), refused);
    assert.equal(dials(), 2);
    fleet.dispose();
  });

  it('tells who waits for it that it was disconnected', async () => {
    const { fleet } = failing([]);
    const waiting = fleet.ready('h', signal);
    fleet.configure([]);
    await assert.rejects(waiting, { kind: 'unreachable', message: /disconnected meanwhile/ });
    fleet.dispose();
  });
});

describe('the fleet', () => {
  let made: number;
  let fleet: Fleet;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
    made = 0;
    const silent = { dial: () => new Promise<never>(() => {}), close: async () => {} };
    fleet = new Fleet(
      () => {
        made++;
        return new Engine(silent);
      },
      () => {},
    );
    fleet.configure([
      { name: 'seen', endpoint: 'unix:///x', access: 'full' },
      { name: 'unseen', endpoint: 'unix:///y', access: 'full' },
    ]);
    fleet.setVisible(true);
    fleet.want('seen');
  });
  afterEach(() => {
    fleet.dispose();
    mock.timers.reset();
  });

  it('trusts its connections while time goes by, and none after sleep', () => {
    assert.equal(made, 1);
    for (let seconds = 0; seconds < 600; seconds += 10) mock.timers.tick(10_000);
    assert.equal(made, 1, 'awake');
    // Asleep, a machine's timers stand still and its clock goes on.
    mock.timers.setTime(Date.now() + 3_600_000);
    mock.timers.tick(10_000);
    assert.equal(made, 2, 'connected anew, and only who was connected');
    mock.timers.tick(10_000);
    assert.equal(made, 2);
    assert.equal(fleet.hosts.get('unseen')?.state.kind, 'idle');
  });
});
