import { randomBytes, randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './execute';
import type { Part } from './owned';

export interface Bridge {
  /** The network device's name. */
  readonly name: string;
  /** The first two numbers of the /16 that is this bridge's alone, as in `10.87`; the device itself has its first /24. */
  readonly prefix: string;
}

/** Makes a bridge device for one engine, in a network that nothing on this machine uses. The part's end removes it. */
export async function makeBridge(part: Part): Promise<Bridge> {
  const name = `ls${randomBytes(4).toString('hex')}`;
  appendFileSync(path.join(part.folder, 'bridge'), `${name}\n`); // before it exists, so that no end can miss it
  await execute('ip', ['link', 'add', name, 'type', 'bridge']);
  for (;;) {
    const prefix = `10.${randomInt(64, 256)}`;
    if ((await usesOf(prefix)) > 0) continue;
    await execute('ip', ['address', 'add', `${prefix}.0.1/24`, 'dev', name]);
    await execute('ip', ['link', 'set', name, 'up']);
    if ((await usesOf(prefix)) === 1) return { name, prefix };
    await execute('ip', ['address', 'flush', 'dev', name]); // another engine chose it in the same moment
  }
}

async function usesOf(prefix: string): Promise<number> {
  const routes = await execute('ip', ['-4', 'route', 'show']);
  return routes.split('\n').filter((line) => line.startsWith(`${prefix}.`)).length;
}
