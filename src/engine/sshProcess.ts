import { type ChildProcess, spawn } from 'node:child_process';
import type { Duplex } from 'node:stream';
import { EngineError } from './errors';
import type { Prompts } from './prompts';
import type { SshWords } from './sshWords';

/** How ssh is run. */
export interface SshOptions {
  /** The host's name, as questions to the person call it. */
  readonly name: string;
  readonly prompts: Prompts;
  /** The program; the user's own `ssh` where nothing is said. */
  readonly program?: string;
  /** In front of all others, as in `['-F', file]`. */
  readonly flags?: readonly string[];
  /** Runs an ssh for each stream: the only way on Windows, whose ssh can neither share a connection nor forward a socket. */
  readonly perStream?: boolean;
}

/** A login at the machine of an engine, by which its streams go. */
export interface SshConnection {
  /** False once it has ended: then it takes another one. */
  readonly alive: boolean;
  dial(signal: AbortSignal): Promise<Duplex>;
  /** Why ssh ended, or did not do as told, in its own words. */
  failure(): EngineError;
  close(): Promise<void>;
}

/** Starts the user's own ssh; what it says goes into `words`. */
export function spawnSsh(
  { program = 'ssh', flags = [] }: SshOptions,
  args: readonly string[],
  stdin: 'ignore' | 'pipe',
  words: SshWords,
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const child = spawn(program, [...flags, ...args], {
    stdio: [stdin, stdin === 'pipe' ? 'pipe' : 'ignore', 'pipe'],
    env: { ...process.env, ...env },
    windowsHide: true,
  });
  child.stderr?.on('data', (chunk: Buffer) => words.add(chunk));
  return child;
}

/** The error for an ssh that could not be started. */
export function notRun(cause: Error): EngineError {
  return new EngineError('unreachable', `ssh can't be run (${cause.message}); is it installed?`, { cause });
}
