import { readdirSync, readFileSync } from 'node:fs';

/** The variable that marks every process of the rig: the folder of the part that it belongs to. */
export const partVariable = 'LONGSHORE_RIG_PART';

/**
 * The living processes of a part (or of a whole run): those marked with its folder, those that name it in their
 * command line, those in its control group (containers), and everything that these started. Never the caller itself.
 */
export function processesOf(folder: string, controlGroup: string): number[] {
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const stat = read(pid, 'stat');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === undefined || state === 'Z' || state === 'X') continue;
    parents.set(pid, Number(parent));
    if (isMarked(pid, folder, controlGroup)) found.add(pid);
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(process.pid);
  return [...found];
}

function isMarked(pid: number, folder: string, controlGroup: string): boolean {
  const belongs = (value: string) => value === folder || value.startsWith(`${folder}/`);
  return (
    read(pid, 'environ')
      .split('\0')
      .some((entry) => entry.startsWith(`${partVariable}=`) && belongs(entry.slice(partVariable.length + 1))) ||
    read(pid, 'cmdline')
      .split('\0')
      .some((argument) => argument.endsWith(folder) || argument.includes(`${folder}/`)) ||
    `${read(pid, 'cgroup').replaceAll('\n', '/\n')}/`.includes(`${controlGroup}/`)
  );
}

/** A process may end at any moment: what can't be read is empty. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}
