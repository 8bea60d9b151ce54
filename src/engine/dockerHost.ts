import path from 'node:path';
import { type Endpoint, parseEndpoint } from './endpoint';

/** Paths of the PEM files for TLS that docker knows an engine's by. */
export interface DockerTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** An engine as docker's own configuration names it. */
export interface DockerHost {
  readonly endpoint: Endpoint;
  readonly tls?: DockerTls;
}

/** The folder of docker's configuration: `DOCKER_CONFIG`, else `.docker` in the person's home. */
export function dockerFolder(env: NodeJS.ProcessEnv, home: string): string {
  return env.DOCKER_CONFIG || path.join(home, '.docker');
}

/**
 * The engine that `DOCKER_HOST`, `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH` name; undefined where the first is not set.
 * As for docker, any value of `DOCKER_TLS_VERIFY` but '' asks for TLS, and only tcp has any. Throws `invalid` for an
 * endpoint that can't be read.
 */
export function fromDockerHost(env: NodeJS.ProcessEnv, home: string): DockerHost | undefined {
  if (!env.DOCKER_HOST) return undefined;
  const endpoint = parseEndpoint(env.DOCKER_HOST);
  if (!env.DOCKER_TLS_VERIFY || endpoint.scheme !== 'tcp') return { endpoint };
  const folder = env.DOCKER_CERT_PATH || dockerFolder(env, home);
  const file = (name: string) => path.join(folder, name);
  return { endpoint, tls: { ca: file('ca.pem'), cert: file('cert.pem'), key: file('key.pem') } };
}
