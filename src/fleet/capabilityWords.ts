import type { Container } from '../engine/containers';
import type { Access } from './config';
import type { Kind } from './lists';

const byState: Readonly<Record<string, readonly string[]>> = {
  created: ['startable', 'renamable', 'removable'],
  running: ['stoppable', 'restartable', 'killable', 'pausable', 'renamable', 'removable'],
  paused: ['unpausable', 'stoppable', 'killable', 'renamable', 'removable'],
  restarting: ['stoppable', 'restartable', 'killable', 'renamable', 'removable'],
  exited: ['startable', 'restartable', 'renamable', 'removable'],
  dead: ['removable'],
  removing: [],
};

/** What can be done to a container now. A state that no table knows leaves it to the engine to refuse. */
export function containerWords(container: Container, access: Access): string {
  const { state } = container;
  const known = Object.hasOwn(byState, state) ? byState[state] : undefined;
  const can = known ?? ['startable', 'stoppable', 'restartable', 'killable', 'removable'];
  return words('container', access, can, isBrowsable(container) ? ['browsable'] : []);
}

/** What can be done to an object of another kind. */
export function itemWords(kind: Exclude<Kind, 'containers'>, access: Access, name = ''): string {
  const networks = kind === 'networks' && builtIn.has(name) ? [] : ['removable'];
  const can = { images: ['runnable', 'taggable', 'removable'], networks, volumes: ['removable'] }[kind];
  return words(kind.slice(0, -1), access, can, []);
}

/** Networks that every engine has and none removes. */
const builtIn: ReadonlySet<string> = new Set(['bridge', 'host', 'none', 'podman']);

/** True where a container has been started and not ended yet: also paused, and between two restarts. */
export function isUp({ state }: Container): boolean {
  return state === 'running' || state === 'paused' || state === 'restarting';
}

/** True where a container publishes something that a browser may open. */
export function isBrowsable({ state, ports }: Container): boolean {
  return (
    state === 'running' && ports.some(({ publicPort, protocol }) => publicPort !== undefined && protocol === 'tcp')
  );
}

function words(noun: string, access: Access, writes: readonly string[], reads: readonly string[]): string {
  // What could be done if the host let it is told all the same: commands are greyed by `readOnly`.
  return ['item', noun, 'inspectable', ...reads, ...writes, ...(access === 'readOnly' ? ['readOnly'] : [])].join(' ');
}
