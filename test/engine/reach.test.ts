import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'node:tls';
import { createContainer, listContainers, removeContainer } from '../../src/engine/containers';
import { wayTo } from '../../src/engine/dialers';
import { parseEndpoint } from '../../src/engine/endpoint';
import { EngineError, type ErrorKind } from '../../src/engine/errors';
import { openEvents, readEvents } from '../../src/engine/events';
import { Engine } from '../../src/engine/http';
import type { Prompts } from '../../src/engine/prompts';
import type { TlsFiles } from '../../src/engine/tls';
import { type Certificates, makeCertificates } from '../rig/certificates';
import { type Engine as RealEngine, startEngine } from '../rig/engine';
import { Holdings } from '../rig/held';
import { makeImage } from '../rig/image';
import { type Sshd, startSshd } from '../rig/sshd';
import { waitFor } from '../rig/wait';

const nobody: Prompts = {
  secret: async ({ prompt }) => assert.fail(`asked: ${prompt}`),
  confirm: async (question) => assert.fail(`asked: ${question}`),
  notice: () => {},
};

const fails = (promise: Promise<unknown>, kind: ErrorKind, words: RegExp) =>
  assert.rejects(promise, (error) => {
    assert.ok(error instanceof EngineError, `not an EngineError: ${error}`);
    assert.match(error.message, words);
    assert.equal(error.kind, kind, error.message);
    return true;
  });

/** A wrong passphrase that decrypts a key to what has the right shape at its end: one in some hundred does. */
function seeminglyRight(key: string): string {
  const pem = readFileSync(key, 'utf8');
  for (let index = 0; ; index++) {
    try {
      createPrivateKey({ key: pem, passphrase: `wrong${index}` });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_OSSL_BAD_DECRYPT') return `wrong${index}`;
    }
  }
}

