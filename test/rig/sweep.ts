import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { execute } from './execute';
import { processesOf } from './processes';

/**
 * Removes every trace of a part's folder (or of a whole run's): its processes, containers, mounts, control groups,
 * bridges and files. Safe to repeat, and blind to everything that is not of this folder.
 */
export async function sweep(folder: string): Promise<void> {
  if (process.platform === 'linux') {
    const bridges = bridgesOf(folder);
    const sockets = shimSocketsOf(folder);
    const sharedGroups = linesOf(folder, 'control-groups');
    await within(20, `processes of ${folder}`, () => {
      const pids = processesOf(folder, controlGroupOf(folder));
      for (const pid of pids) attempt(() => process.kill(pid, 'SIGKILL'));
      return pids.length === 0;
    });
    await within(10, `mounts below ${folder}`, () => unmountBelow(folder));
    await within(10, `control groups of ${folder}`, () => removeControlGroups(controlGroupOf(folder)));
    for (const group of sharedGroups) removeControlGroups(group);
    for (const bridge of bridges) {
      await within(10, `bridge ${bridge}`, async () => {
        if (!existsSync(`/sys/class/net/${bridge}`)) return true;
        // An engine loses one now and then, of a container that ends while it joins a network: they don't go by themselves.
        const members = attempt(() => readdirSync(`/sys/class/net/${bridge}/brif`)) ?? [];
        for (const device of [...members, bridge]) await execute('ip', ['link', 'delete', device]).catch(() => {});
        return false;
      });
    }
    for (const socket of sockets) rmSync(socket, { force: true });
  }
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** The control group for the containers of a part: `/<run>/<part>`; of a run: `/<run>`. */
export function controlGroupOf(folder: string): string {
  const names = folder.split('/');
  return `/${names.slice(names.findIndex((name) => name.startsWith('longshore-'))).join('/')}`;
}

async function within(seconds: number, what: string, done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`The rig could not remove the ${what}`);
    await sleep(10);
  }
}

/** Whether nothing is mounted there (any more). */
async function unmountBelow(folder: string): Promise<boolean> {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter((point) => point.startsWith(`${folder}/`));
  if (points.length > 0) await execute('umount', ['--lazy', ...points.reverse()]).catch(() => {}); // some may be gone by now
  return points.length === 0;
}

/** The system itself keeps a group that is still in use. */
function removeControlGroups(name: string): boolean {
  const root = '/sys/fs/cgroup';
  const candidates = [root, ...namesIn(root).map((hierarchy) => path.join(root, hierarchy))];
  return candidates.map((hierarchy) => removeControlGroup(hierarchy + name)).every(Boolean);
}

function removeControlGroup(folder: string): boolean {
  if (!existsSync(folder)) return true;
  for (const name of namesIn(folder)) removeControlGroup(path.join(folder, name));
  attempt(() => rmdirSync(folder));
  return !existsSync(folder);
}

/** The bridge made for an engine, and those that the engine made for its networks. */
function bridgesOf(folder: string): string[] {
  const ofNetworks = partsOf(folder).flatMap(
    (part) => textOf(path.join(part, 'data/network/files/local-kv.db')).match(/\bbr-[0-9a-f]{12}\b/g) ?? [],
  );
  return [...linesOf(folder, 'bridge'), ...ofNetworks];
}

/** What the parts noted down for their end, one name a line. */
function linesOf(folder: string, file: string): string[] {
  return partsOf(folder).flatMap((part) => textOf(path.join(part, file)).split('\n').filter(Boolean));
}

/** containerd keeps its shims' sockets outside of every folder that it can be given. */
function shimSocketsOf(folder: string): string[] {
  return partsOf(folder).flatMap((part) => {
    const tasks = path.join(part, 'exec/containerd/daemon/io.containerd.runtime.v2.task/moby');
    return namesIn(tasks).flatMap((id) => {
      const address = textOf(path.join(tasks, id, 'address'));
      return address.startsWith('unix:///') ? [address.slice('unix://'.length).trim()] : [];
    });
  });
}

function partsOf(folder: string): string[] {
  return [folder, ...namesIn(folder).map((name) => path.join(folder, name))];
}

function namesIn(folder: string): string[] {
  return (
    attempt(() => readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()))?.map(
      (entry) => entry.name,
    ) ?? []
  );
}

function textOf(file: string): string {
  return attempt(() => readFileSync(file, 'latin1')) ?? '';
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
