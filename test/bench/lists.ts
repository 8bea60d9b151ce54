import { execFile } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import { promisify } from 'node:util';
import { createContainer, listContainers } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { Engine } from '../../src/engine/http';
import { startEngine } from '../rig/engine';
import { makeImage } from '../rig/image';
import { locate } from '../rig/install';
import { interleave, type Measurement, measured, median } from './measure';

/** Listing 300 containers, and one of them, against the least that any client could take. */
export async function lists(): Promise<Measurement[]> {
  const real = await startEngine();
  const engine = new Engine(socketDialer({ host: '127.0.0.1', port: real.port }));
  try {
    await makeImage(real.unix);
    const ids = await fill(engine, 300);
    const raw = await rawSocket(real.port);
    const docker = locate('docker');
    const times = await interleave(60, {
      ours: () => listContainers(engine),
      raw: () => raw.list('/v1.41/containers/json?all=1'),
      one: () => listContainers(engine, { ids: ids.slice(0, 1) }),
      ping: () => engine.done({ path: ['_ping'] }),
    });
    raw.close();
    // Apart: a process that starts and ends leaves the caches cold for whoever comes next.
    const beside = await interleave(25, {
      ours: () => listContainers(engine),
      cli: async () => docker && promisify(execFile)(docker, ['-H', real.tcp, 'ps', '-a', '--format', 'json']),
    });
    return [
      measured('list.300.ratioToRawSocket', times.ratio('ours', 'raw'), '×', { atMost: 1.15 }),
      ...(docker ? [measured('list.300.ratioToDockerCli', beside.ratio('ours', 'cli'), '×', { atMost: 0.45 })] : []),
      measured('refresh.one.ratioToPing', times.ratio('one', 'ping'), '×', { atMost: 3 }),
      measured('abort.ms', await abortTime(real.port), 'ms', { atMost: 50 }),
    ];
  } finally {
    await engine.close();
    await real.stop();
  }
}

/** Creates containers as a real host has them: labels, a port; they are not started. */
export async function fill(engine: Engine, count: number): Promise<string[]> {
  const ids: string[] = [];
  const next = async (): Promise<void> => {
    for (let index = ids.push('') - 1; index < count; index = ids.push('') - 1) {
      const { id } = await createContainer(
        engine,
        {
          Image: 'demo/web:1.0',
          Labels: { 'com.docker.compose.project': `project${index % 20}`, team: 'bench', index: String(index) },
          ExposedPorts: { '8080/tcp': {} },
          HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
        },
        { name: `bench${index}` },
      );
      ids[index] = id;
    }
  };
  await Promise.all([next(), next(), next(), next()]);
  return ids.filter((id) => id !== '');
}

/** A keep-alive socket that reads an answer to its end and decodes nothing: the floor. */
async function rawSocket(port: number): Promise<{ list(path: string): Promise<void>; close(): void }> {
  const socket = net.connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return {
    list: (path) =>
      new Promise((resolve) => {
        let tail = '';
        let length: number | undefined;
        let read = 0;
        const onData = (chunk: Buffer) => {
          read += chunk.length;
          if (tail === '') {
            const head = chunk.toString('latin1', 0, 1024);
            const found = /content-length: (\d+)/i.exec(head);
            if (found) length = Number(found[1]) + head.indexOf('\r\n\r\n') + 4;
          }
          tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - 8))).slice(-8);
          if (length === undefined ? tail.endsWith('0\r\n\r\n') : read >= length) {
            socket.off('data', onData);
            resolve();
          }
        };
        socket.on('data', onData);
        socket.write(`GET ${path} HTTP/1.1\r\nHost: engine\r\n\r\n`);
      }),
    close: () => socket.destroy(),
  };
}

/** From abort to the end of the socket, of requests that wait for the engine. */
async function abortTime(port: number): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 15; i++) {
    let closed: Promise<unknown> = Promise.resolve();
    const plain = socketDialer({ host: '127.0.0.1', port });
    const engine = new Engine({
      ...plain,
      dial: async (signal) => {
        const socket = await plain.dial(signal);
        closed = new Promise((resolve) => socket.once('close', resolve));
        return socket;
      },
    });
    const cancel = new AbortController();
    const events = await engine.stream({ path: ['events'], signal: cancel.signal });
    const reading = (async () => {
      for await (const _ of events);
    })().catch(() => {});
    const started = performance.now();
    cancel.abort();
    await closed;
    times.push(performance.now() - started);
    await reading;
    await engine.close();
  }
  return median(times);
}