describe('an engine behind TLS', function () {
  this.timeout(60_000);
  let certificates: Certificates;
  const engines: RealEngine[] = [];
  const holdings = new Holdings();
  const address: Record<string, string> = {};

  before(async () => {
    certificates = await makeCertificates();
    const { ca, server, expiredServer, wrongNameServer, stranger } = certificates;
    const all = { good: server, expired: expiredServer, wrong: wrongNameServer, stranger: stranger.server };
    for (const [name, pair] of Object.entries(all)) {
      const engine = await startEngine({ tls: { ca, ...pair } });
      engines.push(engine);
      address[name] = engine.tcp;
    }
    const plain = await startEngine();
    engines.push(plain);
    address.plain = plain.tcp;
  });
  after(async () => {
    await Promise.all(engines.map((engine) => engine.stop()));
    await certificates.stop();
  });
  beforeEach(() => holdings.count());
  afterEach(() => holdings.check());

  const list = async (to: string, tls?: TlsFiles, prompts = nobody) => {
    const { dialer, ...where } = wayTo(parseEndpoint(address[to] ?? to), {
      name: 'h',
      prompts,
      ...(tls ? { tls } : {}),
    });
    const engine = new Engine(dialer, where);
    try {
      return await listContainers(engine);
    } finally {
      await engine.close();
    }
  };
  const mine = () => ({ ca: certificates.ca, ...certificates.client });

  it('lets in who has its certificate', async () => {
    assert.deepEqual(await list('good', mine()), []);
  });

  it('is refused when it is not who it should be', async () => {
    await fails(list('expired', mine()), 'denied', /has expired/);
    await fails(list('wrong', mine()), 'denied', /another name \(DNS:elsewhere.test\)/);
    assert.deepEqual(await list('wrong', { ...mine(), serverName: 'elsewhere.test' }), []);
    await fails(list('stranger', mine()), 'denied', /authority that "tls.ca" does not name/);
    assert.deepEqual(await list('stranger', { ...mine(), verify: false }), []);
    await fails(list('good', { ...certificates.client }), 'denied', /authority/);
  });

  it('is known by an address, where that is what its certificate is to say', async () => {
    const port = new URL(address.good ?? '').port;
    assert.deepEqual(await list(`tcp://localhost:${port}`, { ...mine(), serverName: '127.0.0.1' }), []);
    await fails(list(`tcp://localhost:${port}`, { ...mine(), serverName: '10.9.8.7' }), 'denied', /for another name/);
  });

  it('is reached with files that have been renewed meanwhile, by the same client', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tlstest-'));
    const { HOME } = process.env;
    process.env.HOME = folder;
    const files = { ...mine(), ca: '~/ca.pem' };
    copyFileSync(certificates.stranger.ca, path.join(folder, 'ca.pem'));
    const { dialer, ...where } = wayTo(parseEndpoint(address.good ?? ''), { name: 'h', prompts: nobody, tls: files });
    const engine = new Engine(dialer, where);
    await fails(listContainers(engine), 'denied', /authority that "tls.ca" does not name/);
    copyFileSync(certificates.ca, path.join(folder, 'ca.pem'));
    assert.deepEqual(await listContainers(engine), []);
    await engine.close();
    if (HOME === undefined) delete process.env.HOME;
    else process.env.HOME = HOME;
    rmSync(folder, { recursive: true });
  });

  it('is not spoken to in a TLS older than 1.2', async () => {
    const { cert, key } = certificates.server;
    const old = createServer({
      cert: readFileSync(cert),
      key: readFileSync(key),
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    old.listen(0, '127.0.0.1');
    await once(old, 'listening');
    const { port } = old.address() as AddressInfo;
    await fails(list(`tcp://127.0.0.1:${port}`, mine()), 'protocol', /speaks only a TLS older than 1.2/);
    old.close();
    await once(old, 'close');
  });

  it('refuses who has no certificate, or another one', async () => {
    await fails(list('good', { ca: certificates.ca }), 'denied', /did not take your certificate/);
    await fails(list('good', { ca: certificates.ca, ...certificates.stranger.client }), 'denied', /did not take/);
    await fails(list('good', { ca: certificates.ca, ...certificates.expiredClient }), 'denied', /did not take/);
  });

  it('is told from one that speaks no TLS', async () => {
    await fails(list('good'), 'protocol', /wants TLS/);
    await fails(list('plain', mine()), 'protocol', /does not speak TLS/);
    await fails(list((address.plain ?? '').replace('tcp', 'https')), 'protocol', /does not speak TLS/);
  });

  it('takes a key under a passphrase, asked for until it is right, but twice at most', async () => {
    const { cert, key, passphrase } = certificates.encryptedClient;
    const files = { ca: certificates.ca, cert, key };
    const asked: boolean[] = [];
    const saying = (...answers: (string | undefined)[]): Prompts => ({
      ...nobody,
      secret: async ({ key: of, again }) => {
        assert.equal(of, `tls:${key}`);
        asked.push(again);
        return answers.shift();
      },
    });
    assert.deepEqual(await list('good', files, saying(passphrase)), []);
    assert.deepEqual(await list('good', files, saying('wrong', passphrase)), []);
    await fails(list('good', files, saying('wrong', seeminglyRight(key))), 'denied', /not the passphrase/);
    await fails(list('good', files, saying(undefined)), 'denied', /needs its passphrase/);
    assert.deepEqual(asked, [false, false, true, false, true, false]);
  });

  it('says which file is wrong', async () => {
    await fails(list('good', { ...mine(), key: '/nowhere/key.pem' }), 'invalid', /"tls.key" can't be read/);
    await fails(
      list('good', { ...mine(), ca: __filename.replace(/.*/, '/etc/hostname') }),
      'invalid',
      /"tls.ca" is no PEM/,
    );
    await fails(list('good', { ...mine(), key: certificates.server.key }), 'invalid', /does not belong/);
  });
});

describe('an engine behind a socket', function () {
  this.timeout(60_000);

  it('is reached by its path, as a unix socket and as a named pipe', async () => {
    const real = await startEngine();
    const socket = real.unix.slice('unix://'.length);
    for (const url of [`unix://${socket}`, `npipe://${socket}`]) {
      const { dialer, ...where } = wayTo(parseEndpoint(url), { name: 'h', prompts: nobody });
      assert.deepEqual(where, {});
      const engine = new Engine(dialer, where);
      assert.deepEqual(await listContainers(engine), []);
      await engine.close();
    }
    await real.stop();
    const { dialer } = wayTo(parseEndpoint(real.unix), { name: 'h', prompts: nobody });
    const engine = new Engine(dialer);
    await fails(listContainers(engine), 'unreachable', /no socket at/);
    await engine.close();
  });
});

describe('an engine behind ssh', function () {
  this.timeout(60_000);
  let real: RealEngine;
  let sshd: Sshd;
  const open: Engine[] = [];
  const holdings = new Holdings();

  before(async () => {
    real = await startEngine();
    await makeImage(real.unix);
    sshd = await startSshd();
  });
  after(async () => {
    await sshd.stop();
    await real.stop();
  });
  beforeEach(() => holdings.count());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((engine) => engine.close()));
    await holdings.check();
    assert.deepEqual(leftovers(), [], 'a folder or socket is left');
    assert.equal(sshProcesses(), 0, 'an ssh is left');
  });

  const killSsh = () => execFileSync('pkill', ['-KILL', '-f', `^ssh .*${sshd.clientConfig}`]);
  const socket = () => real.unix.slice('unix://'.length);
  const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ls-'));
  const sshProcesses = () => count(`ssh .*${sshd.clientConfig}`) + count(`ssh .*-p ${sshd.port}`);
  const count = (pattern: string) => Number(spawnSync('pgrep', ['-fc', `^${pattern}`]).stdout);
  const reach = (prompts = nobody, flags = ['-F', sshd.clientConfig], url = `ssh://longshore-test${socket()}`) => {
    const { dialer, ...where } = wayTo(parseEndpoint(url), { name: 'h', prompts, ssh: { flags } });
    const engine = new Engine(dialer, where);
    open.push(engine);
    return engine;
  };
  /** A client's configuration of its own: nothing of the user's counts. */
  const configured = (lines: Record<string, string>) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    const file = path.join(folder, 'config');
    const all = {
      HostName: '127.0.0.1',
      Port: String(sshd.port),
      User: sshd.user,
      IdentitiesOnly: 'yes',
      IdentityAgent: 'none',
      ...lines,
    };
    writeFileSync(
      file,
      `Host longshore-test\n${Object.entries(all)
        .map(([key, value]) => `  ${key} ${value}\n`)
        .join('')}`,
    );
    chmodSync(file, 0o600);
    return { flags: ['-F', file], remove: () => rmSync(folder, { recursive: true }) };
  };

  /** A folder whose `docker` is this machine's, to be found over ssh. */
  const dockerFolder = () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    const docker = execFileSync('which', ['docker']).toString().trim();
    writeFileSync(path.join(folder, 'docker'), `#!/bin/sh\nexec "${docker}" "$@"\n`, { mode: 0o755 });
    return { folder, remove: () => rmSync(folder, { recursive: true }) };
  };
  const listsBesideEvents = async (engine: Engine) => {
    assert.deepEqual(await listContainers(engine), []);
    const end = new AbortController();
    const events = readEvents(await openEvents(engine, { signal: end.signal }));
    assert.deepEqual(await listContainers(engine), []);
    end.abort();
    await assert.rejects(events.next(), { name: 'AbortError' });
  };

  it('is reached by one process and one connection, however much is followed', async () => {
    const engine = reach();
    const { id } = await createContainer(engine, { Image: 'demo/web:1.0' });
    await Promise.all(Array.from({ length: 5 }, () => listContainers(engine)));
    const end = new AbortController();
    const streams = await Promise.all(Array.from({ length: 6 }, () => openEvents(engine, { signal: end.signal })));
    await removeContainer(engine, id);
    assert.equal(sshProcesses(), 1);
    assert.equal(
      Number(
        execFileSync('ss', ['-Htn', 'state', 'established', 'dport', '=', `:${sshd.port}`])
          .toString()
          .trim()
          .split('\n')
          .filter(Boolean).length,
      ),
      1,
    );
    end.abort();
    for (const stream of streams) await assert.rejects(readEvents(stream).next(), { name: 'AbortError' });
  });

  it('has its ports on the machine that ssh knows behind its name', async () => {
    assert.equal(await reach().hostname(), '127.0.0.1');
    assert.equal(await reach(nobody, ['-F', sshd.clientConfig], 'ssh://lab.example.com').hostname(), 'lab.example.com');
    const { dialer } = wayTo(parseEndpoint('ssh://lab'), {
      name: 'h',
      prompts: nobody,
      ssh: { program: 'no-such-ssh' },
    });
    assert.equal(await dialer.hostname?.(), 'lab');
  });

  it('waits until ssh listens: its socket is there before', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    const program = path.join(folder, 'ssh');
    writeFileSync(
      program,
      `#!/bin/sh
for each; do
  case "$each" in */e.sock:*) : > "\${each%%:*}" && sleep 0.3 ;; esac
done
exec ssh "$@"
`,
      { mode: 0o755 },
    );
    const url = parseEndpoint(`ssh://longshore-test${socket()}`);
    const { dialer, ...where } = wayTo(url, {
      name: 'h',
      prompts: nobody,
      ssh: { program, flags: ['-F', sshd.clientConfig] },
    });
    const engine = new Engine(dialer, where);
    open.push(engine);
    const end = new AbortController();
    const events = readEvents(await openEvents(engine, { signal: end.signal }));
    assert.equal(sshProcesses(), 1, 'each stream has a process of its own');
    end.abort();
    await assert.rejects(events.next(), { name: 'AbortError' });
    rmSync(folder, { recursive: true });
  });

  it('says where it looked when no engine answers there', async () => {
    await fails(
      listContainers(reach(nobody, undefined, 'ssh://longshore-test/nowhere/docker.sock')),
      'unreachable',
      /\/nowhere\/docker.sock/,
    );
  });

  it('asks about an unknown host key, in the words of ssh', async () => {
    const hosts = configured({
      IdentityFile: sshd.identity,
      UserKnownHostsFile: path.join(tmpdir(), 'ls-none-x', 'known'),
    });
    const questions: string[] = [];
    const saying = (answer: boolean): Prompts => ({
      ...nobody,
      confirm: async (question) => {
        questions.push(question);
        return answer;
      },
    });
    await fails(listContainers(reach(saying(false), hosts.flags)), 'denied', /not told what it asked for/);
    assert.deepEqual(await listContainers(reach(saying(true), hosts.flags)), []);
    for (const question of questions) assert.match(question, /authenticity of host.*fingerprint is SHA256:/s);
    hosts.remove();
  });

  it('asks for the passphrase of a key, again when it was wrong', async () => {
    const { file, passphrase } = sshd.encryptedIdentity;
    const hosts = configured({
      IdentityFile: file,
      UserKnownHostsFile: sshd.knownHosts,
      PreferredAuthentications: 'publickey',
    });
    const answers = ['wrong', passphrase];
    const asked: boolean[] = [];
    const prompts: Prompts = {
      ...nobody,
      secret: async ({ prompt, again }) => {
        assert.match(prompt, /passphrase/i);
        asked.push(again);
        return answers.shift();
      },
    };
    assert.deepEqual(await listContainers(reach(prompts, hosts.flags)), []);
    assert.deepEqual(asked, [false, true]);
    hosts.remove();
  });

  it('asks for a password, and is denied where nobody gives it', async () => {
    const guarded = await startSshd({ password: 'open sesame' });
    const hosts = configured({
      Port: String(guarded.port),
      UserKnownHostsFile: guarded.knownHosts,
      PreferredAuthentications: 'password',
    });
    const asked: boolean[] = [];
    const saying = (...answers: (string | undefined)[]): Prompts => ({
      ...nobody,
      secret: async ({ prompt, again }) => {
        assert.match(prompt, /password/i);
        asked.push(again);
        return answers.shift();
      },
    });
    const engine = reach(saying('wrong', 'open sesame'), hosts.flags);
    const end = new AbortController();
    const events = readEvents(await openEvents(engine, { signal: end.signal }));
    // What was refused on the way in is not why it ends.
    const reading = fails(events.next(), 'unreachable', /ssh ended without a word/);
    execFileSync('pkill', ['-KILL', '-f', `^ssh .*${hosts.flags[1]}`]);
    await reading;
    await fails(listContainers(reach(saying(undefined), hosts.flags)), 'denied', /not told what it asked for/);
    assert.deepEqual(asked.slice(0, 3), [false, true, false]);
    await Promise.all(open.splice(0).map((engine) => engine.close()));
    hosts.remove();
    await guarded.stop();
  });

  it('is not let in with a key that is not known there', async () => {
    const hosts = configured({
      IdentityFile: sshd.strangerIdentity,
      UserKnownHostsFile: sshd.knownHosts,
      PreferredAuthentications: 'publickey',
    });
    await fails(listContainers(reach(nobody, hosts.flags)), 'denied', /Permission denied/);
    hosts.remove();
  });

  it('streams by dial-stdio where forwarding is forbidden, over the same connection', async () => {
    const docker = dockerFolder();
    const strict = await startSshd({ options: { AllowStreamLocalForwarding: 'no' }, path: docker.folder });
    const engine = reach(nobody, ['-F', strict.clientConfig]);
    await listsBesideEvents(engine);
    assert.equal(strict.log().match(/Accepted publickey/g)?.length, 1);
    await engine.close();
    await strict.stop();
    docker.remove();
  });

  it('streams by an ssh each where one can not carry several, as on Windows', async () => {
    const docker = dockerFolder();
    const plain = await startSshd({ path: docker.folder });
    const reachEach = (flags: readonly string[]) => {
      const { dialer } = wayTo(parseEndpoint(`ssh://longshore-test${socket()}`), {
        name: 'h',
        prompts: nobody,
        ssh: { flags, perStream: true },
      });
      const engine = new Engine(dialer);
      open.push(engine);
      return engine;
    };
    const engine = reachEach(['-F', plain.clientConfig]);
    await listsBesideEvents(engine);
    const end = new AbortController();
    const events = readEvents(await openEvents(engine, { signal: end.signal }));
    const reading = fails(events.next(), 'unreachable', /ssh ended without a word/);
    execFileSync('pkill', ['-KILL', '-f', `^ssh .*${plain.clientConfig}`]);
    await reading;
    assert.deepEqual(await listContainers(engine), []);
    const hosts = configured({ IdentityFile: plain.strangerIdentity, UserKnownHostsFile: plain.knownHosts });
    const strange = [...hosts.flags, '-p', String(plain.port)];
    await fails(listContainers(reachEach(strange)), 'denied', /Permission denied.*Log in once in a terminal/);
    hosts.remove();
    await engine.close();
    await plain.stop();
    docker.remove();
  });

  it('ends its streams when ssh is killed, and the next call starts another', async () => {
    const engine = reach();
    const end = new AbortController();
    const events = readEvents(await openEvents(engine, { signal: end.signal }));
    const reading = fails(events.next(), 'unreachable', /ssh ended without a word/);
    killSsh();
    await reading;
    // However many need it at once, one of them starts it.
    await Promise.all(Array.from({ length: 5 }, () => listContainers(engine)));
    assert.equal(sshProcesses(), 1);
    end.abort();
  });

  it('says where nobody listens any more, over an ssh that goes on', async () => {
    const engine = reach();
    await listContainers(engine);
    await real.kill();
    const where = socket().replaceAll('.', '\\.');
    await fails(listContainers(engine), 'unreachable', new RegExp(`No engine answers at ${where} .*open failed`));
    await real.restart();
    assert.deepEqual(await listContainers(engine), []);
    assert.equal(sshProcesses(), 1);
  });

  it('gives up on an ssh that is never let in, and can be told to sooner', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    const program = path.join(folder, 'ssh');
    writeFileSync(program, '#!/bin/sh\necho "Still thinking" >&2\nexec sleep 1000.25\n', { mode: 0o755 });
    const stalled = () => Number(spawnSync('pgrep', ['-fc', '^sleep 1000.25']).stdout);
    for (const perStream of [false, true]) {
      const stalling = (loginTimeout: number) => {
        const ssh = { program, perStream, loginTimeout };
        const { dialer, ...where } = wayTo(parseEndpoint('ssh://h'), { name: 'h', prompts: nobody, ssh });
        return new Engine(dialer, where);
      };
      const short = stalling(300);
      await fails(listContainers(short), 'timeout', /not let in within 0.3 s. It last said: Still thinking/);
      await short.close();
      assert.equal(stalled(), 0);
      const long = stalling(60_000);
      const waiting = fails(listContainers(long), 'unreachable', /closed/);
      await waitFor('the stalled ssh', 10, async () => stalled() === 1 || undefined);
      await long.close();
      await waiting;
      assert.equal(stalled(), 0);
    }
    rmSync(folder, { recursive: true });
  });

  it('takes a question back when ssh ends before it is answered', async () => {
    const { file } = sshd.encryptedIdentity;
    const hosts = configured({ IdentityFile: file, UserKnownHostsFile: sshd.knownHosts });
    let taken = false;
    let asked = false;
    const prompts: Prompts = {
      ...nobody,
      secret: ({ signal }) =>
        new Promise((answer) => {
          asked = true;
          signal.addEventListener('abort', () => {
            taken = true;
            answer(undefined);
          });
        }),
    };
    const listed = fails(listContainers(reach(prompts, hosts.flags)), 'unreachable', /ssh ended without a word/);
    await waitFor('the question', 10, async () => asked || undefined);
    execFileSync('pkill', ['-KILL', '-f', `^ssh .*${hosts.flags[1]}`]);
    await listed;
    await waitFor('its end', 10, async () => taken || undefined);
    hosts.remove();
  });

  it('does as told whatever the configuration has for terminals', async () => {
    const docker = dockerFolder();
    const strict = await startSshd({ options: { AllowStreamLocalForwarding: 'no' }, path: docker.folder });
    for (const { port, identity, knownHosts } of [sshd, strict]) {
      const hosts = configured({
        Port: String(port),
        IdentityFile: identity,
        UserKnownHostsFile: knownHosts,
        RemoteCommand: 'echo hello',
        RequestTTY: 'force',
        LocalForward: `127.0.0.1:${sshd.port} 127.0.0.1:1`,
        ExitOnForwardFailure: 'yes',
        ControlMaster: 'auto',
        ControlPath: path.join(tmpdir(), 'sshtest-shared'),
      });
      const engine = reach(nobody, hosts.flags);
      await listsBesideEvents(engine);
      await engine.close();
      hosts.remove();
    }
    await strict.stop();
    docker.remove();
  });

  it('is reached as ssh is configured: by a jump, with the key of an agent, with a certificate', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    const run = (program: string, ...args: string[]) => execFileSync(program, args, { stdio: 'ignore' });
    const agent = path.join(folder, 'agent');
    const [, pid = ''] = /SSH_AGENT_PID=(\d+)/.exec(execFileSync('ssh-agent', ['-a', agent]).toString()) ?? [];
    execFileSync('ssh-add', [sshd.identity], { env: { ...process.env, SSH_AUTH_SOCK: agent }, stdio: 'ignore' });
    for (const name of ['authority', 'certified'])
      run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', path.join(folder, name));
    run(
      'ssh-keygen',
      '-q',
      '-s',
      path.join(folder, 'authority'),
      '-I',
      'test',
      '-n',
      sshd.user,
      path.join(folder, 'certified.pub'),
    );
    const certifying = await startSshd({
      options: { TrustedUserCAKeys: path.join(folder, 'authority.pub'), AuthorizedKeysFile: 'none' },
    });
    const jump = await startSshd();
    const ways: Record<string, string>[] = [
      { ProxyJump: 'jump', IdentityFile: sshd.identity, UserKnownHostsFile: sshd.knownHosts },
      { IdentityAgent: agent, IdentitiesOnly: 'no', UserKnownHostsFile: sshd.knownHosts },
      {
        Port: String(certifying.port),
        IdentityFile: path.join(folder, 'certified'),
        UserKnownHostsFile: certifying.knownHosts,
      },
    ];
    for (const lines of ways) {
      const hosts = configured(lines);
      appendFileSync(
        hosts.flags[1] ?? '',
        `Host jump\n  HostName 127.0.0.1\n  Port ${jump.port}\n  User ${jump.user}\n  IdentityFile ${jump.identity}\n  UserKnownHostsFile ${jump.knownHosts}\n`,
      );
      const engine = reach(nobody, hosts.flags);
      await listsBesideEvents(engine);
      await engine.close();
      hosts.remove();
    }
    assert.equal(jump.log().match(/Accepted publickey/g)?.length, 1);
    assert.match(certifying.log(), /Accepted publickey.*ED25519-CERT/);
    await Promise.all([jump.stop(), certifying.stop()]);
    process.kill(Number(pid));
    rmSync(folder, { recursive: true });
  });

  it('is denied where the user there may not use the engine', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'sshtest-'));
    writeFileSync(
      path.join(folder, 'docker'),
      '#!/bin/sh\necho "permission denied while trying to connect to the Docker daemon socket" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const strict = await startSshd({ options: { AllowStreamLocalForwarding: 'no' }, path: folder });
    await fails(
      listContainers(reach(nobody, ['-F', strict.clientConfig])),
      'denied',
      /No permission to open .*permission denied while trying/,
    );
    await strict.stop();
    rmSync(folder, { recursive: true });
  });

  it('finds room for its sockets where the folder for temporary files has none', async () => {
    const { TMPDIR } = process.env;
    const deep = path.join(tmpdir(), `sshtest-${'x'.repeat(80)}`);
    mkdirSync(deep);
    process.env.TMPDIR = deep;
    try {
      const engine = reach();
      assert.deepEqual(await listContainers(engine), []);
      await engine.close();
      assert.deepEqual(readdirSync(deep), []);
    } finally {
      if (TMPDIR === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = TMPDIR;
      rmSync(deep, { recursive: true });
    }
  });

  it('hands no name to ssh that could be more than one', async () => {
    for (const url of ['ssh://$(reboot)x', 'ssh://a;b', 'ssh://a`b', 'ssh://h/a:b', 'ssh://h/a$HOME', 'ssh://h/a\\b']) {
      await assert.rejects(async () => listContainers(reach(nobody, undefined, url)), { kind: 'invalid' });
    }
  });

  it('refuses a host key that has changed, in the words of ssh', async () => {
    await sshd.changeHostKey();
    await fails(listContainers(reach()), 'denied', /host key|HOST IDENTIFICATION HAS CHANGED/i);
  });
});
