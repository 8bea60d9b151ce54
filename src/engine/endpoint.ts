import { isIPv6 } from 'node:net';
import { EngineError } from './errors';

/** How an engine is reached. */
export type Endpoint =
  | { readonly scheme: 'unix'; readonly path: string }
  | { readonly scheme: 'npipe'; readonly path: string }
  | {
      readonly scheme: 'tcp';
      readonly hostname: string;
      readonly port: number;
      /** '' or '/path', in front of every request's. */
      readonly basePath: string;
      /** It was written `https://`: TLS also without settings of its own. */
      readonly secure: boolean;
    }
  | {
      readonly scheme: 'ssh';
      readonly user?: string;
      readonly hostname: string;
      readonly port?: number;
      /** Of the socket there. */
      readonly path?: string;
    };

const examples = 'ssh://you@server, tcp://10.0.0.5:2376 or unix:///var/run/docker.sock';

/**
 * Reads an endpoint as `docker -H` does, plus `http://` and `https://` for tcp. Nothing typed is the local socket.
 * Throws `invalid` with what is wrong and what would work.
 */
export function parseEndpoint(text: string): Endpoint {
  if (/[\u0000-\u001f\u007f]/.test(text)) throw bad('An endpoint has no control characters in it.');
  const typed = text.trim();
  if (typed === '') return { scheme: 'unix', path: '/var/run/docker.sock' };
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(typed) ?? [];
  if (scheme === undefined) {
    if (typed.includes(':')) return parseTcp(typed, 'tcp');
    throw bad(`"${typed}" does not say how to reach the engine. Write ${examples}.`);
  }
  if (rest.includes('://')) throw bad(`There are two schemes in "${typed}".`);
  switch (scheme.toLowerCase()) {
    case 'unix':
      return { scheme: 'unix', path: rest || '/var/run/docker.sock' };
    case 'npipe':
      return { scheme: 'npipe', path: rest || '//./pipe/docker_engine' };
    case 'tcp':
    case 'http':
    case 'https':
      return parseTcp(rest, scheme.toLowerCase());
    case 'ssh':
      return parseSsh(rest);
    default:
      throw bad(`"${scheme}://" is no way to reach an engine. Write ${examples}.`);
  }
}

/** True where the engine is on this machine: nobody else can listen on the way. */
export function isLoopback(endpoint: Endpoint): boolean {
  if (endpoint.scheme === 'unix' || endpoint.scheme === 'npipe') return true;
  const { hostname } = endpoint;
  return hostname === 'localhost' || hostname === '::1' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

function parseTcp(rest: string, scheme: string): Endpoint {
  const { authority, path } = split(rest);
  if (authority.includes('@')) throw bad(`${scheme}:// takes no user; for a login write ssh://you@server.`);
  const { hostname, port } = splitPort(authority);
  const secure = scheme === 'https';
  return {
    scheme: 'tcp',
    hostname: hostname || 'localhost',
    port: port ?? (secure ? 2376 : 2375),
    basePath: path.replace(/\/+$/, ''),
    secure,
  };
}

function parseSsh(rest: string): Endpoint {
  const { authority, path } = split(rest);
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : decode(authority.slice(0, at));
  if (user.includes(':')) throw bad('A password does not belong into ssh://; ssh will ask for it.');
  const { hostname, port } = splitPort(authority.slice(at + 1));
  if (hostname === '') throw bad('The name of the server is missing: ssh://you@server.');
  // ssh would take them for options.
  if (hostname.startsWith('-') || user.startsWith('-')) throw bad('A server or user can\'t begin with "-".');
  const socket = decode(path);
  return {
    scheme: 'ssh',
    ...(user ? { user } : {}),
    hostname,
    ...(port === undefined ? {} : { port }),
    ...(socket === '' || socket === '/' ? {} : { path: socket }),
  };
}

function split(rest: string): { authority: string; path: string } {
  if (/[?#]/.test(rest)) throw bad('An endpoint has no "?" or "#" in it.');
  const slash = rest.indexOf('/');
  return slash < 0 ? { authority: rest, path: '' } : { authority: rest.slice(0, slash), path: rest.slice(slash) };
}

function splitPort(authority: string): { hostname: string; port: number | undefined } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(authority) ?? [];
  const hostname = bracketed ?? plain;
  if (hostname === undefined || (bracketed === undefined && digits?.includes(':')))
    throw bad(`"${authority}" can't be read; an IPv6 address is written [::1]:2375.`);
  if (bracketed !== undefined && !isIPv6(bracketed)) throw bad(`"[${bracketed}]" is no IPv6 address.`);
  if (/[\s"<>\\^`{|}]/.test(hostname)) throw bad(`"${hostname}" is no name of a server.`);
  if (digits === undefined || digits === '') return { hostname, port: undefined };
  const port = Number(digits);
  if (!/^\d+$/.test(digits) || port < 1 || port > 65_535) {
    throw bad(`"${digits}" is no port: it is a number from 1 to 65535.`);
  }
  return { hostname, port };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(`"${text}" has a broken % in it.`);
  }
}

function bad(reason: string): EngineError {
  return new EngineError('invalid', reason);
}
