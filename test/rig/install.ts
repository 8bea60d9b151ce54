import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { execute } from './execute';
import { withLock } from './lock';
import { cacheFolder } from './paths';

/** What the rig takes from the system: a program, and the Debian package that brings it. */
const packages = {
  dockerd: 'docker.io',
  ip: 'iproute2',
  busybox: 'busybox-static',
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
  sshd: 'openssh-server',
  ssh: 'openssh-client',
  podman: 'podman',
  chromium: 'chromium',
} as const;

export type Program = keyof typeof packages;

/**
 * Makes sure that the programs are there: installs the missing ones' packages as root on Debian or Ubuntu, else
 * rejects with one line that says what to install.
 */
export async function need(...programs: readonly Program[]): Promise<void> {
  if (missing(programs).length === 0) return;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) throw new Error(advice(missing(programs)));
  await withLock(path.join(cacheFolder, 'install.lock'), async () => {
    const names = missing(programs).map((program) => packages[program]);
    if (names.length === 0) return;
    process.stderr.write(`Installing ${names.join(', ')}\n`);
    // A service that a package brings is nothing that the rig asked to run.
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', SYSTEMD_OFFLINE: '1', RUNLEVEL: '1' };
    const patient = ['-qq', '-o', 'DPkg::Lock::Timeout=300'];
    await execute('apt-get', [...patient, 'update'], { env });
    await execute('apt-get', [...patient, 'install', '--yes', '--no-install-recommends', ...names], { env });
  });
  if (missing(programs).length > 0) throw new Error(advice(missing(programs)));
}

/** The absolute path of a program, looked up as a shell does and then where only root's shell looks. */
export function locate(program: string, searchPath = process.env.PATH ?? ''): string | undefined {
  return [...searchPath.split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin']
    .filter(Boolean)
    .map((folder) => path.join(folder, program))
    .find(isExecutable);
}

function missing(programs: readonly Program[]): Program[] {
  return programs.filter((program) => locate(program) === undefined);
}

function advice(programs: readonly Program[]): string {
  const names = programs.map((program) => packages[program]).join(' ');
  return `Missing: ${programs.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${names}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
