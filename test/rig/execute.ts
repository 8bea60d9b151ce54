import { spawn } from 'node:child_process';

export interface ExecuteOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Written to the program's standard input, which is then closed. */
  readonly input?: string | Buffer;
  readonly signal?: AbortSignal;
}

/** Runs a program to its end and gives its standard output; rejects with the end of its standard error. */
export function execute(command: string, args: readonly string[], options: ExecuteOptions = {}): Promise<string> {
  const { input, ...rest } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...rest, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const problems: Buffer[] = [];
    child.stdout?.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => problems.push(chunk));
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve(Buffer.concat(output).toString());
      const said = Buffer.concat(problems).toString().trim().slice(-2000);
      reject(new Error(`${command} ${args.join(' ')}: ${killedBy ?? `exit code ${code}`}${said ? `\n${said}` : ''}`));
    });
    child.stdin?.on('error', () => {}); // it may end without reading all; its exit code tells
    child.stdin?.end(input);
  });
}
