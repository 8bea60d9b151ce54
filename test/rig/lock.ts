import { existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `action` while no other process of this machine runs one under the same lock file. A dead holder's lock counts as free. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  while (!takeLock(file)) await sleep(200);
  try {
    return await action();
  } finally {
    rmSync(file, { force: true });
  }
}

/**
 * Makes `folder` once: `make` fills a new folder beside it, which gets its name when it is complete, so that what
 * exists is always whole. Others that want the same folder wait.
 */
export async function makeOnce(folder: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return;
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const unfinished = `${folder}.part`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(unfinished, { recursive: true });
    await make(unfinished);
    renameSync(unfinished, folder);
  });
}

/** The lock appears with its holder's process id in it, never empty: a link to a finished file is one step. */
function takeLock(file: string): boolean {
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, file);
    return true;
  } catch {
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isHeld(file: string): boolean {
  try {
    process.kill(Number(readFileSync(file, 'utf8')), 0);
    return Date.now() - statSync(file).mtimeMs < 30 * 60_000; // so old, the id is another process's by now
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
