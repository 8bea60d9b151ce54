import type { Endpoint } from './endpoint';
import { EngineError } from './errors';

/** An engine that is reached by ssh. */
export type SshEndpoint = Extract<Endpoint, { scheme: 'ssh' }>;

/** Where engines listen, unless the endpoint says otherwise. */
export const defaultSocket = '/var/run/docker.sock';

/**
 * How long ssh waits: 10 s for a connection, 30 s for a peer that has fallen silent. And what of the user's configuration
 * would keep it from doing as told: a command of its own, or a forward of a port that a terminal has taken already.
 */
export const settings = [
  'ConnectTimeout=10',
  'ServerAliveInterval=15',
  'ServerAliveCountMax=1',
  'RemoteCommand=none',
  'ExitOnForwardFailure=no',
].flatMap((option) => ['-o', option]);

/**
 * Who is called, as the last arguments of ssh. Throws `invalid` for a host or user that ssh, or a ProxyCommand of the
 * user's configuration, could take for more than a name.
 */
export function destination({ user, hostname, port }: SshEndpoint): string[] {
  for (const part of [hostname, user ?? '']) {
    if (part.startsWith('-') || /[^\p{L}\p{N}._:@%+~-]/u.test(part)) {
      throw new EngineError('invalid', `"${part}" can't be handed to ssh as a name.`);
    }
  }
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    '--',
    hostname,
  ];
}

/**
 * What `-L` takes to forward a local socket to the engine's. Throws `invalid` for a path in which ssh would put in
 * variables of this machine's environment, or which it would take apart.
 */
export function forward(local: string, { path = defaultSocket }: SshEndpoint): string {
  if (/[$:\\]|[^\P{Cc}]/u.test(path)) throw new EngineError('invalid', `ssh can't forward to a socket named ${path}.`);
  return `${local}:${path.replaceAll('%', '%%')}`;
}

/** The command that connects to the engine on the other side, quoted for the shell there. */
export function dialStdio({ path }: SshEndpoint): string {
  return path === undefined ? 'docker system dial-stdio' : `docker ${quote(`--host=unix://${path}`)} system dial-stdio`;
}

function quote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
