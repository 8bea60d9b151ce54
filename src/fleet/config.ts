import { parseEndpoint } from '../engine/endpoint';

/** How much Longshore may do on a host. */
export type Access = 'full' | 'confirm' | 'readOnly';

/** Files for TLS, as the settings name them. */
export interface TlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
  readonly verify?: boolean;
}

/** One entry of `longshore.hosts`, checked. */
export interface HostConfig {
  readonly name: string;
  /** As typed. */
  readonly endpoint: string;
  readonly tls?: TlsConfig;
  readonly access: Access;
  /** The folder of the tree that it is shown in. */
  readonly group?: string;
  /** Why this entry can't be used; such a host is shown with the reason and never connected. */
  readonly problem?: string;
  /** It came with a workspace and waits for the person's word; never connected until then. */
  readonly held?: boolean;
}

const accesses: readonly unknown[] = ['full', 'confirm', 'readOnly'];
const known = new Set(['endpoint', 'tls', 'access', 'group']);

/**
 * Reads the value of `longshore.hosts`. Every entry gives a host: one that can't be read carries the problem.
 * Settings are what a person typed, or what a repository brought: anything can be in them.
 */
export function decodeHosts(value: unknown): HostConfig[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).map(([name, entry]) => decodeHost(name, entry));
}

function decodeHost(name: string, value: unknown): HostConfig {
  const broken = (problem: string): HostConfig => ({ name, endpoint: '', access: 'readOnly', problem });
  if (name.trim() === '') return broken('A host needs a name.');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return broken('A host is written as { "endpoint": "ssh://you@server" }.');
  }
  const { endpoint, tls, access = 'full', group } = value as Record<string, unknown>;
  if (typeof endpoint !== 'string' || endpoint.trim() === '') {
    return broken('It has no "endpoint", for example "ssh://you@server" or "unix:///var/run/docker.sock".');
  }
  const problem = endpointProblem(endpoint);
  if (problem !== undefined) return { ...broken(problem), endpoint };
  if (!accesses.includes(access)) return broken('Its "access" must be "full", "confirm" or "readOnly".');
  if (group !== undefined && typeof group !== 'string') return broken('Its "group" must be text.');
  const files = tls === undefined ? undefined : decodeTls(tls);
  if (typeof files === 'string') return broken(files);
  const stray = Object.keys(value).find((key) => !known.has(key));
  if (stray !== undefined) return broken(`"${stray}" is not a setting of a host.`);
  return {
    name,
    endpoint,
    access: access as Access,
    ...(files ? { tls: files } : {}),
    ...(group ? { group } : {}),
  };
}

function endpointProblem(text: string): string | undefined {
  try {
    parseEndpoint(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function decodeTls(value: unknown): TlsConfig | string {
  if (typeof value !== 'object' || value === null) return 'Its "tls" must be an object with "ca", "cert" and "key".';
  for (const [key, item] of Object.entries(value)) {
    if (key === 'verify' ? typeof item !== 'boolean' : typeof item !== 'string')
      return `Its "tls.${key}" can't be read.`;
    if (!['ca', 'cert', 'key', 'serverName', 'verify'].includes(key)) return `"tls.${key}" is not a setting of a host.`;
  }
  return value;
}
