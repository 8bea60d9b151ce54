import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { socketDialer } from '../../src/engine/dial';
import { EngineError } from '../../src/engine/errors';
import { Engine } from '../../src/engine/http';
import { pullImage } from '../../src/engine/pull';
import { parseReference } from '../../src/engine/reference';
import { Fleet } from '../../src/fleet/fleet';
import type { Host } from '../../src/fleet/host';
import { happenedAt } from '../../src/fleet/incidents';
import { type StandIn, startStandIn } from './standIn';

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

  it('is tried at once where its failure makes somebody ask for that', async () => {
    const { fleet, dials } = failing([new EngineError('unreachable', 'Gone.')]);
    const failed = new Promise<void>((resolve) => {
      fleet.onDidChange((change) => {
        if (change.what !== 'state' || change.host.state.kind !== 'failed') return;
        fleet.retry('h');
        resolve();
      });
    });
    fleet.retry('h');
    await failed;
    await delay(1);
    assert.equal(fleet.hosts.get('h')?.state.kind, 'connecting');
    assert.equal(dials(), 2);
    fleet.dispose();
  });

  it('that is hidden while it is in use is let go of after that', async () => {
    const silent = { dial: () => new Promise<never>(() => {}), close: async () => {} };
    const fleet = new Fleet(
      () => new Engine(silent),
      () => {},
      10,
    );
    fleet.configure([{ name: 'h', endpoint: 'unix:///x', access: 'full' }]);
    fleet.setVisible(true);
    fleet.want('h');
    const host = fleet.hosts.get('h');
    assert.ok(host);
    const end = new AbortController();
    const pulling = host.engine.done({ method: 'POST', path: ['images', 'create'], signal: end.signal });
    fleet.setHidden(new Set(['h']));
    await delay(30);
    assert.equal(host.state.kind, 'connecting');
    end.abort();
    await assert.rejects(pulling);
    await delay(30);
    assert.equal(host.state.kind, 'idle');
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

describe('when an event happened', () => {
  const event = (time: number) => ({
    type: 'container',
    action: 'die',
    id: 'x',
    attributes: {},
    timeNano: `${time}000000`,
  });
  const [seenAt, now] = [1_000_000, 5_000_000];

  it('is now, while its host is connected', () => {
    assert.equal(happenedAt({ state: { kind: 'ready', version: '1.41' }, seenAt }, event(2_000_000), now), now);
    assert.equal(happenedAt({ state: { kind: 'connecting' }, seenAt: undefined }, event(2_000_000), now), now);
  });

  it('is within the break that its engine replays, whatever its clock says', () => {
    const away = { state: { kind: 'connecting' }, seenAt } as const;
    assert.equal(happenedAt(away, event(2_000_000), now), 2_000_000);
    assert.equal(happenedAt(away, event(1), now), seenAt);
    assert.equal(happenedAt(away, event(9_000_000), now), now);
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

  it('connects no host that is hidden, and lets go of one that comes to be', () => {
    fleet.setHidden(new Set(['seen', 'unseen']));
    assert.equal(fleet.hosts.get('seen')?.state.kind, 'idle');
    fleet.want('unseen');
    assert.equal(fleet.hosts.get('unseen')?.state.kind, 'idle');
    assert.deepEqual(fleet.shown, []);
    fleet.setHidden(new Set());
    fleet.want('unseen');
    assert.equal(fleet.hosts.get('unseen')?.state.kind, 'connecting');
  });

  it('lets nothing go that is kept, and everything a while after it is not', async () => {
    const brief = new Fleet(
      () => new Engine({ dial: () => new Promise<never>(() => {}), close: async () => {} }),
      () => {},
      20,
    );
    brief.configure([{ name: 'h', endpoint: 'unix:///x', access: 'full' }]);
    const host = brief.hosts.get('h');
    const release = brief.keep();
    brief.setVisible(true);
    brief.want('h');
    brief.setVisible(false);
    await delay(100);
    assert.equal(host?.state.kind, 'connecting');
    const idle = new Promise<void>((resolve) => {
      brief.onDidChange(() => host?.state.kind === 'idle' && resolve());
    });
    release();
    await idle;
    brief.dispose();
  });

  it('connects nothing any more once it is disposed of', async () => {
    const [seen, unseen] = fleet.hosts.values();
    assert.ok(seen && unseen);
    const configs = [seen.config, unseen.config];
    fleet.dispose();
    assert.deepEqual(fleet.shown, []);
    fleet.configure(configs);
    fleet.setVisible(true);
    fleet.want('seen');
    fleet.retry('seen');
    await assert.rejects(fleet.ready('seen', AbortSignal.timeout(1000)), /no host/);
    for (const host of [seen, unseen]) {
      host.retry();
      assert.equal(host.state.kind, 'idle');
      assert.throws(() => host.engine, { kind: 'unreachable' });
    }
    assert.equal(made, 1, 'before');
  });

  it('connects no host any more that was taken out', () => {
    const host = fleet.hosts.get('seen');
    fleet.configure([]);
    assert.throws(() => host?.engine, { kind: 'unreachable' });
    assert.equal(made, 1);
  });

  it('connects only those anew whose way the settings of ssh are', () => {
    const host = (name: string, endpoint: string) => ({ name, endpoint, access: 'full' }) as const;
    fleet.configure([
      host('seen', 'unix:///x'),
      host('far', ' SSH://server'),
      { ...host('broken', 'ssh://-x'), problem: "A server can't begin with -." },
    ]);
    for (const name of fleet.hosts.keys()) fleet.want(name);
    assert.equal(made, 2);
    fleet.resetSsh();
    assert.equal(made, 3);
    assert.deepEqual(
      [...fleet.hosts.values()].map(({ state }) => state.kind),
      ['connecting', 'connecting', 'failed'],
    );
  });

  it('goes on telling the others when one of its listeners fails', () => {
    let told = 0;
    fleet.onDidChange(() => assert.fail('a bug'));
    fleet.onDidChange(() => told++);
    fleet.configure([]);
    assert.equal(told, 2, 'one host is disconnected, and the hosts are others');
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

describe('a host whose engine answers', function () {
  this.timeout(10_000);
  let engine: StandIn;
  let fleet: Fleet;
  let host: Host;
  let log: string[];

  beforeEach(async () => {
    mock.timers.enable({ apis: ['setInterval', 'Date'] });
    log = [];
    engine = await startStandIn();
    engine.containers.set('a', 'running');
    fleet = new Fleet(
      () => new Engine(socketDialer({ host: '127.0.0.1', port: engine.port })),
      (line) => log.push(line),
    );
    fleet.configure([{ name: 'h', endpoint: 'tcp://h', access: 'full' }]);
    fleet.setVisible(true);
    fleet.want('h');
    host = await fleet.ready('h', AbortSignal.timeout(5000));
    await until(() => host.lists.volumes.known);
  });
  afterEach(async () => {
    fleet.dispose();
    await engine.stop();
    mock.timers.reset();
  });

  const until = async (condition: () => boolean) => {
    for (let i = 0; !condition(); i++) {
      assert.ok(i < 5000, 'condition not met within 5 s');
      await delay(1);
    }
  };
  const asked = (request: string) => engine.requests.filter((each) => each === request).length;

  const stateOfA = () => host.lists.containers.items.get('a')?.state;
  /** Lets five minutes go by, awake: its lists are asked for one after the other. */
  const reconcile = async (meanwhile: () => void) => {
    for (let seconds = 0; seconds < 300; seconds += 10) mock.timers.tick(10_000);
    await until(() => stateOfA() === 'exited');
    meanwhile();
    await until(() => asked('GET /volumes') === 2);
  };

  it('counts and notes what reconciliation mends', async () => {
    engine.containers.set('a', 'exited');
    await reconcile(() => {});
    assert.equal(host.corrections, 1);
    assert.deepEqual(log, ['[h] corrected 1 containers that no event had told of']);
  });

  it('counts nothing that an event tells of, be it late', async () => {
    engine.containers.set('a', 'exited');
    await reconcile(() => engine.tell('die', 'a'));
    assert.equal(host.corrections, 0);
    assert.deepEqual(log, []);
  });

  it('is connected anew after sleep, and what it changes goes on', async () => {
    const pulling = pullImage(host.engine, parseReference('x'), { signal: new AbortController().signal });
    await until(() => asked('POST /images/create') === 1);
    const connections = engine.connections;
    mock.timers.setTime(Date.now() + 3_600_000);
    mock.timers.tick(10_000);
    assert.equal(host.state.kind, 'connecting');
    await until(() => host.state.kind === 'ready');
    assert.equal(asked('GET /events'), 2);
    assert.ok(engine.connections > connections);
    engine.endPulls();
    assert.equal((await pulling).status, 'Image is up to date for x');
  });
});
