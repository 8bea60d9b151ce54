import assert from 'node:assert/strict';
import { attachContainer, resizeContainer } from '../../src/engine/attach';
import { registryAuthHeader } from '../../src/engine/auth';
import {
  createContainer,
  killContainer,
  listContainers,
  pauseContainer,
  removeContainer,
  renameContainer,
  restartContainer,
  startContainer,
  stopContainer,
  unpauseContainer,
} from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { EngineError, type ErrorKind } from '../../src/engine/errors';
import { createExec, inspectExec, resizeExec, startExec } from '../../src/engine/exec';
import { Engine } from '../../src/engine/http';
import { inspectImage, listImages, removeImage, tagImage } from '../../src/engine/images';
import { readLogs } from '../../src/engine/logs';
import { inspectNetwork, listNetworks, removeNetwork } from '../../src/engine/networks';
import { pullImage } from '../../src/engine/pull';
import { parseReference } from '../../src/engine/reference';
import { followStats } from '../../src/engine/stats';
import type { Output } from '../../src/engine/stdio';
import { inspectVolume, listVolumes, removeVolume } from '../../src/engine/volumes';
import { Fleet } from '../../src/fleet/fleet';
import { type EngineOptions, type Engine as RealEngine, startEngine } from '../rig/engine';
import { engineDo } from '../rig/engineHttp';
import { makeImage, makeLayeredImage } from '../rig/image';
import { startPodman } from '../rig/podman';
import { type Registry, startRegistry } from '../rig/registry';
import { waitFor } from '../rig/wait';

const fails = (promise: Promise<unknown>, kind: ErrorKind, words = /./) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof EngineError, `not an EngineError: ${error}`);
    assert.equal(error.kind, kind, error.message);
    assert.match(error.message, words);
    return true;
  });

const collect = async (output: AsyncIterable<readonly Output[]>) => {
  const all = { stdout: '', stderr: '' };
  for await (const batch of output) for (const { stream, bytes } of batch) all[stream] += bytes.toString();
  return all;
};

const matrix: readonly (EngineOptions & { name: string })[] = [
  { name: '20.10', version: '20.10' },
  { name: '26.1, refusing clients below API 1.44', version: '26.1', minApi: '1.44' },
  { name: '28.5', version: '28.5' },
];

