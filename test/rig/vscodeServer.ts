import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startPart } from './owned';
import { projectRoot } from './paths';
import { freePort, isFree } from './ports';
import { prepareVscode } from './vscodeInstall';
import { Hopeless, waitFor } from './wait';

/** Keeps the workbench free of everything that asks, greets, downloads or decorates by itself. */
const calmSettings = {
  'security.workspace.trust.enabled': false,
  'chat.disableAIFeatures': true,
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'extensions.ignoreRecommendations': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'update.mode': 'none',
  'git.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
};

export interface ServerOptions {
  /** A free one where nothing is said. */
  readonly port?: number;
  /** Merged over settings that keep the workbench calm (no trust prompt, AI features, welcome page or telemetry). */
  readonly userSettings?: object;
  /** For settings of the machine that the server runs on, which the user's can't set. */
  readonly machineSettings?: object;
  /** This project where nothing is said. */
  readonly extensionDevelopmentPath?: string;
  /** A module whose `run()` the extension host calls once it is up. */
  readonly extensionTestsPath?: string;
  /** The folder to open: an empty one where nothing is said. */
  readonly workspace?: string;
  /** For the server, the extension host and its terminals, beside this process's own. */
  readonly env?: NodeJS.ProcessEnv;
}

/** A whole VS Code, to be opened in a browser: the real extension host and the real workbench. */
export interface VscodeServer {
  /** `http://127.0.0.1:PORT/?folder=…&payload=…`: the workbench with the extension loaded. */
  readonly url: string;
  readonly port: number;
  /** Its `data/User/settings.json` holds the user's settings; a change there takes effect at once. */
  readonly settingsFile: string;
  readonly workspace: string;
  log(): string;
  stop(): Promise<void>;
}

/** Starts VS Code's server on 127.0.0.1 with data of its own, and waits until it answers. */
export async function startServer(options: ServerOptions = {}): Promise<VscodeServer> {
  if (options.port !== undefined && !(await isFree(options.port))) throw new Error(`Port ${options.port} is taken`);
  const { node, folder } = await prepareVscode();
  const part = startPart('vscode');
  const port = options.port ?? (await freePort());
  const workspace = options.workspace ?? path.join(part.folder, 'workspace');
  const settingsFile = path.join(part.folder, 'server/data/User/settings.json');
  for (const needed of [workspace, path.dirname(settingsFile)]) mkdirSync(needed, { recursive: true });
  writeFileSync(settingsFile, JSON.stringify({ ...calmSettings, ...options.userSettings }, undefined, 2));
  if (options.machineSettings !== undefined) {
    const file = path.join(part.folder, 'server/data/Machine/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(options.machineSettings));
  }
  const child = part.spawn(
    node,
    [
      path.join(folder, 'out/server-main.js'),
      ...['--host', '127.0.0.1', '--port', String(port), '--without-connection-token', '--accept-server-license-terms'],
      ...['--server-data-dir', path.join(part.folder, 'server'), '--telemetry-level', 'off'],
      '--enable-smoke-test-driver', // a built workbench ignores the extension's path without it
    ],
    { PATH: `${path.dirname(node)}:${process.env.PATH}`, ...options.env },
  );
  const address = `http://127.0.0.1:${port}/`;
  await waitFor('The VS Code server', 60, async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Hopeless(`It ended:\n${part.log()}`);
    return (await fetch(address, { signal: AbortSignal.timeout(5000) })).ok || undefined;
  });
  const remote = (file: string) => `vscode-remote://127.0.0.1:${port}${file}`;
  const payload = [['extensionDevelopmentPath', remote(options.extensionDevelopmentPath ?? projectRoot)]];
  if (options.extensionTestsPath !== undefined) {
    payload.push(['extensionTestsPath', remote(options.extensionTestsPath)]);
  }
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return { url: `${address}?${query}`, port, settingsFile, workspace, log: part.log, stop: part.stop };
}
