import { isIPv4, isIPv6 } from 'node:net';
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
 * Throws `invalid` with what is wrong and what would work, and never with a password that was typed.
 */
export function parseEndpoint(text: string): Endpoint {
  refuseControls(text);
  const typed = text.trim();
  if (typed === '') return { scheme: 'unix', path: '/var/run/docker.sock' };
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(typed) ?? [];
  if (scheme === undefined) {
    if (/^\/[^/]/.test(typed)) return { scheme: 'unix', path: typed };
    if (typed.includes(':') && !typed.startsWith('/')) return parseTcp(typed, 'tcp');
    throw bad(`That does not say how to reach the engine. Write ${examples}.`);
  }
  if (rest.includes('://')) throw bad(`There is more than one "://" in it. Write ${examples}.`);
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
  const hostname = endpoint.hostname.toLowerCase();
  return ['localhost', '::1'].includes(hostname) || (isIPv4(hostname) && hostname.startsWith('127.'));
}

/** The text that reads back as the same endpoint, complete with its port. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.scheme) {
    case 'unix':
    case 'npipe':
      return `${endpoint.scheme}://${endpoint.path}`;
    case 'tcp':
      return `${endpoint.secure ? 'https' : 'tcp'}://${authorityOf(endpoint)}${endpoint.basePath}`;
    case 'ssh': {
      const user = endpoint.user === undefined ? '' : `${encodeURIComponent(endpoint.user)}@`;
      const path = encodeURI(endpoint.path ?? '').replace(/[?#]/g, encodeURIComponent);
      return `ssh://${user}${authorityOf(endpoint)}${path}`;
    }
  }
}

/** `host:port` as URLs and Host headers have it, without a port where there is none. */
export function authorityOf({ hostname, port }: { readonly hostname: string; readonly port?: number }): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return port === undefined ? host : `${host}:${port}`;
}

function parseTcp(rest: string, scheme: string): Endpoint {
  const { authority, path } = split(rest);
  if (/\s/.test(path)) throw bad(`The path "${path}" has a space in it; write it as %20.`);
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

function refuseControls(text: string): void {
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw bad('An endpoint has no control characters in it.');
}

function splitPort(authority: string): { hostname: string; port: number | undefined } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(authority) ?? [];
  // A URL writes the % before a zone (fe80::1%eth0) as %25.
  const hostname = bracketed?.replace('%25', '%') ?? plain;
  if (hostname === undefined || (bracketed === undefined && digits?.includes(':')))
    throw bad(`"${authority}" can't be read; an IPv6 address is written [::1]:2375.`);
  if (bracketed !== undefined && !isIPv6(hostname)) throw bad(`"[${bracketed}]" is no IPv6 address.`);
  if (/[\s\p{C}"<>\\^`{|}]/u.test(hostname)) throw bad(`"${hostname}" is no name of a server.`);
  if (digits === undefined || digits === '') return { hostname, port: undefined };
  const port = Number(digits);
  if (!/^\d+$/.test(digits) || port < 1 || port > 65_535) {
    throw bad(`"${digits}" is no port: it is a number from 1 to 65535.`);
  }
  return { hostname, port };
}

function decode(text: string): string {
  const decoded = tryDecode(text);
  if (decoded === undefined) throw bad('There is a "%" in it that stands for nothing; "%" itself is written %25.');
  refuseControls(decoded);
  return decoded;
}

function tryDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function bad(reason: string): EngineError {
  return new EngineError('invalid', reason);
}
