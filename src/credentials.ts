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
import type { Host } from './fleet/host';

const indexKey = 'registries';
const secretKey = (registry: string) => `registry:${registry}`;

/** Credentials from VS Code's secret storage and, after it, from the user's own docker configuration. */
export function makeCredentials(context: vscode.ExtensionContext, ui: Ui): Credentials {
  const { secrets, globalState } = context;
  const registries = () => globalState.get<string[]>(indexKey, []);
  /** Hosts that registry credentials may be sent to in the clear, for as long as this window lives. */
  const trusted = new Set<string>();

  const mayBeSent = async (host: Host, registry: string): Promise<boolean> => {
    const endpoint = parseEndpoint(host.config.endpoint);
    const plain = endpoint.scheme === 'tcp' && !endpoint.secure && !host.config.tls && !isLoopback(endpoint);
    if (!plain || trusted.has(host.name)) return true;
    const message = `Send your login for ${registry} to ${host.name} unencrypted?`;
    const detail =
      'The connection is plain tcp: anyone on its network can read the password. Without it only public images can be pulled.';
    const answer = await ui.confirm(message, detail, 'Send Unencrypted', 'Pull Without Login');
    if (answer === undefined) throw new DOMException('The pull was given up.', 'AbortError');
    if (answer === 'Send Unencrypted') trusted.add(host.name);
    return answer === 'Send Unencrypted';
  };

  return {
    forPull: async (host, reference, signal) => {
      const kept = await secrets.get(secretKey(reference.domain));
      const auth = kept
        ? (JSON.parse(kept) as RegistryAuth)
        : await resolveAuth(await dockerConfig(), reference.domain, (name, registry) =>
            runCredentialHelper(name, registry, { signal }),
          );
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
