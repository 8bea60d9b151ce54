import { parseReference } from '../engine/reference';
import type { Deps } from './deps';
import { problemOf } from './problem';
import { back } from './ui';

/** Keeps a user and password for a registry in VS Code's secret storage. */
export const logIn = (deps: Deps) => async () => {
  const title = 'Registry Log In';
  const typed = await deps.ui.ask({
    title,
    step: [1, 3],
    prompt: 'The registry',
    value: 'docker.io',
    check: (text) => problemOf(() => registryOf(text)),
  });
  if (typed === undefined || typed === back) return;
  const registry = registryOf(typed);
  const username = await deps.ui.ask({ title, step: [2, 3], prompt: `User at ${registry}`, check: needed });
  if (username === undefined || username === back) return;
  const password = await deps.ui.ask({
    title,
    step: [3, 3],
    password: true,
    prompt: `Password or token of ${username} at ${registry}. It is kept in VS Code's secret storage.`,
    check: needed,
  });
  if (password === undefined || password === back) return;
  await deps.credentials.store(registry, { username, password });
  void deps.ui.say('info', `Kept. Pulls from ${registry} are made as ${username} from now on.`);
};

/** The registry that a person named, as references name it. Throws where that is more, or less, than a registry. */
export function registryOf(text: string): string {
  const typed = text.trim().replace(/^https?:\/\/|\/+$/g, '');
  if (typed === '') throw new Error('Write the registry, as in docker.io.');
  const { domain, path } = parseReference(`${typed}/image`);
  if (path === 'image' || path === 'library/image') return domain;
  throw new Error(`Write the registry alone, as in ${domain}.`);
}

const needed = (text: string) => (text === '' ? 'It can not be empty.' : undefined);

/** Forgets what is kept for a registry. */
export const logOut = (deps: Deps) => async () => {
  const registries = await deps.credentials.stored();
  if (registries.length === 0) throw new Error('No registry login is kept here.');
  const registry = await deps.ui.choose(
    'Registry Log Out',
    registries.map((each) => ({ label: each, value: each })),
  );
  if (registry !== undefined && registry !== back) await deps.credentials.forget(registry);
};
