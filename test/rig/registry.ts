import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { engineDo, engineRequest } from './engineHttp';
import { execute } from './execute';
import { splitReference } from './image';
import { locate, need } from './install';
import { startPart } from './owned';
import { freePort } from './ports';
import { Hopeless, waitFor } from './wait';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A private registry, over plain HTTP: engines take that from 127.0.0.0/8. */
export interface Registry {
  /** `127.0.0.1:PORT`: the first part of its images' references. */
  readonly address: string;
  readonly credentials: Credentials | undefined;
  /** What it wrote, one line per request among others. */
  log(): string;
  /**
   * Gives `reference` (an image that the engine has) the name `repository:tag` in this registry and pushes it, then
   * takes that name off the engine again. Returns the full reference to pull: `127.0.0.1:PORT/repository:tag`.
   */
  push(engineAddress: string, reference: string, name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a registry; with credentials it lets nobody else in, neither to push nor to pull. */
export async function startRegistry({ credentials }: { credentials?: Credentials } = {}): Promise<Registry> {
  await need('docker-registry', ...(credentials ? (['htpasswd'] as const) : []));
  const part = startPart('registry');
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const passwords = path.join(part.folder, 'htpasswd');
  if (credentials) {
    writeFileSync(passwords, await execute('htpasswd', ['-nbB', credentials.username, credentials.password]));
  }
  const configuration = {
    version: 0.1,
    log: { level: 'info', accesslog: { disabled: false } },
    storage: { filesystem: { rootdirectory: path.join(part.folder, 'images') }, delete: { enabled: true } },
    http: { addr: address },
    ...(credentials && { auth: { htpasswd: { realm: 'longshore', path: passwords } } }),
  };
  const file = path.join(part.folder, 'config.yml');
  writeFileSync(file, JSON.stringify(configuration)); // JSON is YAML
  const child = part.spawn(locate('docker-registry') ?? 'docker-registry', ['serve', file]);
  await waitFor('The registry', 20, async () => {
    if (child.exitCode !== null) throw new Hopeless(`The registry ended:\n${part.log()}`);
    const { status } = await engineRequest(`http://${address}`, 'GET', '/v2/');
    return status === 200 || status === 401 || undefined;
  });
  return {
    address,
    credentials,
    log: part.log,
    push: async (engineAddress, reference, name) => {
      const full = `${address}/${name}`;
      const { repository, tag } = splitReference(full);
      const auth = Buffer.from(JSON.stringify({ ...credentials, serveraddress: address })).toString('base64');
      const header = auth.replaceAll('+', '-').replaceAll('/', '_'); // base64url, but padded: dockerd insists
      await engineDo(
        engineAddress,
        'POST',
        `/images/${reference}/tag?${new URLSearchParams({ repo: repository, tag })}`,
      );
      await engineDo(engineAddress, 'POST', `/images/${repository}/push?${new URLSearchParams({ tag })}`, {
        headers: { 'X-Registry-Auth': header },
        seconds: 120,
      });
      await engineDo(engineAddress, 'DELETE', `/images/${repository}:${tag}`);
      return `${repository}:${tag}`;
    },
    stop: part.stop,
  };
}
