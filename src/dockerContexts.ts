import { readdir, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { KnownToDocker } from './commands/importContexts';
import { type DockerContext, readContexts } from './engine/contexts';
import { dockerFolder, fromDockerHost } from './engine/dockerHost';
import { formatEndpoint } from './engine/endpoint';

const files = { readdir: (folder: string) => readdir(folder), readFile: (file: string) => readFile(file, 'utf8') };

/** What the docker CLI of this machine knows: DOCKER_HOST, where it is set, and every context. */
export async function dockerContexts(): Promise<KnownToDocker[]> {
  const contexts = await readContexts(dockerFolder(process.env, homedir()), files);
  return [...fromEnvironment(), ...contexts.map(asHost)];
}

function fromEnvironment(): KnownToDocker[] {
  try {
    const host = fromDockerHost(process.env, homedir());
    return host ? [asHost({ name: 'DOCKER_HOST', ...host, skipTlsVerify: false })] : [];
  } catch (error) {
    return [{ name: 'DOCKER_HOST', endpoint: '', problem: error instanceof Error ? error.message : String(error) }];
  }
}

function asHost(context: DockerContext): KnownToDocker {
  if ('reason' in context) return { name: context.name, endpoint: '', problem: context.reason };
  const { name, endpoint, tls, skipTlsVerify } = context;
  // Taken over as its owner set it; the tree says so for good.
  const files = { ...tls, ...(skipTlsVerify ? { verify: false } : {}) };
  return { name, endpoint: formatEndpoint(endpoint), ...(Object.keys(files).length > 0 ? { tls: files } : {}) };
}
