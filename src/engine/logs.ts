import { hasTty } from './attach';
import type { Engine } from './http';
import { decodeOutput, type Output } from './stdio';

/** Which of a container's log is wanted. */
export interface LogOptions {
  /** Goes on with what comes. */
  readonly follow?: boolean;
  /** So many of the last lines; all where nothing is said. */
  readonly tail?: number;
  /** Unix seconds. */
  readonly since?: number;
  readonly timestamps?: boolean;
  readonly signal?: AbortSignal;
}

/** What a container has written, and with `follow` what it writes, in batches as it arrives. */
export async function readLogs(
  engine: Engine,
  id: string,
  options: LogOptions = {},
): Promise<AsyncGenerator<readonly Output[]>> {
  const { follow, tail, since, timestamps, signal } = options;
  const tty = await hasTty(engine, id, signal);
  const query = {
    stdout: true,
    stderr: true,
    follow: follow || undefined,
    tail: tail ?? 'all',
    since,
    timestamps: timestamps || undefined,
  };
  return decodeOutput(await engine.stream({ path: ['containers', id, 'logs'], query, signal }), tty);
}
