import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './execute';
import { makeOnce } from './lock';
import { cacheFolder } from './paths';

/**
 * A folder with the dockerd and containerd of one of Debian's suites, unpacked and not installed; made at first use
 * and then kept. What Debian calls its archive here is taken from the machine's own sources.
 */
export async function debianEngine(suite: string): Promise<string> {
  const folder = path.join(cacheFolder, 'engines', suite);
  await makeOnce(folder, async (unfinished) => {
    process.stderr.write(`Fetching the Docker engine of Debian ${suite}\n`);
    const apt = path.join(unfinished, 'apt');
    for (const name of ['lists/partial', 'cache/archives/partial'])
      mkdirSync(path.join(apt, name), { recursive: true });
    writeFileSync(path.join(apt, 'sources.list'), sourceOf(suite));
    const get = (...args: string[]) => execute('apt-get', [...aptOptions(apt), ...args], { cwd: apt });
    await get('update');
    await get('download', 'docker.io', 'containerd');
    for (const name of readdirSync(apt).filter((file) => file.endsWith('.deb'))) {
      await execute('dpkg', ['-x', path.join(apt, name), unfinished]);
    }
    // A newer suite's runc may want a newer libc; the machine's own serves every engine.
    for (const runc of ['usr/bin/runc', 'usr/sbin/runc']) rmSync(path.join(unfinished, runc), { force: true });
    rmSync(apt, { recursive: true });
  });
  return folder;
}

function aptOptions(folder: string): string[] {
  const options = {
    'Dir::Etc::sourcelist': path.join(folder, 'sources.list'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::State::Lists': path.join(folder, 'lists'),
    'Dir::Cache': path.join(folder, 'cache'),
    'APT::Sandbox::User': 'root',
    'Acquire::Languages': 'none',
  };
  return ['-qq', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}

/** One source line for the suite, at the archive that the machine's own Debian comes from. */
function sourceOf(suite: string): string {
  const files = ['/etc/apt/sources.list', ...namesIn('/etc/apt/sources.list.d')];
  const archives = files
    .filter(existsSync)
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^[^#\n]*?(https?:\/\/\S+\/debian)\/?(?=\s|$)/gm)])
    .map((match) => match[1]);
  if (archives[0] === undefined)
    throw new Error(`No Debian archive among this machine's sources: no engine of ${suite}`);
  return `deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] ${archives[0]} ${suite} main\n`;
}

function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
}