for (const { name, ...options } of matrix) {
  describe(`engine ${name}`, function () {
    this.timeout(60_000);
    let real: RealEngine;
    let engine: Engine;

    before(async () => {
      real = await startEngine(options);
      await makeImage(real.unix);
      engine = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    });
    after(async () => {
      for (const { id } of await listContainers(engine)) await removeContainer(engine, id, { force: true });
      await engine.close();
      await real.stop();
    });

    const run = async (config: object, name = '') => {
      const { id } = await createContainer(engine, { Image: 'demo/web:1.0', ...config }, { name });
      await startContainer(engine, id);
      return id;
    };
    const stateOf = async (id: string) => (await listContainers(engine, { ids: [id] }))[0]?.state;

    it('is spoken to in its own version', async () => {
      assert.equal(await engine.version(), real.apiVersion);
    });

    it('has its containers created, started, paused, renamed, restarted, killed, stopped and removed', async () => {
      const { id } = await createContainer(
        engine,
        {
          Image: 'demo/web:1.0',
          // httpd as a container's first program ignores SIGTERM.
          ...{ StopTimeout: 0 },
          ExposedPorts: { '8080/tcp': {} },
          HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
        },
        { name: 'life' },
      );
      assert.equal(await stateOf(id), 'created');
      await startContainer(engine, id);
      await startContainer(engine, id);
      const [running] = await listContainers(engine, { ids: [id] });
      assert.equal(running?.name, 'life');
      assert.ok(running?.ports.some(({ ip, publicPort }) => ip === '127.0.0.1' && publicPort));
      await pauseContainer(engine, id);
      assert.equal(await stateOf(id), 'paused');
      await unpauseContainer(engine, id);
      await renameContainer(engine, id, 'life2');
      await restartContainer(engine, id);
      await killContainer(engine, id, 'SIGKILL');
      const killed = await waitFor('the end', 10, async () => {
        const [now] = await listContainers(engine, { ids: [id] });
        return now?.state === 'exited' ? now : undefined;
      });
      assert.deepEqual([killed.name, killed.exitCode], ['life2', 137]);
      await stopContainer(engine, id);
      await removeContainer(engine, id);
      assert.deepEqual(await listContainers(engine, { ids: [id] }), []);
    });

    it('has its refusals told in kinds', async () => {
      const id = await run({});
      await fails(startContainer(engine, 'nobody'), 'notFound', /No such container/);
      await fails(removeContainer(engine, id), 'conflict');
      await fails(createContainer(engine, { Image: 'no-such:1' }), 'notFound', /No such image/i);
      await fails(createContainer(engine, { Image: 'UPPER:1' }), 'invalid');
      await fails(killContainer(engine, id, 'NOPE'), 'invalid', /NOPE/);
      await fails(engine.json({ path: ['nope'] }), 'notFound');
      await removeContainer(engine, id, { force: true });
      await fails(attachContainer(engine, id), 'notFound');
    });

    it('runs commands, with stdin closed on its own, and stdout apart from stderr', async () => {
      const id = await run({});
      const exec = await createExec(engine, id, {
        Cmd: ['sh', '-c', 'echo o; echo e >&2; cat; exit 3'],
        AttachStdin: true,
      });
      const stdio = await startExec(engine, exec, false);
      assert.equal((await inspectExec(engine, exec)).running, true);
      await stdio.write('half');
      await stdio.write(' closed\n');
      stdio.endInput();
      assert.deepEqual(await collect(stdio.output()), { stdout: 'o\nhalf closed\n', stderr: 'e\n' });
      assert.deepEqual(await inspectExec(engine, exec), { running: false, exitCode: 3 });
      await fails(startExec(engine, 'deadbeef', false), 'notFound');
    });

    it('gives a command a terminal of the wanted size', async () => {
      const id = await run({});
      const exec = await createExec(engine, id, { Cmd: ['sh'], AttachStdin: true, Tty: true });
      const stdio = await startExec(engine, exec, true);
      await resizeExec(engine, exec, 101, 33);
      await stdio.write('stty size; exit\n');
      const { stdout, stderr } = await collect(stdio.output());
      assert.match(stdout, /33 101\r\n/);
      assert.equal(stderr, '');
    });

    it('tells of a command that can not be run', async () => {
      const id = await run({});
      const exec = await createExec(engine, id, { Cmd: ['/nope'] });
      const said = await startExec(engine, exec, false).then(
        async (stdio) => (await collect(stdio.output())).stdout,
        (error: Error) => error.message,
      );
      assert.match(said, /nope/);
      assert.ok([126, 127].includes((await inspectExec(engine, exec)).exitCode ?? 0));
    });

    it("joins a container's own stdio, with a terminal and without", async () => {
      const plain = await run({ Cmd: ['sh', '-c', 'read x; echo got $x; echo err >&2'], OpenStdin: true });
      const stdio = await attachContainer(engine, plain);
      await stdio.write('it\n');
      assert.deepEqual(await collect(stdio.output()), { stdout: 'got it\n', stderr: 'err\n' });
      const terminal = await run({ Cmd: ['sh'], OpenStdin: true, Tty: true });
      const shell = await attachContainer(engine, terminal);
      await resizeContainer(engine, terminal, 77, 22);
      await shell.write('stty size; exit\n');
      assert.match((await collect(shell.output())).stdout, /22 77\r\n/);
    });

    it('has its logs read, and followed', async () => {
      const id = await run({
        Cmd: ['sh', '-c', 'for i in 1 2 3; do echo o$i; echo e$i >&2; done; sleep 0.2; echo late'],
      });
      const followed = await collect(await readLogs(engine, id, { follow: true }));
      assert.deepEqual(followed, { stdout: 'o1\no2\no3\nlate\n', stderr: 'e1\ne2\ne3\n' });
      const tail = await collect(await readLogs(engine, id, { tail: 1, timestamps: true }));
      assert.match(tail.stdout + tail.stderr, /^\d{4}-.*Z late\n$/);
    });

    it('has its figures followed', async () => {
      const id = await run({ Cmd: ['sh', '-c', 'while :; do :; done'] });
      const end = new AbortController();
      const stats = followStats(engine, id, end.signal);
      await stats.next();
      const { value } = await stats.next();
      end.abort();
      assert.ok(value && value.cpuPercent > 1, JSON.stringify(value));
      assert.ok(value.memory > 0 && value.memory < 2 ** 30);
      await assert.rejects(stats.next(), { name: 'AbortError' });
      await removeContainer(engine, id, { force: true });
    });

    it('lists, inspects, tags and removes images', async () => {
      const [image] = await listImages(engine);
      assert.ok(image && image.size > 1_000_000 && image.tags.includes('demo/web:1.0'));
      await tagImage(engine, 'demo/web:1.0', { repo: '127.0.0.1:5000/team/web', tag: '2' });
      assert.ok('Config' in (await inspectImage(engine, '127.0.0.1:5000/team/web:2')));
      await removeImage(engine, '127.0.0.1:5000/team/web:2');
      await fails(inspectImage(engine, '127.0.0.1:5000/team/web:2'), 'notFound');
    });

    it('lists, inspects and removes networks and volumes', async () => {
      await engineDo(real.unix, 'POST', '/networks/create', { json: { Name: 'back', Internal: true } });
      await engineDo(real.unix, 'POST', '/volumes/create', { json: { Name: 'data', Labels: { a: 'b' } } });
      const network = (await listNetworks(engine)).find((each) => each.name === 'back');
      assert.ok(network?.internal);
      assert.equal((await inspectNetwork(engine, network.id)).Name, 'back');
      assert.deepEqual((await listVolumes(engine, { names: ['data'] }))[0]?.labels, { a: 'b' });
      assert.deepEqual(await listVolumes(engine, { names: ['dat'] }), []);
      assert.equal((await inspectVolume(engine, 'data')).Name, 'data');
      await removeNetwork(engine, network.id);
      await removeVolume(engine, 'data');
      await fails(removeVolume(engine, 'data'), 'notFound');
    });
  });
}

