// The way in for `npm start`, `npm test` and `npm run bench`: it needs nothing but Node and npm. It brings
// node_modules in step with package-lock.json where it is not, then runs the command, whose exit code it takes over.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const commands = { start: 'test/rig/start.ts', test: 'test/rig/test.ts', bench: 'test/bench/main.ts' };

function lockedPackages(file) {
  return existsSync(file) ? Object.entries(JSON.parse(readFileSync(file, 'utf8')).packages) : [];
}

/** npm notes in a hidden lock file what it has installed; packages for other platforms are not among them. */
function isInstalled() {
  const installed = new Map(lockedPackages(path.join(root, 'node_modules/.package-lock.json')));
  return (
    installed.size > 0 &&
    lockedPackages(path.join(root, 'package-lock.json')).every(([name, { version, optional }]) => {
      const found = installed.get(name);
      return name === '' || (found ? found.version === version : optional === true);
    })
  );
}

function install() {
  process.stderr.write('Installing the dependencies\n');
  const npm = process.env.npm_execpath;
  const [program, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status } = spawnSync(program, [...first, 'ci', '--ignore-scripts', '--no-progress'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: !npm && process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function run(script, args) {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'], // the channel's end tells the command that this process is gone
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
  // npm or its shell may be killed outright, which tells their children nothing: they only get another parent.
  if (process.env.npm_lifecycle_event === undefined) return;
  const starters = ancestors();
  setInterval(() => ancestors() !== starters && child.kill('SIGTERM'), 100).unref();
}

/** The shell that started this process and, where the system tells, the npm that started the shell. */
function ancestors() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    return `${process.ppid} ${stat.slice(stat.lastIndexOf(')')).split(' ')[2]}`;
  } catch {
    return `${process.ppid}`;
  }
}

const [command, ...args] = process.argv.slice(2);
if (!isInstalled()) install();
if (command !== undefined) {
  const script = commands[command];
  if (script === undefined) throw new Error(`Unknown command ${command}: one of ${Object.keys(commands).join(', ')}`);
  run(script, args);
}
