import type { Deps } from './deps';
import { back } from './ui';

/** An engine that the docker CLI knows, as a host's settings would write it. */
export interface KnownToDocker {
  readonly name: string;
  readonly endpoint: string;
  readonly tls?: object;
  /** Why it can't be taken over. */
  readonly problem?: string;
}

/** Takes hosts over from what the docker CLI knows: its contexts, and DOCKER_HOST. */
export const importContexts = (deps: Deps) => async () => {
  const found = (await deps.dockerContexts()).filter(({ name }) => !deps.fleet.hosts.has(name));
  if (found.length === 0) throw new Error('The docker CLI has no context here that is not a host already.');
  const chosen = await deps.ui.choose(
    'Import Docker Contexts',
    found.map((each) => ({
      label: each.name,
      description: each.problem ?? each.endpoint,
      value: each,
    })),
    { placeholder: 'Which one becomes a host?' },
  );
  if (chosen === undefined || chosen === back) return;
  if (chosen.problem !== undefined) throw new Error(`The context ${chosen.name} can't be used: ${chosen.problem}`);
  const { name, endpoint, tls } = chosen;
  await deps.settings.save(name, { endpoint, ...(tls ? { tls } : {}) }, 'user');
};
