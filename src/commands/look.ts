import type { GroupBy, SortBy } from '../fleet/treeOptions';
import type { Deps } from './deps';
import { back } from './ui';

/** Filters the tree over every host; the words are kept for this workspace. */
export const filter = (deps: Deps) => async () => {
  const words = await deps.ui.ask({
    title: 'Filter',
    prompt:
      'Shows only what has each of these words in its name, image or label, or as its port (:8080), state or the beginning of its id. Empty shows all.',
    value: deps.settings.filter,
  });
  if (typeof words === 'string') await deps.settings.setFilter(words.trim());
};

/** Shows everything again. */
export const clearFilter = (deps: Deps) => () => deps.settings.setFilter('');

const groupings: readonly (readonly [GroupBy, string])[] = [
  ['compose', 'Compose project'],
  ['image', 'Image'],
  ['network', 'Network (its first)'],
  ['label', 'Label…'],
  ['state', 'State'],
  ['none', 'Not at all'],
];

/** Chooses what containers are gathered by. */
export const groupBy = (deps: Deps) => async () => {
  const { groupBy: now, groupLabel } = deps.settings.treeOptions();
  const chosen = await deps.ui.choose(
    'Group Containers By',
    groupings.map(([value, label]) => ({ label, description: value === now ? 'now' : '', value })),
  );
  if (chosen === undefined || chosen === back) return;
  if (chosen === 'label') {
    const label = await deps.ui.ask({
      title: 'Group Containers By Label',
      prompt: 'The label whose values gather containers',
      value: groupLabel,
      placeholder: 'com.example.team',
      check: (text) => (text.trim() === '' ? 'Write the name of a label.' : undefined),
    });
    if (typeof label !== 'string') return;
    await deps.settings.set('containers.groupByLabel', label.trim());
  }
  await deps.settings.set('containers.groupBy', chosen);
};

const orders: readonly (readonly [SortBy, string])[] = [
  ['name', 'Name'],
  ['state', 'State, running first'],
  ['created', 'Age, newest first'],
];

/** Chooses what containers are sorted by. */
export const sortBy = (deps: Deps) => async () => {
  const { sortBy: now } = deps.settings.treeOptions();
  const chosen = await deps.ui.choose(
    'Sort Containers By',
    orders.map(([value, label]) => ({ label, description: value === now ? 'now' : '', value })),
  );
  if (chosen !== undefined && chosen !== back) await deps.settings.set('containers.sortBy', chosen);
};

/** Shows or hides containers that don't run. */
export const toggleStopped = (deps: Deps) => () =>
  deps.settings.set('containers.showStopped', !deps.settings.treeOptions().showStopped);

/** Shows or hides what running containers use. */
export const toggleStats = (deps: Deps) => () => deps.settings.setShowStats(!deps.settings.showStats);

/** Shows a further page of a long group. */
export const showMore = (deps: Deps) => async (parent: unknown) => {
  if (typeof parent === 'string') deps.desk.showMore(parent);
};

/** Shows the log. */
export const showLog = (deps: Deps) => async () => deps.desk.showLog();
