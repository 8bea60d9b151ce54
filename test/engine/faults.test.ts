import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { createContainer, listContainers, removeContainer, startContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { EngineError, type ErrorKind } from '../../src/engine/errors';
import { openEvents, readEvents } from '../../src/engine/events';
import { Engine } from '../../src/engine/http';
import { readLogs } from '../../src/engine/logs';
import { type Engine as RealEngine, startEngine } from '../rig/engine';
import { type FaultProxy, startFaultProxy } from '../rig/faultProxy';
import { Holdings } from '../rig/held';
import { makeImage } from '../rig/image';
import { freePort } from '../rig/ports';
import { type SilentPort, startSilentPort } from '../rig/silentPort';

const html =
  'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 41\r\n\r\n<html><title>Router login</title></html>\n';
const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nApi-Version: 1.41\r\n';

describe('an engine behind a bad connection', function () {
  this.timeout(60_000);
  let real: RealEngine;
  let proxy: FaultProxy;
  let engine: Engine;
  const holdings = new Holdings();

  before(async () => {
    real = await startEngine();
    await makeImage(real.unix);
    const direct = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    for (const name of ['one', 'two']) await createContainer(direct, { Image: 'demo/web:1.0' }, { name });
    await direct.close();
  });
  after(async () => {
    await real.stop();
  });
  beforeEach(async () => {
    await holdings.count();
    proxy = await startFaultProxy(real.port);
    engine = new Engine(socketDialer({ host: '127.0.0.1', port: proxy.port }));
  });
  afterEach(async () => {
    await engine.close();
    await until('every connection closed', () => proxy.open === 0);
    await proxy.stop();
    await holdings.check();
  });

  const until = async (what: string, condition: () => boolean) => {
    for (let i = 0; !condition(); i++) {
      assert.ok(i < 1000, `${what}: not within 5 s`);
      await delay(5);
    }
  };
  const fails = (promise: Promise<unknown>, kind: ErrorKind, words?: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof EngineError, `not an EngineError: ${error}`);
      assert.equal(error.kind, kind, error.message);
      if (words) assert.match(error.message, words);
      return true;
    });
  /** The next call must work, as if nothing had been. */
  const recovers = async () => {
    proxy.set({ kind: 'none' });
    assert.equal((await listContainers(engine)).length, 2);
  };

  it('refused', async () => {
    const port = await freePort();
    const nobody = new Engine(socketDialer({ host: '127.0.0.1', port }));
    await fails(listContainers(nobody), 'unreachable', new RegExp(`127.0.0.1:${port} .*refused`));
    await nobody.close();
  });

  it('SYN never answered: a timeout after 10 s, not more', async () => {
    const silent: SilentPort = await startSilentPort();
    const lost = new Engine(socketDialer({ host: '127.0.0.1', port: silent.port }));
    const started = performance.now();
    await fails(listContainers(lost), 'timeout', /10 s/);
    const took = performance.now() - started;
    assert.ok(took > 9000 && took < 12_000, `${took} ms`);
    await lost.close();
    await silent.stop();
  });

  it('silent after connect: a timeout after 10 s, and the next call works', async () => {
    proxy.set({ kind: 'silent' });
    const started = performance.now();
    await fails(listContainers(engine), 'timeout', /10 s/);
    assert.ok(performance.now() - started < 12_000);
    await recovers();
  });

  it('silent in the middle: the deadline of the request', async () => {
    await listContainers(engine);
    proxy.freeze();
    const started = performance.now();
    await fails(engine.json({ path: ['info'], timeout: 300 }), 'timeout', /0.3 s/);
    assert.ok(performance.now() - started < 1000);
    await recovers();
  });

  it('aborted: the reason for the caller, and the end of its connection', async () => {
    await engine.version();
    proxy.cut();
    await until('cut', () => proxy.open === 0);
    proxy.set({ kind: 'silent' });
    const cancel = new AbortController();
    const asked = listContainers(engine, { signal: cancel.signal });
    await until('asked', () => proxy.requests.endsWith('\r\n\r\n') && proxy.open === 1);
    const closed = proxy.closed;
    cancel.abort();
    await assert.rejects(asked, { name: 'AbortError' });
    await until('closed', () => proxy.closed === closed + 1);
    await recovers();
  });

  it('closed at once', async () => {
    proxy.set({ kind: 'close' });
    await fails(listContainers(engine), 'unreachable', /closed/);
    await recovers();
  });

  it('reset at every tenth byte of the ping and of the list: an error, never half a list', async () => {
    await cutEverywhere(async function* (engine) {
      yield* await listContainers(engine);
    }, 0);
  });

  it('reset at every tenth byte of the events: an error after whole events', async () => {
    await cutEverywhere(async function* (engine, signal) {
      const stream = await openEvents(engine, { since: '0', signal });
      for await (const events of readEvents(stream)) yield* events;
    }, 3);
  });

  it('reset at every tenth byte of a log: an error after what had come', async () => {
    const direct = new Engine(socketDialer({ path: real.unix.slice('unix://'.length) }));
    const Cmd = ['sh', '-c', 'for i in 1 2 3 4 5 6; do echo out $i; echo err $i >&2; done; sleep 1000'];
    const { id } = await createContainer(direct, { Image: 'demo/web:1.0', Cmd });
    await startContainer(direct, id);
    await cutEverywhere(async function* (engine, signal) {
      for await (const batch of await readLogs(engine, id, { follow: true, signal })) {
        for (const { stream, bytes } of batch) for (const byte of bytes) yield [stream, byte];
      }
    }, 72);
    await removeContainer(direct, id, { force: true });
    await direct.close();
  });

  it('reset in the middle of the events', async () => {
    const stop = new AbortController();
    const stream = await openEvents(engine, { since: '0', signal: stop.signal });
    const reading = (async () => {
      for await (const _ of readEvents(stream));
    })();
    const failing = fails(reading, 'unreachable');
    proxy.cut();
    await failing;
    stop.abort();
    await recovers();
  });

  it('one byte at a time', async () => {
    proxy.set({ kind: 'drip' });
    assert.deepEqual((await listContainers(engine)).map(({ name }) => name).sort(), ['one', 'two']);
  });

  it('headers that never end: the deadline', async () => {
    await engine.version();
    proxy.cut();
    proxy.set({ kind: 'say', bytes: `${head}X-A: b\r\n`, next: 'wait' });
    await fails(engine.json({ path: ['info'], timeout: 500 }), 'timeout');
    await recovers();
  });

  it('headers without end, in bulk', async () => {
    proxy.set({ kind: 'say', bytes: `${head}X-A: `, next: 'repeat' });
    await fails(listContainers(engine), 'protocol');
    await recovers();
  });

  it('a truncated chunk', async () => {
    await engine.version();
    proxy.cut();
    proxy.set({ kind: 'say', bytes: `${head}Transfer-Encoding: chunked\r\n\r\nff\r\n[{"Id":`, next: 'close' });
    await fails(listContainers(engine), 'unreachable', /closed/);
    await recovers();
  });

  it('garbage', async () => {
    proxy.set({ kind: 'say', bytes: 'SSH-2.0-OpenSSH_9.2\r\n', next: 'close' });
    await fails(listContainers(engine), 'protocol', /does not speak HTTP/);
    await recovers();
  });

  it('JSON of another shape, and none at all', async () => {
    await engine.version();
    for (const body of ['{"Id":1}', '[1]', '[{', '']) {
      proxy.cut();
      proxy.set({ kind: 'say', bytes: `${head}Content-Length: ${body.length}\r\n\r\n${body}`, next: 'close' });
      await fails(listContainers(engine), 'protocol');
    }
    await recovers();
  });

  it('an endless body: cut off, not kept', async () => {
    await engine.version();
    proxy.cut();
    proxy.set({ kind: 'say', bytes: `${head}\r\n[`, next: 'repeat' });
    await fails(listContainers(engine), 'protocol', /64 MiB/);
    proxy.set({
      kind: 'say',
      bytes: 'HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\n\r\n{"message":"',
      next: 'repeat',
    });
    await fails(listContainers(engine), 'server', /500/);
    proxy.cut();
    await recovers();
  });

  it('a web page', async () => {
    proxy.set({ kind: 'say', bytes: html, next: 'close' });
    await fails(listContainers(engine), 'protocol', /web page/i);
    await recovers();
  });

  it('a redirect is not followed', async () => {
    await engine.version();
    proxy.cut();
    proxy.set({
      kind: 'say',
      bytes: `HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:${real.port}/v1.41/containers/json\r\nContent-Length: 0\r\n\r\n`,
      next: 'close',
    });
    await fails(listContainers(engine), 'protocol');
    await recovers();
  });

  it('a write is sent once, whatever happens to its answer', async () => {
    await engine.version();
    proxy.cut();
    await until('cut', () => proxy.open === 0);
    proxy.set({ kind: 'cut', after: 20 });
    const before = proxy.requests.split('POST ').length;
    await fails(createContainer(engine, { Image: 'demo/web:1.0' }, { name: 'three' }), 'unreachable');
    assert.equal(proxy.requests.split('POST ').length - before, 1);
    proxy.set({ kind: 'none' });
    const [three] = (await listContainers(engine)).filter(({ name }) => name === 'three');
    assert.ok(three, 'the engine had done it, although its answer was lost');
    await removeContainer(engine, three.id);
  });

  it('an engine that is killed and comes back', async () => {
    const stop = new AbortController();
    const stream = await openEvents(engine, { signal: stop.signal });
    const reading = (async () => {
      for await (const _ of readEvents(stream));
    })();
    const failing = fails(reading, 'unreachable');
    await real.kill();
    await failing;
    await fails(listContainers(engine), 'unreachable');
    await real.restart();
    await recovers();
    stop.abort();
  });

  it('an engine that is stopped in its tracks: the deadline, then on as before', async () => {
    await engine.version();
    process.kill(real.pid, 'SIGSTOP');
    try {
      await fails(engine.json({ path: ['info'], timeout: 500 }), 'timeout');
    } finally {
      process.kill(real.pid, 'SIGCONT');
    }
    await recovers();
  });

  /**
   * Reads something whole, then again and again through a connection that is reset after 0, 10, 20… bytes of answers:
   * each time a part of it comes, then `unreachable`. With `endless` things it counts as whole, and never ends by itself.
   */
  async function cutEverywhere<T>(
    read: (engine: Engine, signal: AbortSignal) => AsyncGenerator<T>,
    endless: number,
  ): Promise<void> {
    const { bytes, whole } = await countAnswers(read, endless);
    const never = new AbortController().signal;
    let incomplete = 0;
    for (let after = 0; after < bytes; after += 10) {
      const cut = new Engine(socketDialer({ host: '127.0.0.1', port: proxy.port }));
      proxy.set({ kind: 'cut', after });
      const part: T[] = [];
      const reading = (async () => {
        // An engine may need a few bytes less for the same the next time, so that the end comes before the cut.
        for await (const each of read(cut, never)) if (part.push(each) === endless) return 'complete';
        return 'ended';
      })();
      const outcome = await reading.catch((error) => error);
      if (outcome !== 'complete') {
        assert.ok(outcome instanceof EngineError, `cut after ${after} of ${bytes} bytes: ${outcome}`);
        assert.equal(outcome.kind, 'unreachable', `cut after ${after}: ${outcome.message}`);
      }
      assert.deepEqual(part, whole.slice(0, part.length));
      if (endless === 0) assert.deepEqual(part, []);
      else incomplete += Number(part.length < endless);
      await cut.close();
    }
    if (endless > 0) assert.ok(incomplete > bytes / 20, `only ${incomplete} of ${bytes / 10} were cut short`);
    proxy.set({ kind: 'none' });
    assert.ok((await listContainers(engine)).length >= 2);
  }

  /** What is read without a fault, and how many bytes the engine answers with until then. */
  async function countAnswers<T>(
    read: (engine: Engine, signal: AbortSignal) => AsyncGenerator<T>,
    endless: number,
  ): Promise<{ bytes: number; whole: T[] }> {
    let bytes = 0;
    const counting = new Engine({
      dial: async (signal) => {
        const socket = await socketDialer({ host: '127.0.0.1', port: proxy.port }).dial(signal);
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        return socket;
      },
      close: async () => {},
    });
    const end = new AbortController();
    const whole: T[] = [];
    for await (const each of read(counting, end.signal)) {
      if (whole.push(each) === endless) break;
    }
    await counting.close();
    return { bytes, whole };
  }
});
