import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildExtension } from './build';
import { startEngine } from './engine';
import { engineDo, engineRequest } from './engineHttp';
import { makeImage } from './image';
import { locate } from './install';
import { onInterruption } from './interruption';
import { currentRun, startPart } from './owned';
import { projectRoot } from './paths';
import { startServer } from './vscodeServer';

/**
 * `start.ts [--endpoint ENDPOINT]… [--port PORT]`: VS Code with Longshore and the given engines, else the one at
 * DOCKER_HOST or the local socket, else a private one. Runs until it is interrupted, and leaves nothing behind.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { endpoint: { type: 'string', multiple: true }, port: { type: 'string' } },
  });
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65536)) {
    throw new Error(`--port ${values.port}: a port is a number from 1 to 65535`);
  }
  const [hosts] = await Promise.all([hostsFor(values.endpoint ?? []), buildExtension()]);
  const userSettings = { 'longshore.hosts': hosts };
  const desktop = port === undefined ? desktopCode() : undefined;
  if (desktop !== undefined) return openDesktop(desktop, userSettings);
  const server = await startServer({ userSettings, ...(port !== undefined && { port }) });
  process.stdout.write(`\nVS Code with Longshore runs until Ctrl+C, at\n${server.url}\n`);
  setInterval(() => {}, 2 ** 30); // nothing else keeps this process alive
}

type Hosts = Record<string, { readonly endpoint: string }>;

async function hostsFor(endpoints: readonly string[]): Promise<Hosts> {
  if (endpoints.length > 0) {
    const hosts: Hosts = {};
    for (const endpoint of endpoints) hosts[unusedName(nameOf(endpoint), hosts)] = { endpoint };
    return hosts;
  }
  const local = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  if (await answers(local)) return { local: { endpoint: local } };
  process.stderr.write(`No Docker engine answers at ${local}: starting a private one\n`);
  const engine = await startEngine();
  await makeImage(engine.unix);
  const container = {
    Image: 'demo/web:1.0',
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: { PortBindings: { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
  };
  await engineDo(engine.unix, 'POST', '/containers/create?name=web', { json: container });
  await engineDo(engine.unix, 'POST', '/containers/web/start');
  return { demo: { endpoint: engine.unix } };
}

/** Whether a Docker engine is there. Ones behind TLS or ssh are taken at their word: their name was given on purpose. */
async function answers(endpoint: string): Promise<boolean> {
  const address = endpoint.replace(/^tcp:/, 'http:');
  if (!/^(unix|http):/.test(address)) return process.env.DOCKER_HOST !== undefined;
  if (process.env.DOCKER_TLS_VERIFY) return true;
  try {
    return (await engineRequest(address, 'GET', '/_ping', { seconds: 3 })).status === 200;
  } catch {
    return false;
  }
}

/** The part of an endpoint by which a person tells it from others: host and port, or the socket's file name. */
function nameOf(endpoint: string): string {
  const rest = endpoint.replace(/^[a-z]+:\/\//, '');
  return (rest.startsWith('/') ? path.basename(rest) : rest) || endpoint;
}

function unusedName(name: string, hosts: Hosts): string {
  const names = [name, ...Object.keys(hosts).map((_, index) => `${name} (${index + 2})`)];
  return names.find((candidate) => !(candidate in hosts)) ?? name;
}

function desktopCode(): string | undefined {
  const canShow = process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY);
  return canShow ? locate('code') : undefined;
}

/** Opens a window of the user's VS Code with data of its own, and ends when that window is closed. */
async function openDesktop(code: string, userSettings: object): Promise<void> {
  const part = startPart('desktop');
  const [data, workspace] = [path.join(part.folder, 'data'), path.join(part.folder, 'workspace')];
  for (const folder of [path.join(data, 'User'), workspace]) mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(data, 'User/settings.json'), JSON.stringify(userSettings, undefined, 2));
  process.stdout.write('VS Code with Longshore runs until Ctrl+C, or until its window is closed\n');
  const window = spawn(
    code,
    [
      ...['--wait', '--new-window', '--user-data-dir', data, '--extensions-dir', path.join(part.folder, 'extensions')],
      ...['--disable-workspace-trust', '--skip-welcome', '--skip-release-notes'],
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...['--extensionDevelopmentPath', projectRoot, workspace],
    ],
    { env: part.env, stdio: 'inherit' },
  );
  window.on(
    'exit',
    () =>
      void currentRun()
        .release()
        .then(() => process.exit(0)),
  );
}

onInterruption(() => currentRun().release());
main().catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await currentRun().release();
  process.exit(1);
});
