import { spawn } from 'node:child_process';
import { checkHelperName, type RegistryAuth } from './auth';
import { inner, text } from './decode';
import { EngineError } from './errors';

/** How long a helper may take, in ms: it may ask a person to unlock something. */
const helperTimeout = 60_000;
const maxOutput = 1 << 20;
/** What every helper answers, on its standard output and with exit code 1, where it has nothing. */
const nothingFound = 'credentials not found in native keychain';

export interface HelperOptions {
  readonly signal?: AbortSignal;
  /** In ms; a minute where nothing is said. */
  readonly timeout?: number;
  /** Instead of this process's own; its PATH is where the program is looked for. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Asks the program `docker-credential-NAME`, without a shell, for the credentials of one address. Undefined where it
 * has none. Rejects with `invalid` for a name that can't be one, `notFound` where it is not installed, `timeout`, and
 * `denied` with its own words where it fails; never with what it said of a secret.
 */
export async function runCredentialHelper(
  name: string,
  serverAddress: string,
  options: HelperOptions = {},
): Promise<RegistryAuth | undefined> {
  const program = `docker-credential-${checkHelperName(name)}`;
  const { code, output } = await run(program, serverAddress, options);
  if (code === 0) return decode(program, output);
  const words = output.trim();
  if (words === nothingFound) return undefined;
  throw new EngineError('denied', `${program} failed: ${words.slice(0, 500) || `exit code ${code}`}.`);
}

function decode(program: string, output: string): RegistryAuth {
  const { Username, Secret } = inner(parse(output));
  if (typeof Username !== 'string' || typeof Secret !== 'string') {
    throw new EngineError('protocol', `${program} gave no credentials that can be read.`);
  }
  return Username === '<token>' ? { identitytoken: Secret } : { username: text(Username), password: Secret };
}

function parse(output: string): unknown {
  try {
    return JSON.parse(output);
  } catch {
    return undefined;
  }
}

function run(
  program: string,
  input: string,
  { signal, timeout = helperTimeout, env = process.env }: HelperOptions,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    // A group of its own, so that what it started ends with it.
    const ownGroup = process.platform !== 'win32';
    const child = spawn(program, ['get'], {
      env,
      stdio: ['pipe', 'pipe', 'ignore'],
      detached: ownGroup,
      windowsHide: true,
    });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const stop = (reason: unknown) => {
      kill(child.pid, ownGroup);
      child.stdout.destroy();
      settle(() => reject(reason));
    };
    const onAbort = () => stop(signal?.reason);
    const late = () => stop(new EngineError('timeout', `${program} gave no answer within ${timeout / 1000} s.`));
    const timer = setTimeout(late, timeout);
    signal?.addEventListener('abort', onAbort, { once: true });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      output += part;
      if (output.length > maxOutput) stop(new EngineError('protocol', `${program} answers without an end.`));
    });
    // It may end without having read what it was asked.
    child.stdin.on('error', () => {}).end(input);
    child.on('error', (cause: NodeJS.ErrnoException) => settle(() => reject(startError(program, cause))));
    child.on('close', (code) => settle(() => resolve({ code, output })));
  });
}

function startError(program: string, cause: NodeJS.ErrnoException): EngineError {
  return cause.code === 'ENOENT'
    ? new EngineError('notFound', `${program}, which docker's config.json names for credentials, is not installed.`, {
        cause,
      })
    : new EngineError('denied', `${program} can't be started: ${cause.code ?? cause.message}.`, { cause });
}

function kill(pid: number | undefined, ownGroup: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(ownGroup ? -pid : pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}
