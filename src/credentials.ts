import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { Credentials } from './commands/credentials';
import type { Ui } from './commands/ui';
import { type DockerConfig, type RegistryAuth, readDockerConfig, registryAuthHeader, resolveAuth } from './engine/auth';
import { runCredentialHelper } from './engine/credentialHelper';
import { dockerFolder } from './engine/dockerHost';
import { isLoopback, parseEndpoint } from './engine/endpoint';
import { EngineError, isAbort } from './engine/errors';
import type { Host } from './fleet/host';

const indexKey = 'registries';
const secretKey = (registry: string) => `registry:${registry}`;
const withoutLogin = 'Pull Without Login';
const givenUp = () => new DOMException('The pull was given up.', 'AbortError');

/** Credentials from VS Code's secret storage and, after it, from the user's own docker configuration. */
export function makeCredentials(
  { secrets, globalState }: Pick<vscode.ExtensionContext, 'secrets' | 'globalState'>,
  ui: Ui,
  readConfig: () => Promise<DockerConfig> = dockerConfig,
): Credentials {
  const registries = () => globalState.get<string[]>(indexKey, []);
  /** Where which login may be sent in the clear, for as long as this window lives. */
  const trusted = new Set<string>();

  const mayBeSent = async (host: Host, registry: string): Promise<boolean> => {
    const endpoint = parseEndpoint(host.config.endpoint);
    const { tls } = host.config;
    const plain = endpoint.scheme === 'tcp' && !endpoint.secure && !tls;
    const way = `${host.config.endpoint} ${registry}`;
    if (isLoopback(endpoint) || (!plain && tls?.verify !== false) || trusted.has(way)) return true;
    const send = plain ? 'Send Unencrypted' : 'Send Anyway';
    const why = plain
      ? 'The connection is plain tcp: anyone on its network can read the password.'
      : 'Its certificate is not verified: who poses as it can read the password.';
    const answer = await ui.confirm(
      `Send your login for ${registry} to ${host.name}${plain ? ' unencrypted' : ''}?`,
      `${why} Without it only public images can be pulled.`,
      send,
      withoutLogin,
    );
    if (answer === undefined) throw givenUp();
    if (answer === send) trusted.add(way);
    return answer === send;
  };

  /** What the user's docker configuration has; a helper that fails must not keep public images away. */
  const fromDocker = async (registry: string, signal: AbortSignal): Promise<RegistryAuth | undefined> => {
    try {
      return await resolveAuth(await readConfig(), registry, (name, address) =>
        runCredentialHelper(name, address, { signal }),
      );
    } catch (error) {
      if (isAbort(error) || !(error instanceof EngineError)) throw error;
      const question = `Your login for ${registry} can't be had. Pull without it?`;
      const detail = `${error.message} Without a login only public images can be pulled. "Registry Log In…" keeps one here.`;
      if ((await ui.confirm(question, detail, withoutLogin)) === undefined) throw givenUp();
      return undefined;
    }
  };

  return {
    forPull: async (host, reference, signal) => {
      const kept = await secrets.get(secretKey(reference.domain));
      const auth = kept ? (JSON.parse(kept) as RegistryAuth) : await fromDocker(reference.domain, signal);
      return auth && (await mayBeSent(host, reference.domain)) ? registryAuthHeader(auth) : undefined;
    },
    store: async (registry, auth) => {
      await secrets.store(secretKey(registry), JSON.stringify(auth));
      await globalState.update(indexKey, [...new Set([...registries(), registry])]);
    },
    stored: async () => registries(),
    forget: async (registry) => {
      await secrets.delete(secretKey(registry));
      await globalState.update(
        indexKey,
        registries().filter((each) => each !== registry),
      );
    },
  };
}

/** Only the user's own file: one of a workspace could name any program as a helper. */
async function dockerConfig(): Promise<DockerConfig> {
  try {
    const file = path.join(dockerFolder(process.env, homedir()), 'config.json');
    return readDockerConfig(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return readDockerConfig({});
  }
}
