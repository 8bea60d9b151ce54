import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RegistryAuth } from '../../src/engine/auth';
import { type HelperOptions, runCredentialHelper } from '../../src/engine/credentialHelper';
import { EngineError, type ErrorKind } from '../../src/engine/errors';
import { itMeets } from './vectors';

describe('a credential helper', function () {
  if (process.platform === 'win32') return;
  this.timeout(10_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'longshore-helper-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** Makes the program docker-credential-NAME, of the system's shell. */
  const make = (name: string, ...lines: string[]) => {
    const file = path.join(folder, `docker-credential-${name}`);
    writeFileSync(file, ['#!/bin/sh', ...lines].join('\n'));
    chmodSync(file, 0o755);
  };
  const ask = (name: string, address = 'a.b', options: HelperOptions = {}) =>
    runCredentialHelper(name, address, { env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }, ...options });
  const fails = (promise: Promise<unknown>, kind: ErrorKind, message: RegExp) =>
    assert.rejects(promise, (error) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.kind, kind);
      assert.match(error.message, message);
      return true;
    });

  itMeets<{ verb: string; stdin: string; stdout: string; exit: number; auth?: RegistryAuth; error?: boolean }>(
    'registry-auth.json',
    'credential helper protocol',
    async ({ verb, stdin, stdout, exit, auth, error }) => {
      // Longshore asks for one registry at a time.
      if (verb !== 'get') return;
      writeFileSync(path.join(folder, 'answer'), stdout);
      make(
        'vector',
        `echo "$@" > '${folder}/arguments'`,
        `cat > '${folder}/asked'`,
        `cat '${folder}/answer'`,
        `exit ${exit}`,
      );
      const answer = ask('vector', stdin);
      if (error) await fails(answer, 'denied', /^docker-credential-vector failed: program failed\.$/);
      else assert.deepEqual((await answer) ?? {}, auth);
      assert.equal(readFileSync(path.join(folder, 'asked'), 'utf8'), stdin);
      assert.equal(readFileSync(path.join(folder, 'arguments'), 'utf8'), 'get\n');
    },
  );

  it('is not installed', () =>
    fails(ask('absent'), 'notFound', /^docker-credential-absent, which .* is not installed/));

  it('can not be started', async () => {
    make('locked');
    chmodSync(path.join(folder, 'docker-credential-locked'), 0o644);
    await fails(ask('locked'), 'denied', /can't be started: EACCES/);
  });

  it('never runs by a name that can be none, nor through a shell', async () => {
    await fails(ask('x; touch pwned'), 'invalid', /can't be the name/);
    make('quoting', `cat > '${folder}/asked'; echo '{"Username":"u","Secret":"s"}'`);
    const address = `'; touch '${folder}/pwned'; $(touch '${folder}/pwned')`;
    assert.deepEqual(await ask('quoting', address), { username: 'u', password: 's' });
    assert.equal(readFileSync(path.join(folder, 'asked'), 'utf8'), address);
    assert.ok(!existsSync(path.join(folder, 'pwned')));
  });

  it('may end without reading', async () => {
    make('deaf', `echo '{"Username":"u","Secret":"s"}'`);
    assert.deepEqual(await ask('deaf', 'x'.repeat(1 << 20)), { username: 'u', password: 's' });
  });

  it('answers what can not be read, which is never repeated', async () => {
    for (const answer of ['hunter2', '{"Username":"u","Secret":', '{"Secret":"hunter2"}', '[]', '']) {
      make('garbled', `cat <<'END'\n${answer}\nEND`);
      await fails(ask('garbled'), 'protocol', /^docker-credential-garbled gave no credentials that can be read\.$/);
    }
    make('endless', 'yes hunter2');
    await fails(ask('endless'), 'protocol', /answers without an end/);
  });

  it('fails without a word', async () => {
    make('silent', 'exit 3');
    await fails(ask('silent'), 'denied', /failed: exit code 3/);
  });

  /** True while the process that a helper of ours started is there; one that merely was not collected yet is not. */
  const isRunning = (name: string) => {
    const pid = readFileSync(path.join(folder, name), 'utf8').trim();
    if (pid === '') return false;
    try {
      process.kill(Number(pid), 0);
      return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };

  for (const [how, options] of [
    ['is too late', { timeout: 300 }],
    ['is given up', {}],
  ] as const) {
    it(`${how}, and ends with all that it started`, async () => {
      make('slow', 'sleep 60 &', `echo $! > '${folder}/child'`, 'wait');
      const given = new AbortController();
      const answer = ask('slow', 'a.b', { ...options, signal: given.signal });
      // Handled from the start: it may reject while we wait for the child.
      const outcome = answer.then(
        () => assert.fail('it answered'),
        (error: unknown) => error,
      );
      while (!existsSync(path.join(folder, 'child')) || !isRunning('child')) await sleep(10);
      if (how === 'is given up') given.abort(new Error('enough'));
      const error = await outcome;
      if (how === 'is too late') assert.ok(error instanceof EngineError && error.kind === 'timeout');
      else assert.equal((error as Error).message, 'enough');
      while (isRunning('child')) await sleep(10);
      rmSync(path.join(folder, 'child'));
    });
  }

  it('is not asked once it was given up', async () => {
    await assert.rejects(ask('absent', 'a.b', { signal: AbortSignal.abort(new Error('enough')) }), {
      message: 'enough',
    });
  });
});
