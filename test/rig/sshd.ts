import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { execute } from './execute';
import { locate, need } from './install';
import { startPart } from './owned';
import { freePort } from './ports';
import { Hopeless, waitFor } from './wait';

export interface SshdOptions {
  /** Lines for sshd_config, as in `{ AllowStreamLocalForwarding: 'no' }`; they win over the rig's own. */
  readonly options?: Readonly<Record<string, string>>;
  /** Found first by commands that are run over the connection: a folder with a `docker` in it, for example. */
  readonly path?: string;
  /** Lets the user in with this password too (root's own stays as it is: only this server sees another one). */
  readonly password?: string;
}

/** A throw-away SSH server on 127.0.0.1, with keys of its own; it lets the user in who runs the tests. */
export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** The private key that is let in, without a passphrase. */
  readonly identity: string;
  /** The same key under a passphrase. */
  readonly encryptedIdentity: { readonly file: string; readonly passphrase: string };
  /** A key that is not let in. */
  readonly strangerIdentity: string;
  /** A known_hosts file that names this server's key. */
  readonly knownHosts: string;
  /**
   * A client's configuration file (`ssh -F`) in which the host `longshore-test` is this server, with the right key,
   * and nothing of the user's own configuration counts.
   */
  readonly clientConfig: string;
  readonly pid: number;
  /** What sshd wrote: connections, keys tried, refusals. */
  log(): string;
  /** Gives the server another host key and restarts it on the same port: a client that knows the old one must refuse. */
  changeHostKey(): Promise<void>;
  /** Ends the server and every connection, and removes all files. */
  stop(): Promise<void>;
}

/** Starts an SSH server and waits until it greets. */
export async function startSshd({ options = {}, path: searchPath, password }: SshdOptions = {}): Promise<Sshd> {
  await need('sshd', 'ssh');
  const part = startPart('sshd');
  const port = await freePort();
  const user = os.userInfo().username;
  const file = (name: string) => path.join(part.folder, name);
  const hostKey = file('host_key');
  await Promise.all([makeKey(hostKey), makeKey(file('id')), makeKey(file('stranger'))]);
  const passphrase = 'open sesame';
  writeFileSync(file('id_encrypted'), readFileSync(file('id')), { mode: 0o600 });
  await execute('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', file('id_encrypted')]);
  writeFileSync(file('authorized_keys'), readFileSync(file('id.pub')));
  const settings = {
    ...options, // first: sshd takes the first value of a keyword
    Port: String(port),
    ListenAddress: '127.0.0.1',
    HostKey: hostKey,
    PidFile: 'none',
    AuthorizedKeysFile: file('authorized_keys'),
    StrictModes: 'no',
    PermitRootLogin: 'yes',
    PasswordAuthentication: password === undefined ? 'no' : 'yes',
    KbdInteractiveAuthentication: 'no',
    UsePAM: 'no',
    LogLevel: 'VERBOSE',
    ...(searchPath !== undefined && { SetEnv: `PATH=${searchPath}:/usr/local/bin:/usr/bin:/bin` }),
  };
  writeFileSync(file('sshd_config'), lines(settings));
  const knownHosts = file('known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
  const clientConfig = file('ssh_config');
  const client = {
    HostName: '127.0.0.1',
    Port: String(port),
    User: user,
    IdentityFile: file('id'),
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: 'none',
    StrictHostKeyChecking: 'yes',
  };
  writeFileSync(clientConfig, `Host longshore-test\n${lines(client)}`, { mode: 0o600 });
  if (!existsSync('/run/sshd')) mkdirSync('/run/sshd', { mode: 0o755 }); // sshd insists on it
  const command = [locate('sshd') ?? 'sshd', '-D', '-e', '-f', file('sshd_config')];
  const [program = '', ...args] =
    password === undefined ? command : await withPassword(command, user, password, file('shadow'));
  const start = async () => {
    const child = part.spawn(program, args);
    await waitFor('The SSH server', 20, async () => {
      if (child.exitCode !== null) throw new Hopeless(`sshd ended:\n${part.log()}`);
      return (await greets(port)) || undefined;
    });
    return child;
  };
  let child = await start();
  return {
    port,
    user,
    identity: file('id'),
    encryptedIdentity: { file: file('id_encrypted'), passphrase },
    strangerIdentity: file('stranger'),
    knownHosts,
    clientConfig,
    get pid() {
      return child.pid ?? 0;
    },
    log: part.log,
    changeHostKey: async () => {
      child.kill('SIGKILL');
      await waitFor('The end of the SSH server', 10, async () => child.signalCode !== null || undefined);
      for (const old of [hostKey, `${hostKey}.pub`]) rmSync(old);
      await makeKey(hostKey);
      child = await start();
    },
    stop: part.stop,
  };
}

/** Wraps a command so that it alone, in a mount namespace of its own, sees another password for the user. */
async function withPassword(command: readonly string[], user: string, password: string, file: string) {
  const hash = (await execute('openssl', ['passwd', '-6', '-stdin'], { input: password })).trim();
  const others = readFileSync('/etc/shadow', 'utf8')
    .split('\n')
    .filter((line) => !line.startsWith(`${user}:`));
  writeFileSync(file, [`${user}:${hash}:19000:0:99999:7:::`, ...others].join('\n'), { mode: 0o600 });
  return [
    'unshare',
    '--mount',
    'sh',
    '-c',
    'mount --bind "$1" /etc/shadow && shift && exec "$@"',
    'sh',
    file,
    ...command,
  ];
}

async function makeKey(file: string): Promise<void> {
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', path.basename(file), '-f', file]);
  chmodSync(file, 0o600);
}

function lines(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([keyword, value]) => `${keyword} ${value}\n`)
    .join('');
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setTimeout(2000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('SSH-2.0-'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