describe('pulling', function () {
  this.timeout(60_000);
  let real: RealEngine;
  let registry: Registry;
  let engine: Engine;
  const credentials = { username: 'me', password: 'open:sesame' };

  before(async () => {
    [real, registry] = await Promise.all([startEngine(), startRegistry({ credentials })]);
    engine = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    await makeLayeredImage(real.unix, 'demo/big:1.0', 3, 8);
    await registry.push(real.unix, 'demo/big:1.0', 'team/big:1');
    await removeImage(engine, 'demo/big:1.0', { force: true });
    await engineDo(real.unix, 'POST', '/images/prune?filters=%7B%22dangling%22%3A%5B%22false%22%5D%7D');
  });
  after(async () => {
    await engine.close();
    await registry.stop();
    await real.stop();
  });

  const reference = (name: string) => parseReference(`${registry.address}/${name}`);
  const never = new AbortController().signal;
  const auth = registryAuthHeader(credentials);

  it('is denied without a login, and with a wrong one', async () => {
    await assert.rejects(pullImage(engine, reference('team/big:1'), { signal: never }), /no basic auth|unauthorized/i);
    const wrong = registryAuthHeader({ ...credentials, password: 'no' });
    await assert.rejects(pullImage(engine, reference('team/big:1'), { signal: never, auth: wrong }), /unauthorized/i);
  });

  it('stops on the engine when it is cancelled', async () => {
    const cancel = new AbortController();
    const pulling = pullImage(engine, reference('team/big:1'), {
      signal: cancel.signal,
      auth,
      onProgress: () => cancel.abort(),
    });
    await assert.rejects(pulling, { name: 'AbortError' });
    assert.deepEqual(await listImages(engine), []);
  });

  it('tells its progress in bytes, and what the engine says at the end', async () => {
    let most = { current: 0, total: 0 };
    const outcome = await pullImage(engine, reference('team/big:1'), {
      signal: never,
      auth,
      onProgress: ({ bytes }) => {
        most = bytes;
      },
    });
    assert.match(outcome.status, /Downloaded newer image/);
    assert.match(outcome.digest ?? '', /^sha256:/);
    assert.ok(most.total > 20_000_000 && most.current === most.total, JSON.stringify(most));
    const again = await pullImage(engine, reference('team/big:1'), { signal: never, auth });
    assert.match(again.status, /up to date/);
  });

  it('fails with the words of the registry for what is not there', async () => {
    await assert.rejects(pullImage(engine, reference('team/none:1'), { signal: never, auth }), /manifest|not found/i);
  });
});

