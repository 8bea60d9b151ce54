import { execute } from './execute';

/** Runs npm, quietly: the one that started this process where npm did, so that its settings hold. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const script = process.env.npm_execpath;
  const [program, first] = script ? [process.execPath, [script]] : ['npm', []];
  return execute(program, [...first, ...args, '--no-audit', '--no-fund', '--silent'], { cwd });
}
