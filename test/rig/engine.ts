import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { makeBridge } from './bridge';
import { debianEngine } from './debianEngine';
import { engineDo } from './engineHttp';
import { execute } from './execute';
import { locate, need } from './install';
import { type Part, startPart } from './owned';
import { freePort } from './ports';
import { controlGroupOf } from './sweep';
import { Hopeless, waitFor } from './wait';

/** The engines that the tests know: Docker's series, and the Debian suite that carries it. */
const suites = { '20.10': 'bookworm', '26.1': 'trixie', '28.5': 'sid' } as const;

export type EngineVersion = keyof typeof suites;

export interface EngineOptions {
  /** `20.10` where nothing is said. */
  readonly version?: EngineVersion;
  /** Paths of PEM files: the tcp address then speaks TLS, and asks for a client's certificate of that authority. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  /** Refuses clients below this API version, as in `1.44` (26.1 and later only). */
  readonly minApi?: string;
  /** Further arguments for dockerd. */
  readonly args?: readonly string[];
}

/** A private dockerd: own data, own bridge, no firewall rules, reachable on this machine alone. */
export interface Engine {
  /** `unix:///…/docker.sock`, never with TLS. */
  readonly unix: string;
  /** `tcp://127.0.0.1:PORT`, with TLS where the options say so. */
  readonly tcp: string;
  readonly port: number;
  /** As the daemon names it, for example `20.10.24+dfsg1`. */
  readonly version: string;
  /** The newest API version that the daemon speaks, for example `1.41`. */
  readonly apiVersion: string;
  /** dockerd's process id: a new one after `restart`. */
  readonly pid: number;
  /** The last lines of dockerd's log. */
  log(): string;
  /** Sends dockerd a signal (SIGKILL where none is named) and waits for its end. Its containers go on. */
  kill(signal?: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  /** Ends dockerd if it still runs, and starts it again with the same data and the same addresses. */
  restart(): Promise<void>;
  /** Ends the engine with all that it started, and removes its data. */
  stop(): Promise<void>;
}

/** Starts a private engine and waits until it answers (1 to 2 seconds, more where its packages must come first). */
export async function startEngine({ version = '20.10', tls, minApi, args = [] }: EngineOptions = {}): Promise<Engine> {
  if (process.getuid?.() !== 0) throw new Error('A private Docker engine needs root');
  await need('ip', 'dockerd');
  const searchPath = await searchPathOf(version);
  const part = startPart('engine');
  const bridge = await makeBridge(part);
  const port = await freePort();
  const unix = `unix://${part.folder}/docker.sock`;
  const daemon = [
    ...['--data-root', `${part.folder}/data`, '--exec-root', `${part.folder}/exec`, '--pidfile', `${part.folder}/pid`],
    ...['--host', unix, '--host', `tcp://127.0.0.1:${port}`],
    ...(tls ? ['--tlsverify', '--tlscacert', tls.ca, '--tlscert', tls.cert, '--tlskey', tls.key] : ['--tls=false']),
    // Published ports go through docker-proxy. With rules of its own a starting dockerd would empty those of any other.
    ...['--iptables=false', '--ip-forward=false', '--ip-masq=false'],
    ...['--bridge', bridge.name, '--default-address-pool', `base=${bridge.prefix}.0.0/16,size=24`],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', controlGroupOf(part.folder)],
    ...args,
  ];
  const env = { PATH: searchPath, ...(minApi !== undefined && { DOCKER_MIN_API_VERSION: minApi }) };
  const start = () => startDaemon(part, daemon, env, unix);
  let child = await start();
  const about = JSON.parse((await engineDo(unix, 'GET', '/version')).body) as { Version: string; ApiVersion: string };
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.ref(); // waited for: this alone must keep the process alive
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };
  return {
    unix,
    tcp: `tcp://127.0.0.1:${port}`,
    port,
    version: about.Version,
    apiVersion: about.ApiVersion,
    get pid() {
      return child.pid ?? 0;
    },
    log: part.log,
    kill,
    restart: async () => {
      await kill();
      rmSync(`${part.folder}/exec/containerd/containerd.pid`, { force: true }); // it may name a zombie: dockerd would wait for that
      child = await start();
    },
    stop: part.stop,
  };
}

async function startDaemon(
  part: Part,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  unix: string,
): Promise<ChildProcess> {
  const child = part.spawn(locate('dockerd', env.PATH) ?? 'dockerd', args, env);
  child.on('error', () => {}); // seen below as an end without an exit code
  await waitFor('The private Docker engine', 60, async () => {
    if (child.exitCode !== null || child.pid === undefined) throw new Hopeless(`dockerd ended:\n${part.log()}`);
    return (await engineDo(unix, 'GET', '/_ping', { seconds: 5 })).status === 200 || undefined;
  });
  return child;
}

/** PATH for the wanted series: the machine's own engine where it is of that series, else the suite's, unpacked. */
async function searchPathOf(version: EngineVersion): Promise<string> {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  const installed = await execute(locate('dockerd') ?? 'dockerd', ['--version']);
  if (installed.includes(`version ${version}.`)) return path;
  const folder = await debianEngine(suites[version]);
  return `${folder}/usr/sbin:${folder}/usr/bin:${path}`;
}
