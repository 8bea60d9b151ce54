import { type Fields, fields, inner, list, number, text, textMap, texts } from './decode';
import type { Engine } from './http';

/** Docker's states; what an engine says beyond them is kept as it is. */
export type ContainerState =
  | 'created'
  | 'running'
  | 'paused'
  | 'restarting'
  | 'removing'
  | 'exited'
  | 'dead'
  | (string & {});

/** What a container's health check last said; undefined where it has none. */
export type Health = 'starting' | 'healthy' | 'unhealthy';

/** A port of a container. `publicPort` is there only where the engine's host publishes it. */
export interface Port {
  readonly ip: string;
  readonly privatePort: number;
  readonly publicPort?: number;
  readonly protocol: string;
}

/** A mount of a container; `name` is the volume's. */
export interface Mount {
  readonly type: string;
  readonly name: string;
  readonly source: string;
  readonly destination: string;
  readonly writable: boolean;
}

/** One container, as `GET /containers/json` tells. */
export interface Container {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly command: string;
  /** Unix seconds. */
  readonly created: number;
  readonly state: ContainerState;
  /** Docker's sentence: "Up 3 minutes (unhealthy)", "Exited (137) 2 hours ago". True when listed. */
  readonly status: string;
  readonly health: Health | undefined;
  /** Only for `exited`, `dead` and `restarting`. */
  readonly exitCode: number | undefined;
  readonly ports: readonly Port[];
  readonly labels: Readonly<Record<string, string>>;
  /** Names of the networks it is on. */
  readonly networks: readonly string[];
  readonly mounts: readonly Mount[];
}

/** All containers, or just those with the given full ids (one request; who isn't in the answer is gone). */
export async function listContainers(
  engine: Engine,
  options: { ids?: readonly string[]; signal?: AbortSignal } = {},
): Promise<Container[]> {
  const answer = await engine.json({
    path: ['containers', 'json'],
    query: { all: true, filters: options.ids && JSON.stringify({ id: options.ids }) },
    signal: options.signal,
  });
  return list(answer, 'containers', decodeContainer);
}

/** The engine's own JSON about one container. */
export async function inspectContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<Fields> {
  return fields(await engine.json({ path: ['containers', id, 'json'], signal }), 'a container');
}

/** The body of `POST /containers/create`, as far as Longshore fills it in. */
export interface ContainerConfig {
  readonly Image: string;
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Tty?: boolean;
  readonly OpenStdin?: boolean;
  readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
  readonly HostConfig?: {
    readonly PortBindings?: Readonly<Record<string, readonly { HostIp: string; HostPort: string }[]>>;
  };
}

/** Creates a container and resolves to its id and the engine's warnings. An empty name lets the engine choose. */
export async function createContainer(
  engine: Engine,
  config: ContainerConfig,
  options: { name?: string; signal?: AbortSignal } = {},
): Promise<{ id: string; warnings: string[] }> {
  const answer = fields(
    await engine.json({
      method: 'POST',
      path: ['containers', 'create'],
      query: { name: options.name || undefined },
      body: config,
      signal: options.signal,
    }),
    'a created container',
  );
  return { id: text(answer.Id), warnings: texts(answer.Warnings) };
}

/** Starts a container; one that runs already is fine. */
export function startContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'start'], signal, timeout: 0 });
}

/** Stops a container after its own grace period; one that is stopped already is fine. Lasts as long as that takes. */
export function stopContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'stop'], signal, timeout: 0 });
}

/** Stops and starts a container. Lasts as long as its grace period. */
export function restartContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'restart'], signal, timeout: 0 });
}

/** Sends a signal (`SIGKILL`, `HUP`, `9`) to a container's main process. */
export function killContainer(engine: Engine, id: string, name: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'kill'], query: { signal: name }, signal });
}

/** Freezes a running container. */
export function pauseContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'pause'], signal });
}

/** Lets a paused container go on. */
export function unpauseContainer(engine: Engine, id: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'unpause'], signal });
}

/** Gives a container another name. */
export function renameContainer(engine: Engine, id: string, name: string, signal?: AbortSignal): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'rename'], query: { name }, signal });
}

/** Removes a container; a running one only with `force`; its anonymous volumes only with `volumes`. */
export function removeContainer(
  engine: Engine,
  id: string,
  options: { force?: boolean; volumes?: boolean; signal?: AbortSignal } = {},
): Promise<void> {
  return engine.done({
    method: 'DELETE',
    path: ['containers', id],
    query: { force: options.force || undefined, v: options.volumes || undefined },
    signal: options.signal,
    timeout: 0,
  });
}

function decodeContainer(raw: Fields): Container {
  const status = text(raw.Status);
  const state = text(raw.State).toLowerCase();
  return {
    id: text(raw.Id),
    name: (texts(raw.Names).find((name) => name.lastIndexOf('/') === 0) ?? '').slice(1) || text(raw.Id).slice(0, 12),
    image: text(raw.Image),
    imageId: text(raw.ImageID),
    command: text(raw.Command),
    created: number(raw.Created),
    state,
    status,
    health: health(status),
    exitCode: exitCode(state, status),
    ports: list(raw.Ports, 'ports', decodePort),
    labels: textMap(raw.Labels),
    networks: Object.keys(inner(inner(raw.NetworkSettings).Networks)),
    mounts: list(raw.Mounts, 'mounts', decodeMount),
  };
}

function decodePort(raw: Fields): Port {
  return {
    ip: text(raw.IP),
    privatePort: number(raw.PrivatePort),
    ...(typeof raw.PublicPort === 'number' && raw.PublicPort > 0 ? { publicPort: raw.PublicPort } : {}),
    protocol: text(raw.Type) || 'tcp',
  };
}

function decodeMount(raw: Fields): Mount {
  return {
    type: text(raw.Type),
    name: text(raw.Name),
    source: text(raw.Source),
    destination: text(raw.Destination),
    writable: raw.RW === true,
  };
}

/** The list tells health only inside its status sentence (until API 1.52); the words are fixed in moby. */
function health(status: string): Health | undefined {
  const said = /\((healthy|unhealthy|health: starting)\)$/.exec(status)?.[1];
  return said === 'health: starting' ? 'starting' : (said as Health | undefined);
}

function exitCode(state: string, status: string): number | undefined {
  if (state !== 'exited' && state !== 'dead' && state !== 'restarting') return undefined;
  const code = /^(?:Exited|Restarting) \((-?\d+)\)/.exec(status)?.[1];
  return code === undefined ? undefined : Number(code);
}
