import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createContainer,
  removeContainer,
  renameContainer,
  startContainer,
  stopContainer,
} from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { createExec, inspectExec, startExec } from '../../src/engine/exec';
import { Engine } from '../../src/engine/http';
import type { HostConfig } from '../../src/fleet/config';
import { type Change, Fleet } from '../../src/fleet/fleet';
import { type Engine as RealEngine, startEngine } from '../rig/engine';
import { engineDo } from '../rig/engineHttp';
import { type FaultProxy, startFaultProxy } from '../rig/faultProxy';
import { makeImage } from '../rig/image';
import { freePort } from '../rig/ports';

describe('the fleet on real engines', function () {
  this.timeout(60_000);
  let old: RealEngine;
  let recent: RealEngine;
  let proxy: FaultProxy;
  let fleet: Fleet;
  let changes: Change[];
  let requests: string[];
  /** Another client of the old engine. */
  let client: Engine;

  before(async () => {
    [old, recent] = await Promise.all([startEngine(), startEngine({ version: '28.5' })]);
    await Promise.all([makeImage(old.unix), makeImage(recent.unix)]);
  });
  after(async () => {
    await Promise.all([old.stop(), recent.stop()]);
  });
  beforeEach(async () => {
    proxy = await startFaultProxy(old.port);
    changes = [];
    requests = [];
    client = new Engine(socketDialer({ path: old.unix.slice('unix://'.length) }));
    const makeEngine = ({ name, endpoint }: HostConfig) =>
      new Engine(socketDialer({ host: '127.0.0.1', port: Number(endpoint) }), {
        log: (line) => requests.push(`${name} ${line}`),
      });
    fleet = new Fleet(makeEngine, () => {}, 200);
    fleet.onDidChange((change) => changes.push(change));
  });
  afterEach(async () => {
    fleet.dispose();
    await client.close();
    await until('no connection left', () => proxy.open === 0);
    await proxy.stop();
  });

  const host = (name: string, port: number): HostConfig => ({ name, endpoint: String(port), access: 'full' });
  const until = async (what: string, condition: () => boolean) => {
    for (let i = 0; !condition(); i++) {
      assert.ok(i < 2000, `${what}: not within 10 s`);
      await delay(5);
    }
  };
  const show = (...names: string[]) => {
    fleet.setVisible(true);
    for (const name of names) fleet.want(name);
  };
  const state = (name: string) => fleet.hosts.get(name)?.state.kind;
  /** Ready, and with every kind listed: volumes come last. */
  const listed = (name: string) => state(name) === 'ready' && (fleet.hosts.get(name)?.lists.volumes.known ?? false);
  const names = (name: string) =>
    [...(fleet.hosts.get(name)?.lists.containers.items.values() ?? [])].map(({ name }) => name).sort();

  it('shows every engine, whatever becomes of the others', async () => {
    proxy.set({ kind: 'silent' });
    const refusing = await freePort();
    fleet.configure([
      host('silent', proxy.port),
      host('old', old.port),
      host('refusing', refusing),
      host('recent', recent.port),
    ]);
    show('silent', 'old', 'refusing', 'recent');
    await until('both ready', () => state('old') === 'ready' && state('recent') === 'ready');
    assert.equal(state('silent'), 'connecting');
    const { state: failed } = fleet.hosts.get('refusing') ?? {};
    assert.ok(failed?.kind === 'failed' && failed.error.kind === 'unreachable' && failed.retryAt);
    const versions = ['old', 'recent'].map((name) => {
      const now = fleet.hosts.get(name)?.state;
      return now?.kind === 'ready' ? now.version : undefined;
    });
    assert.deepEqual(versions, [old.apiVersion, recent.apiVersion]);
  });

  it('asks nothing until somebody looks, and nothing after', async () => {
    fleet.configure([host('old', proxy.port)]);
    fleet.want('old');
    await delay(50);
    assert.equal(proxy.taken, 0);
    fleet.setVisible(true);
    await until('listed', () => listed('old'));
    fleet.setVisible(false);
    await until('closed', () => proxy.open === 0);
    assert.equal(state('old'), 'idle');
    assert.ok(fleet.hosts.get('old')?.lists.images.items.size, 'what was known is kept');
    const asked = requests.length;
    const { id } = await createContainer(client, { Image: 'demo/web:1.0' });
    await delay(100);
    assert.equal(requests.length, asked);
    fleet.setVisible(true);
    await until('back', () => fleet.hosts.get('old')?.lists.containers.items.has(id) ?? false);
    await removeContainer(client, id, { force: true });
  });

  it('stays connected when it is looked at again within the minute', async () => {
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('ready', () => state('old') === 'ready');
    fleet.setVisible(false);
    await delay(50);
    fleet.setVisible(true);
    await delay(300);
    assert.equal(state('old'), 'ready');
  });

  it('lets a command finish what it does there although nobody looks any more', async () => {
    fleet.configure([host('old', proxy.port)]);
    const { id } = await createContainer(client, { Image: 'demo/web:1.0' });
    await startContainer(client, id);
    const { engine } = await fleet.ready('old', new AbortController().signal);
    // Three times as long as the fleet lingers here.
    const exec = await createExec(engine, id, { Cmd: ['sleep', '0.6'] });
    const stdio = await startExec(engine, exec, false);
    const started = Date.now();
    for await (const _ of stdio.output());
    assert.ok(Date.now() - started > 400, 'it was cut off');
    assert.deepEqual(await inspectExec(engine, exec), { running: false, exitCode: 0 });
    await until('left', () => state('old') === 'idle');
    await removeContainer(client, id, { force: true });
  });

  it('follows the end of a container that waits for its restart, which no death tells of', async () => {
    fleet.configure([host('old', proxy.port), host('recent', recent.port)]);
    show('old', 'recent');
    await until('listed', () => listed('old') && listed('recent'));
    for (const [name, real] of [
      ['old', old],
      ['recent', recent],
    ] as const) {
      const engine = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
      const json = { Image: 'demo/web:1.0', Cmd: ['false'], HostConfig: { RestartPolicy: { Name: 'always' } } };
      const { body } = await engineDo(real.unix, 'POST', '/containers/create', { json });
      const { Id: id } = JSON.parse(body) as { Id: string };
      await startContainer(engine, id);
      const now = () => fleet.hosts.get(name)?.lists.containers.items.get(id)?.state;
      // From the fourth restart on it waits longer than the lists take to show it.
      for (let restarts = 0; restarts < 4; restarts++) {
        await until(`${name} waits`, () => now() === 'restarting');
        if (restarts < 3) await until(`${name} goes on`, () => now() !== 'restarting');
      }
      await stopContainer(engine, id);
      await until(`${name} has ended`, () => now() === 'exited');
      await removeContainer(engine, id);
      await engine.close();
    }
  });

  it("follows another client's changes, each with one request and one change", async () => {
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('listed', () => listed('old'));
    const { id } = await createContainer(client, { Image: 'demo/web:1.0' }, { name: 'first' });
    await until('created', () => names('old').includes('first'));
    requests.length = changes.length = 0;
    await renameContainer(client, id, 'second');
    await until('renamed', () => names('old').includes('second'));
    assert.equal(requests.length, 1, requests.join('\n'));
    assert.match(requests[0] ?? '', new RegExp(`containers/json.*${id}`));
    const items = changes.filter(({ what }) => what === 'items');
    assert.equal(items.length, 1);
    requests.length = changes.length = 0;
    await removeContainer(client, id);
    await until('removed', () => names('old').length === 0);
    assert.deepEqual(requests, [], 'a destroyed container needs no request');
  });

  it('polls nothing while all is well', async () => {
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('listed', () => listed('old'));
    const asked = requests.length;
    await delay(1500);
    assert.equal(requests.length, asked);
  });

  it('keeps what it knew while an engine is away, and mends it when it is back', async () => {
    const { id } = await createContainer(client, { Image: 'demo/web:1.0' }, { name: 'kept' });
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('ready', () => state('old') === 'ready');
    await old.kill();
    await until('failed', () => state('old') === 'failed');
    assert.deepEqual(names('old'), ['kept']);
    assert.ok((fleet.hosts.get('old')?.seenAt ?? 0) > Date.now() - 60_000);
    await old.restart();
    fleet.hosts.get('old')?.retry();
    await until('ready again', () => state('old') === 'ready');
    await startContainer(client, id);
    await until('running', () => fleet.hosts.get('old')?.lists.containers.items.get(id)?.state === 'running');
    await removeContainer(client, id, { force: true });
  });

  it('notices an engine that hangs by the first request that it leaves without an answer', async () => {
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('listed', () => listed('old'));
    const engine = fleet.hosts.get('old')?.engine;
    // Slow is not dead: the request is lost on its connection, the sign of life comes on another one.
    proxy.freeze();
    await assert.rejects(async () => engine?.json({ path: ['info'], timeout: 100 }), { kind: 'timeout' });
    await until('asked', () => requests.some((line) => line.includes('_ping 200') && line.startsWith('old GET')));
    assert.equal(state('old'), 'ready');
    proxy.set({ kind: 'silent' });
    proxy.freeze();
    await assert.rejects(async () => engine?.json({ path: ['info'], timeout: 100 }), { kind: 'timeout' });
    await until('noticed', () => state('old') === 'failed');
    const { state: failed } = fleet.hosts.get('old') ?? {};
    assert.ok(failed?.kind === 'failed' && failed.error.kind === 'timeout');
  });

  it('tells a command why a host is not ready', async () => {
    const refusing = await freePort();
    fleet.configure([
      host('refusing', refusing),
      { ...host('held', old.port), held: true },
      { ...host('broken', 0), problem: 'It has no endpoint.' },
    ]);
    const signal = AbortSignal.timeout(5000);
    await assert.rejects(fleet.ready('refusing', signal), { kind: 'unreachable' });
    await assert.rejects(fleet.ready('held', signal), { kind: 'denied' });
    await assert.rejects(fleet.ready('broken', signal), { kind: 'invalid', message: 'It has no endpoint.' });
    await assert.rejects(fleet.ready('nowhere', signal), /no host/);
  });

  it('replaces only the hosts whose settings changed', async () => {
    fleet.configure([host('a', old.port), host('b', recent.port)]);
    show('a', 'b');
    await until('listed', () => listed('a') && listed('b'));
    const before = fleet.hosts.get('a');
    requests.length = 0;
    fleet.configure([host('b', proxy.port), host('a', old.port), host('c', recent.port)]);
    assert.equal(fleet.hosts.get('a'), before);
    assert.deepEqual([...fleet.hosts.keys()], ['b', 'a', 'c']);
    await until('b ready', () => state('b') === 'ready');
    assert.equal(state('c'), 'idle', 'nobody has looked at it');
    assert.ok(requests.every((line) => line.startsWith('b ')));
    fleet.configure([host('a', old.port)]);
    await until('b gone', () => proxy.open === 0);
  });

  it('calls an engine that lies a failure of its own', async () => {
    const answer = (body: string) =>
      `HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    for (const body of ['{"Id": 7}', '[[', '<html>']) {
      proxy.set({ kind: 'say', bytes: answer(body), next: 'close' });
      fleet.configure([host('liar', proxy.port), host('old', old.port)]);
      show('liar', 'old');
      await until('old ready', () => state('old') === 'ready');
      await until('liar failed', () => state('liar') === 'failed');
      fleet.configure([host('old', old.port)]);
    }
  });

  it('takes a flood of events without asking more than its windows allow', async () => {
    const line = `${JSON.stringify({ Type: 'container', Action: 'update', Actor: { ID: 'f'.repeat(64) }, timeNano: 0 })}\n`;
    let nano = 0;
    const flood = Array.from({ length: 20_000 }, () => line.replace('"timeNano":0', `"timeNano":${++nano}`)).join('');
    fleet.configure([host('old', proxy.port)]);
    show('old');
    await until('listed', () => listed('old'));
    const asked = requests.length;
    const started = performance.now();
    proxy.inject(flood, '/events');
    await until('taken', () => proxy.open > 0 && requests.length > asked);
    await delay(300);
    const windows = Math.ceil((performance.now() - started) / 50) + 1;
    assert.ok(requests.length - asked <= windows, `${requests.length - asked} requests in ${windows} windows`);
    assert.equal(state('old'), 'ready');
  });
});
