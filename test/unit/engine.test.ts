import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { attachContainer } from '../../src/engine/attach';
import { createContainer, listContainers, stopContainer } from '../../src/engine/containers';
import { type Dialer, socketDialer } from '../../src/engine/dial';
import { EngineError } from '../../src/engine/errors';
import { createExec, startExec } from '../../src/engine/exec';
import { Engine } from '../../src/engine/http';
import { pullImage } from '../../src/engine/pull';
import { parseReference } from '../../src/engine/reference';
import { guard } from '../../src/fleet/guard';

/** What no real engine does when it is told to: change its version, break off, wait. */
describe('the request funnel', () => {
  let server: http.Server;
  let answer: http.RequestListener;
  let version: string;
  let seen: string[];
  let dialer: Dialer;
  const engines: Engine[] = [];
  const make = (...given: ConstructorParameters<typeof Engine>) => {
    const engine = new Engine(...given);
    engines.push(engine);
    return engine;
  };

  beforeEach(async () => {
    version = '1.43';
    seen = [];
    answer = (_request, response) => response.end('[]');
    server = http.createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url === '/_ping') response.setHeader('Api-Version', version).end();
      else answer(request, response);
    });
    server.on('upgrade', (request, socket: Socket) => {
      seen.push(`${request.method} ${request.url}`);
      if (request.url?.startsWith(`/v${version}/`)) {
        socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nhello');
      } else {
        const words = '{"message":"client version 1.43 is too new. Maximum supported API version is 1.41"}';
        socket.end(
          `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: ${words.length}\r\n\r\n${words}`,
        );
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    dialer = socketDialer({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    await Promise.all(engines.splice(0).map((engine) => engine.close()));
    server.closeAllConnections();
    server.close();
  });

  const { signal } = new AbortController();
  const requests = () => seen.filter((line) => !line.endsWith('/_ping'));

  it('heeds an abort, and a deadline, also while a connection is being made', async () => {
    const engine = make({ dial: () => new Promise(() => {}), close: async () => {} });
    for (const read of [
      (signal?: AbortSignal, timeout?: number) => engine.json({ path: ['info'], signal, ...(timeout && { timeout }) }),
      (signal?: AbortSignal, timeout?: number) =>
        engine.stream({ path: ['events'], signal, ...(timeout && { timeout }) }),
      (signal?: AbortSignal, timeout?: number) => engine.upgrade({ path: ['x'], signal, ...(timeout && { timeout }) }),
    ]) {
      const end = new AbortController();
      const reading = read(end.signal);
      end.abort();
      await assert.rejects(reading, { name: 'AbortError' });
      await assert.rejects(read(undefined, 20), { kind: 'timeout' });
    }
  });

  it('asks for the version again after a failure that nobody waited for', async () => {
    let fail = (_error: Error) => {};
    let dials = 0;
    const engine = make({
      dial: (signal) =>
        ++dials > 1
          ? dialer.dial(signal)
          : new Promise((_resolve, reject) => {
              fail = reject;
            }),
      close: async () => {},
    });
    const end = new AbortController();
    const asking = engine.version(end.signal);
    while (dials === 0) await delay(1);
    end.abort();
    await assert.rejects(asking, { name: 'AbortError' });
    fail(new EngineError('unreachable', 'Long ago.'));
    await delay(1);
    assert.equal(await engine.version(), '1.43');
  });

  it('speaks the version of the engine that has taken the place of another, in upgrades, too', async () => {
    const engine = make(dialer);
    assert.equal(await engine.version(), '1.43');
    version = '1.41';
    const stdio = await startExec(engine, 'e', true);
    stdio.close();
    assert.deepEqual(requests(), ['POST /v1.43/exec/e/start', 'POST /v1.41/exec/e/start']);
  });

  it('sends a change once, whatever the engine answers', async () => {
    answer = (_request, response) =>
      response.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"out of order"}');
    await assert.rejects(createContainer(make(dialer), { Image: 'x' }), { kind: 'server', message: 'out of order' });
    assert.deepEqual(requests(), ['POST /v1.43/containers/create']);
  });

  it('lets nothing but reads leave for a host that is read-only', async () => {
    const never = () => assert.fail('asked');
    const engine = make(dialer, { guard: guard({ name: 'h', endpoint: 'x', access: 'readOnly' }, never) });
    answer = (_request, response) => response.end('{"Config":{"Tty":true}}');
    for (const change of [
      () => createContainer(engine, { Image: 'x' }),
      () => stopContainer(engine, 'c'),
      () => createExec(engine, 'c', { Cmd: ['sh'] }),
      () => startExec(engine, 'e', true),
      () => attachContainer(engine, 'c'),
      () => pullImage(engine, parseReference('x'), { signal, onProgress: () => {} }),
    ]) {
      await assert.rejects(change(), { kind: 'denied', message: /"h" is read-only here/ });
    }
    assert.deepEqual(requests(), ['GET /v1.43/containers/c/json'], 'how a container is attached to');
    answer = (_request, response) => response.end('[]');
    assert.deepEqual(await listContainers(engine), []);
  });

  it('knows while a change is under way, to the end of its answer', async () => {
    const engine = make(dialer);
    let end = () => {};
    answer = (_request, response) => {
      response.write('{"status":"Pulling"}\n');
      end = () => response.end('{"status":"Status: Image is up to date for x"}\n');
    };
    const pulling = pullImage(engine, parseReference('x'), { signal, onProgress: () => end() });
    assert.equal(engine.changing, true);
    assert.equal((await pulling).status, 'Image is up to date for x');
    while (engine.changing) await delay(1);
    const stdio = await startExec(engine, 'e', true);
    assert.equal(engine.changing, true);
    stdio.close();
    while (engine.changing) await delay(1);
    answer = (_request, response) => response.end('[]');
    const listing = listContainers(engine);
    assert.equal(engine.changing, false);
    await listing;
  });

  it('tells who waits that the connection was closed', async () => {
    const engine = make(dialer);
    answer = () => void engine.close();
    await assert.rejects(stopContainer(engine, 'c'), { kind: 'unreachable', message: /closed meanwhile/ });
  });
});
