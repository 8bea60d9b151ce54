import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execute } from './execute';
import { makeOnce } from './lock';
import { npm } from './npm';
import { cacheFolder } from './paths';

const codeServer = 'code-server@4.139.1';
const wantedNode = 24;

export interface VscodeServerInstall {
  /** The Node program that runs the server. */
  readonly node: string;
  /** The folder of the server's own files, with `out/server-main.js`. */
  readonly folder: string;
}

/**
 * Brings a whole VS Code (server and web workbench) below `.vscode-test/` from npm's registry alone, once: it needs no
 * download site and no compiler. About 15 s and 500 MB the first time.
 */
export async function prepareVscode(): Promise<VscodeServerInstall> {
  const server = path.join(cacheFolder, codeServer);
  const [node] = await Promise.all([prepareNode(), makeOnce(server, installServer)]);
  return { node, folder: path.join(server, 'package/lib/vscode') };
}

async function installServer(folder: string): Promise<void> {
  process.stderr.write('Fetching VS Code (server and web workbench) from the npm registry\n');
  await unpack(codeServer, folder);
  const vscode = path.join(folder, 'package/lib/vscode');
  leaveOut(vscode);
  await npm(['install', '--omit=dev', '--ignore-scripts'], vscode);
  for (const [name, entry] of [
    ['spdlog', 'index.js'],
    ['native-watchdog', 'index.js'],
  ] as const) {
    copyFileSync(
      path.join(__dirname, 'standins', `${name}.js`),
      path.join(vscode, 'node_modules/@vscode', name, entry),
    );
  }
}

/** The AI parts, which the rig's settings switch off, are half of the size. */
function leaveOut(vscode: string): void {
  const file = path.join(vscode, 'package.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as { dependencies: Record<string, string> };
  const unwanted = ['@github/copilot-sdk', '@vscode/copilot-api', '@devcontainers/cli', '@microsoft/mxc-sdk'];
  for (const name of unwanted) delete manifest.dependencies[name];
  writeFileSync(file, JSON.stringify(manifest));
  rmSync(path.join(vscode, 'extensions/copilot'), { recursive: true, force: true });
}

async function prepareNode(): Promise<string> {
  if (Number.parseInt(process.versions.node, 10) >= wantedNode) return process.execPath;
  const folder = path.join(cacheFolder, `node-${wantedNode}`);
  await makeOnce(folder, async (unfinished) => {
    process.stderr.write(`Fetching Node ${wantedNode} from the npm registry\n`);
    await unpack(`node-${process.platform}-${process.arch}@${wantedNode}`, unfinished);
  });
  return path.join(folder, 'package/bin/node');
}

/** Puts a package's files below `folder/package`, without its dependencies. */
async function unpack(name: string, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = (await npm(['pack', name], folder)).trim().split('\n').at(-1) ?? '';
  await execute('tar', ['-xzf', file], { cwd: folder });
  rmSync(path.join(folder, file));
}
