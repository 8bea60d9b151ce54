import { inspectContainer } from './containers';
import { inner } from './decode';
import type { Engine } from './http';
import { Stdio } from './stdio';

/** Joins the stdio of a container's own program. `logs` begins with what it has written before. */
export async function attachContainer(
  engine: Engine,
  id: string,
  options: { stdin?: boolean; logs?: boolean; signal?: AbortSignal } = {},
): Promise<Stdio> {
  const { stdin = true, logs, signal } = options;
  const tty = await hasTty(engine, id, signal);
  const query = { stream: true, stdout: true, stderr: true, stdin: stdin || undefined, logs: logs || undefined };
  return new Stdio(await engine.upgrade({ method: 'POST', path: ['containers', id, 'attach'], query, signal }), tty);
}

/** Tells a container's terminal how large the window is, in characters. */
export function resizeContainer(
  engine: Engine,
  id: string,
  columns: number,
  rows: number,
  signal?: AbortSignal,
): Promise<void> {
  return engine.done({ method: 'POST', path: ['containers', id, 'resize'], query: { w: columns, h: rows }, signal });
}

/** Whether a container has a terminal: then its output has no frames. */
export async function hasTty(engine: Engine, id: string, signal?: AbortSignal): Promise<boolean> {
  return inner((await inspectContainer(engine, id, signal)).Config).Tty === true;
}
