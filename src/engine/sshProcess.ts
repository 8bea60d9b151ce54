import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  /** What ssh may take to be let in, in ms, not counting what the person takes to answer it; 30 s where nothing is said. */
  readonly loginTimeout?: number;
}

/** A login at the machine of an engine, by which its streams go. */
export interface SshConnection {
  /** False once it has ended: then it takes another one. */
  readonly alive: boolean;
  dial(signal: AbortSignal): Promise<Duplex>;
  /** Why a stream was closed, in the words of ssh; undefined where it said nothing. */
  explain(): Promise<EngineError | undefined>;
  close(): Promise<void>;
}

/** What `loginTimeout` is where nothing is said. */
export const patientLogin = 30_000;

/** What a process that has ended may still have to say takes less than this, in ms. */
const lastWords = 200;

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
  child.on('error', () => {}); // seen by `ended`
  return child;
}

/**
 * Resolves to the exit code (null after a signal) once ssh has ended and been heard out. Who has inherited its stderr (a
 * question that is open, a ProxyCommand that hangs) is not waited for. Rejects where it could not be run.
 */
export async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, 'exit').catch((cause) => {
      throw notRun(cause);
    });
  }
  const { stderr } = child;
  if (stderr && !stderr.closed) {
    await once(stderr, 'close', { signal: AbortSignal.timeout(lastWords) }).catch(() => stderr.destroy());
  }
  return child.exitCode;
}

/** The error for an ssh that could not be started. */
function notRun(cause: Error): EngineError {
  return new EngineError('unreachable', `ssh can't be run (${cause.message}); is it installed?`, { cause });
}

/** The error for an ssh that was not let in within so many ms. */
export function tooLate(ms: number, words: SshWords): EngineError {
  const said = words.lastLine === '' ? '' : ` It last said: ${words.lastLine}`;
  return new EngineError('timeout', `ssh was not let in within ${ms / 1000} s.${said}`);
}
