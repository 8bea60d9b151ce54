import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { createContainer, listContainers, removeContainer, startContainer } from '../../src/engine/containers';
import { socketDialer } from '../../src/engine/dial';
import { wayTo } from '../../src/engine/dialers';
import { parseEndpoint } from '../../src/engine/endpoint';
import { openEvents } from '../../src/engine/events';
import { createExec, startExec } from '../../src/engine/exec';
import { Engine } from '../../src/engine/http';
import { removeImage } from '../../src/engine/images';
import { readLogs } from '../../src/engine/logs';
import { pullImage } from '../../src/engine/pull';
import { parseReference } from '../../src/engine/reference';
import { startEngine } from '../rig/engine';
import { engineDo, engineRequest } from '../rig/engineHttp';
import { makeImage, makeLayeredImage } from '../rig/image';
import { locate } from '../rig/install';
import { startRegistry } from '../rig/registry';
import { startSshd } from '../rig/sshd';
import { fill } from './lists';
import { interleave, type Measurement, measured } from './measure';

const megabytes = 200;

/** What flows for long: ssh's one connection, logs at full speed, pulls. */
export async function streams(): Promise<Measurement[]> {
  const real = await startEngine();
  const engine = new Engine(socketDialer({ host: '127.0.0.1', port: real.port }));
  try {
    await makeImage(real.unix);
    return [...(await overSsh(real.unix, engine)), ...(await logs(real.tcp, engine)), ...(await pulls(real, engine))];
  } finally {
    await engine.close();
    await real.stop();
  }
}

async function overSsh(unix: string, tcp: Engine): Promise<Measurement[]> {
  const sshd = await startSshd();
  const { dialer } = wayTo(parseEndpoint(`ssh://longshore-test${unix.slice('unix://'.length)}`), {
    name: 'bench',
    prompts: { secret: async () => undefined, confirm: async () => false, notice: () => {} },
    ssh: { flags: ['-F', sshd.clientConfig] },
  });
  const engine = new Engine(dialer);
  const end = new AbortController();
  try {
    await fill(tcp, 300);
    const { id } = await createContainer(tcp, { Image: 'demo/web:1.0' }, { name: 'busy' });
    await startContainer(tcp, id);
    const times = await interleave(15, { ssh: () => listContainers(engine), tcp: () => listContainers(tcp) });
    await openEvents(engine, { signal: end.signal });
    for (let i = 0; i < 4; i++) await readLogs(engine, id, { follow: true, signal: end.signal });
    const execs = await Promise.all([1, 2].map(() => createExec(engine, id, { Cmd: ['sleep', '5'] })));
    const running = await Promise.all(execs.map((exec) => startExec(engine, exec, false)));
    await listContainers(engine);
    const connections = execFileSync('ss', ['-Htn', 'state', 'established', 'dport', '=', `:${sshd.port}`]);
    const processes = execFileSync('pgrep', ['-fc', `^ssh .*${sshd.clientConfig}`]);
    for (const each of running) each.close();
    return [
      measured('ssh.connections', connections.toString().trim().split('\n').filter(Boolean).length, 'TCP connections', {
        exactly: 1,
      }),
      measured('ssh.processes', Number(processes), 'ssh processes', { exactly: 1 }),
      measured('ssh.list.300.ratioToTcp', times.ratio('ssh', 'tcp'), '×', { atMost: 1.5 }),
    ];
  } finally {
    end.abort();
    await engine.close();
    await sshd.stop();
  }
}

/** Follows a container that prints as fast as it can, from its start to its end. */
async function logs(address: string, engine: Engine): Promise<Measurement[]> {
  const docker = locate('docker');
  const line = 'x'.repeat(99);
  const Cmd = ['sh', '-c', `yes ${line} | head -c ${megabytes * 1_000_000}`];
  const printing = async (follow: (id: string) => Promise<void>) => {
    const { id } = await createContainer(engine, { Image: 'demo/web:1.0', Cmd });
    await startContainer(engine, id);
    await follow(id);
    await removeContainer(engine, id, { force: true });
  };
  let peak = 0;
  const ours = async (id: string) => {
    const before = process.memoryUsage().rss;
    let bytes = 0;
    for await (const batch of await readLogs(engine, id, { follow: true })) {
      for (const piece of batch) bytes += piece.bytes.length;
      peak = Math.max(peak, process.memoryUsage().rss - before);
    }
    if (bytes !== megabytes * 1_000_000) throw new Error(`read ${bytes} bytes`);
  };
  const theirs = async (id: string) => {
    if (!docker) return;
    const child = spawn(docker, ['-H', address, 'logs', '-f', id], { stdio: ['ignore', 'pipe', 'ignore'] });
    child.stdout.resume();
    await once(child, 'close');
  };
  const times = await interleave(5, { ours: () => printing(ours), theirs: () => printing(theirs) });
  return [
    ...(docker
      ? [measured('logs.throughput.ratioToDockerCli', times.ratio('theirs', 'ours'), '×', { atLeast: 1 })]
      : []),
    measured('logs.memory.MB', peak / 2 ** 20, 'MB more than before', { atMost: 64 }),
  ];
}

async function pulls(real: { unix: string; tcp: string }, engine: Engine): Promise<Measurement[]> {
  const docker = locate('docker');
  if (!docker) return [];
  const registry = await startRegistry();
  try {
    await makeLayeredImage(real.unix, 'demo/big:1.0', 4, 20);
    const reference = await registry.push(real.unix, 'demo/big:1.0', 'demo/big:1.0');
    await removeImage(engine, 'demo/big:1.0', { force: true });
    await engineDo(real.unix, 'POST', '/images/prune?filters=%7B%22dangling%22%3A%5B%22false%22%5D%7D');
    const clean = () => engineRequest(real.unix, 'DELETE', `/images/${reference}?force=1`);
    const never = new AbortController().signal;
    const timed = async (pull: () => Promise<unknown>) => {
      const started = performance.now();
      await pull();
      const took = performance.now() - started;
      await clean();
      return took;
    };
    const times = await interleave(5, {
      ours: () => timed(() => pullImage(engine, parseReference(reference), { signal: never })),
      theirs: () => timed(() => promisify(execFile)(docker, ['-H', real.tcp, 'pull', '-q', reference])),
    });
    return [measured('pull.wall.ratioToDockerCli', times.ratio('ours', 'theirs'), '×', { atMost: 1.05 })];
  } finally {
    await registry.stop();
  }
}
