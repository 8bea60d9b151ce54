import type { Deps } from './deps';

/** Finds anything on any host, as it is typed. */
export const find = (deps: Deps) => async () => deps.desk.find();
