import { type Fields, inner, text, textMap } from './decode';
import { EngineError } from './errors';

/** What proves to a registry who asks: a name and a password, or a token. In the words of `X-Registry-Auth`. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** Stands for a login, and is exchanged for access at the registry. */
  readonly identitytoken?: string;
  /** Sent to the registry as it is. */
  readonly registrytoken?: string;
  readonly serveraddress?: string;
}

/** The parts of docker's `config.json` that tell where credentials are. */
export interface DockerConfig {
  /** Keyed by a registry's address, with or without scheme and path; read when it is asked for. */
  readonly auths: Fields;
  readonly credsStore: string;
  /** Helper names, keyed by a registry's address. */
  readonly credHelpers: Readonly<Record<string, string>>;
}

/** Asks a credential helper, `get`; undefined where it has nothing for that address. */
export type RunHelper = (name: string, serverAddress: string) => Promise<RegistryAuth | undefined>;

const hub = 'docker.io';
const hubKey = 'https://index.docker.io/v1/';

/** The value of `X-Registry-Auth`: JSON in base64url, and padded, without which engines refuse it. */
export function registryAuthHeader(auth: RegistryAuth): string {
  const { username, password, identitytoken, registrytoken, serveraddress } = auth;
  const json = JSON.stringify({ username, password, serveraddress, identitytoken, registrytoken });
  return Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** The host and port in a registry's address as docker's config writes it: `https://example.com/v2/`, `host:5000`. */
export function registryHostname(address: string): string {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#]*@)?([^/?#]+)/i.exec(address)?.[1];
  if (authority === undefined) return address.split('/')[0] ?? '';
  const [, host = '', port] = /^(.*?)(?::(\d*))?$/s.exec(authority) ?? [];
  const name = host.replace(/^\[(.*)\]$/, '$1');
  if (!port) return name;
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}

/** Reads docker's `config.json`, already parsed. What is missing or of another type counts as not there. */
export function readDockerConfig(json: unknown): DockerConfig {
  const config = inner(json);
  return { auths: inner(config.auths), credsStore: text(config.credsStore), credHelpers: textMap(config.credHelpers) };
}

/**
 * The credentials for one registry, named as in a reference (`docker.io`, `ghcr.io`, `127.0.0.1:5000`): from the helper
 * that the config names for it or for all, else from the config itself. Rejects with `invalid` for an entry or a
 * helper's name that can't be used.
 */
export async function resolveAuth(
  config: DockerConfig,
  domain: string,
  runHelper: RunHelper,
): Promise<RegistryAuth | undefined> {
  const serveraddress = domain === hub ? hubKey : domain;
  const keys = domain === hub ? [hubKey, hub, `index.${hub}`] : [domain];
  const helper = keys.map((key) => own(config.credHelpers, key)).find((name) => name !== undefined);
  const store = helper ?? config.credsStore;
  if (store !== '') {
    const found = await runHelper(checkHelperName(store), serveraddress);
    return found && { ...found, serveraddress };
  }
  const key =
    keys.find((one) => Object.hasOwn(config.auths, one)) ??
    Object.keys(config.auths).find((one) => keys.includes(registryHostname(one)));
  const entry = key === undefined ? undefined : decodeEntry(key, inner(config.auths[key]));
  return entry && { ...entry, serveraddress };
}

/** The name if it can be that of a helper, which runs as `docker-credential-NAME`; else throws `invalid`. */
export function checkHelperName(name: string): string {
  if (/^[A-Za-z0-9._-]+$/.test(name)) return name;
  throw new EngineError('invalid', `"${name}" in docker's config.json can't be the name of a credential helper.`);
}

function decodeEntry(key: string, raw: Fields): RegistryAuth | undefined {
  const login =
    text(raw.auth) === ''
      ? { username: text(raw.username), password: text(raw.password) }
      : decodeLogin(key, text(raw.auth));
  const all = { ...login, identitytoken: text(raw.identitytoken), registrytoken: text(raw.registrytoken) };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  return Object.keys(given).length === 0 ? undefined : given;
}

/** `user:password` in base64; a password may have a colon, and older logins padded it with NUL. */
function decodeLogin(key: string, encoded: string): { username: string; password: string } {
  const [, username, password] = /^([^:]+):\0*(.*?)\0*$/s.exec(Buffer.from(encoded, 'base64').toString()) ?? [];
  if (username === undefined || password === undefined) {
    throw new EngineError(
      'invalid',
      `The entry for "${key}" in docker's config.json can't be read; log in there again.`,
    );
  }
  return { username, password };
}

function own(map: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
