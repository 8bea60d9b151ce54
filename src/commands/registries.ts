import { parseReference } from '../engine/reference';
import type { Deps } from './deps';
import { problemOf } from './problem';
import { back } from './ui';

/** Keeps a user and password for a registry in VS Code's secret storage. */
export const logIn = (deps: Deps) => async () => {
  const title = 'Registry Log In';
  const registry = await deps.ui.ask({
    title,
    step: [1, 3],
    prompt: 'The registry',
    value: 'docker.io',
    check: (text) => problemOf(() => parseReference(`${text.trim()}/image`)),
  });
  if (registry === undefined || registry === back) return;
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
  await deps.credentials.store(registry.trim(), { username, password });
  void deps.ui.say('info', `Logged in to ${registry}.`);
};

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
