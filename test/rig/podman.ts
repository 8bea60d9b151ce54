import { writeFileSync } from 'node:fs';
import { engineRequest } from './engineHttp';
import { locate, need } from './install';
import { startPart } from './owned';
import { freePort } from './ports';
import { Hopeless, waitFor } from './wait';

/** Podman behind its Docker-compatible API. */
export interface Podman {
  readonly unix: string;
  readonly tcp: string;
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts Podman's API service with storage of its own. It lists, imports and inspects as Docker does; an imported
 * image is named `:latest` whatever tag was asked for. Containers start with `NetworkMode` `none` or `host`.
 */
export async function startPodman(): Promise<Podman> {
  if (process.getuid?.() !== 0) throw new Error('A private Podman needs root');
  await need('podman');
  const part = startPart('podman');
  const port = await freePort();
  const unix = `unix://${part.folder}/podman.sock`;
  const inside = (name: string) => `${part.folder}/${name}`;
  const storage = [
    ...['--root', inside('root'), '--runroot', inside('run'), '--tmpdir', inside('tmp')],
    ...['--runtime-flag', `root=${inside('runc')}`],
  ];
  writeFileSync(inside('containers.conf'), configuration);
  writeFileSync(inside('control-groups'), '/libpod_parent\n');
  const env = { CONTAINERS_CONF: inside('containers.conf') };
  const podman = locate('podman') ?? 'podman';
  for (const address of [unix, `tcp:127.0.0.1:${port}`]) {
    const child = part.spawn(podman, [...storage, 'system', 'service', '--time=0', address], env);
    const http = address === unix ? unix : `http://127.0.0.1:${port}`;
    await waitFor('Podman', 30, async () => {
      if (child.exitCode !== null) throw new Hopeless(`podman ended:\n${part.log()}`);
      return (await engineRequest(http, 'GET', '/_ping', { seconds: 5 })).status === 200 || undefined;
    });
  }
  return { unix, tcp: `tcp://127.0.0.1:${port}`, log: part.log, stop: part.stop };
}

/** Podman's own limits for containers are more than some machines allow even root to give. */
const configuration = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]

[engine]
cgroup_manager = "cgroupfs"
`;
