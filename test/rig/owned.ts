import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs';
import type { Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { partVariable } from './processes';
import { sweep } from './sweep';

/** A folder below which everything lies that belongs together, and the watcher that removes all of it. */
export interface Run {
  readonly folder: string;
  /** The environment that marks a process as belonging to this run, and keeps its temporary files within. */
  readonly env: NodeJS.ProcessEnv;
  /** Stops everything of the run and removes its folder; resolves when that is done. */
  release(): Promise<void>;
}

/** One started thing (an engine, a registry, …) in a folder of its own. */
export interface Part {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Starts a program in the background, in a process group of its own; its output goes to the part's `log` file. */
  spawn(command: string, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  /** The last lines that the part's programs wrote. */
  log(): string;
  /** Stops the part's processes and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Begins a run: a folder below the system's temporary folder, and a detached watcher that stops everything started in
 * it as soon as this process ends, be it by SIGKILL.
 */
export function startRun(): Run {
  const folder = mkdtempSync(path.join(realpathSync(os.tmpdir()), 'longshore-'));
  const { [partVariable]: _, ...env } = process.env;
  const watcher = spawn(process.execPath, ['--import', 'tsx', path.join(__dirname, 'reaper.ts'), folder], {
    cwd: __dirname,
    detached: true,
    env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  watcher.unref();
  const lifeline = watcher.stdin as Socket;
  lifeline.on('error', () => {});
  lifeline.unref();
  return {
    folder,
    env: { ...env, [partVariable]: folder, TMPDIR: folder },
    release: async () => {
      if (watcher.exitCode !== null || watcher.signalCode !== null) return;
      watcher.ref();
      lifeline.end();
      await once(watcher, 'exit');
      if (watcher.exitCode !== 0) throw new Error('The rig left something behind');
    },
  };
}

let ofThisProcess: Run | undefined;

/** The run of this process: that of the process which started it, else one that ends with this process. */
export function currentRun(): Run {
  if (ofThisProcess === undefined) {
    const inherited = process.env[partVariable];
    if (inherited !== undefined) {
      ofThisProcess = { folder: inherited, env: process.env, release: async () => {} };
    } else {
      const run = startRun();
      process.once('beforeExit', () => void run.release());
      ofThisProcess = run;
    }
  }
  return ofThisProcess;
}

/** Makes a part of the current run, named `<name>-…`. */
export function startPart(name: string): Part {
  const run = currentRun();
  const folder = mkdtempSync(path.join(run.folder, `${name}-`));
  const env = { ...run.env, [partVariable]: folder, TMPDIR: folder };
  const logFile = path.join(folder, 'log');
  return {
    folder,
    env,
    spawn: (command, args, extra = {}) => {
      const log = openSync(logFile, 'a');
      const child = spawn(command, args, {
        cwd: folder,
        detached: true,
        env: { ...env, ...extra },
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      child.unref();
      return child;
    },
    log: () => readFileSync(logFile, 'utf8').trim().split('\n').slice(-15).join('\n'),
    stop: () => sweep(folder),
  };
}