describe('Podman', function () {
  this.timeout(60_000);

  it('is listed and followed as an engine of API 1.41', async () => {
    const podman = await startPodman();
    const engine = new Engine(socketDialer({ path: podman.unix.slice('unix://'.length) }));
    try {
      // It names every imported image `latest`.
      await makeImage(podman.unix, 'demo/web:latest');
      assert.equal(await engine.version(), '1.41');
      const [image] = await listImages(engine);
      assert.ok(
        image?.tags.some((tag) => tag.endsWith('demo/web:latest')),
        JSON.stringify(image),
      );
      const name = image?.tags[0] ?? '';
      const { id } = await createContainer(engine, { Image: name, HostConfig: {} }, { name: 'guest' });
      assert.deepEqual(
        (await listContainers(engine, { ids: [id] })).map((each) => each.name),
        ['guest'],
      );
      await renameContainer(engine, id, 'renamed');
      await removeContainer(engine, id);
      assert.deepEqual(await listContainers(engine), []);
      await fails(startContainer(engine, 'nobody'), 'notFound');
      assert.ok((await listNetworks(engine)).length > 0);
      assert.deepEqual(await listVolumes(engine), []);
    } finally {
      await engine.close();
      await podman.stop();
    }
  });

  it('is followed live: containers, images and volumes; it tells nothing of networks', async () => {
    const podman = await startPodman();
    await makeImage(podman.unix, 'demo/web:latest');
    const client = new Engine(socketDialer({ path: podman.unix.slice('unix://'.length) }));
    const fleet = new Fleet(
      () => new Engine(socketDialer({ path: podman.unix.slice('unix://'.length) })),
      () => {},
    );
    try {
      fleet.configure([{ name: 'podman', endpoint: podman.unix, access: 'full' }]);
      fleet.setVisible(true);
      const { lists } = await fleet.ready('podman', AbortSignal.timeout(20_000));
      await waitFor('the last list', 10, async () => lists.volumes.known || undefined);
      const state = (name: string) => [...lists.containers.items.values()].find((each) => each.name === name)?.state;
      const shows = (what: string, condition: () => boolean) =>
        waitFor(`the list to show ${what}`, 10, async () => condition() || undefined);
      const [image] = await listImages(client);
      const created = await engineDo(podman.unix, 'POST', '/containers/create?name=guest', {
        // A bridge of Podman's would outlive the test.
        json: { Image: image?.tags[0], Cmd: ['sleep', '1000'], HostConfig: { NetworkMode: 'none' } },
      });
      const { Id: id } = JSON.parse(created.body) as { Id: string };
      await shows('its creation', () => state('guest') === 'created');
      await renameContainer(client, id, 'friend');
      await startContainer(client, id);
      await shows('its new name and start', () => state('friend') === 'running');
      await killContainer(client, id, 'SIGKILL');
      await shows('its end', () => state('friend') === 'exited');
      await removeContainer(client, id);
      await shows('its removal', () => lists.containers.items.size === 0);
      await engineDo(podman.unix, 'POST', '/volumes/create', { json: { Name: 'data' } });
      await shows('the volume', () => lists.volumes.items.has('data'));
      await removeVolume(client, 'data');
      await shows('no volume', () => lists.volumes.items.size === 0);
      await tagImage(client, image?.tags[0] ?? '', { repo: 'other', tag: '1' });
      await shows('the tag', () => [...lists.images.items.values()].some(({ tags }) => tags.length === 2));
    } finally {
      fleet.dispose();
      await client.close();
      await podman.stop();
    }
  });
});
