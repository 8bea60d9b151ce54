import { fields, number, text } from './decode';
import type { Engine } from './http';
import { Stdio } from './stdio';

/** A command to run in a container. */
export interface ExecConfig {
  readonly Cmd: readonly string[];
  readonly Tty?: boolean;
  readonly AttachStdin?: boolean;
  readonly Env?: readonly string[];
  readonly User?: string;
  readonly WorkingDir?: string;
}

/** Prepares a command in a running container and resolves to the exec's id; `conflict` where the container isn't up. */
export async function createExec(
  engine: Engine,
  id: string,
  config: ExecConfig,
  signal?: AbortSignal,
): Promise<string> {
  const body = { AttachStdout: true, AttachStderr: true, ...config };
  const answer = await engine.json({ method: 'POST', path: ['containers', id, 'exec'], body, signal });
  return text(fields(answer, 'an exec').Id);
}

/** Starts it and hands over its stdio. A program that can't be run is told in its output: ask `inspectExec` afterwards. */
export async function startExec(engine: Engine, exec: string, tty: boolean, signal?: AbortSignal): Promise<Stdio> {
  const body = { Detach: false, Tty: tty };
  return new Stdio(await engine.upgrade({ method: 'POST', path: ['exec', exec, 'start'], body, signal }), tty);
}

/** Whether it runs, and how it ended; the exit code is undefined until then, 126 or 127 where it could not be run. */
export async function inspectExec(
  engine: Engine,
  exec: string,
  signal?: AbortSignal,
): Promise<{ running: boolean; exitCode: number | undefined }> {
  const answer = fields(await engine.json({ path: ['exec', exec, 'json'], signal }), 'an exec');
  const running = answer.Running === true;
  return { running, exitCode: running || answer.ExitCode === null ? undefined : number(answer.ExitCode) };
}

/** Tells its terminal how large the window is, in characters. */
export function resizeExec(
  engine: Engine,
  exec: string,
  columns: number,
  rows: number,
  signal?: AbortSignal,
): Promise<void> {
  return engine.done({ method: 'POST', path: ['exec', exec, 'resize'], query: { w: columns, h: rows }, signal });
}
