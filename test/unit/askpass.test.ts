import assert from 'node:assert/strict';
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Askpass } from '../../src/engine/askpass';
import type { Prompts, Secret } from '../../src/engine/prompts';

describe('what ssh asks', () => {
  let folder: string;
  let askpass: Askpass;
  let secrets: Secret[];
  let confirmed: string[];
  let notices: { text: string; signal: AbortSignal }[];
  let reply: string | undefined;
  let secret: Prompts['secret'];
  const prompts: Prompts = {
    secret: (question) => secret(question),
    confirm: async (question) => {
      confirmed.push(question);
      return reply !== undefined;
    },
    notice: (text, signal) => void notices.push({ text, signal }),
  };

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'asktest-'));
    askpass = await Askpass.start(folder, 'staging', prompts);
    secrets = [];
    confirmed = [];
    notices = [];
    reply = 'open sesame';
    secret = async (question) => {
      secrets.push(question);
      return reply;
    };
  });
  afterEach(() => {
    askpass.close();
    rmSync(folder, { recursive: true });
  });

  /** Runs what ssh would run; resolves to what it prints, undefined where it fails. */
  const ask = (question: string, env: NodeJS.ProcessEnv = {}) => {
    let child: ChildProcess | undefined;
    const printed = new Promise<string | undefined>((resolve) => {
      const done = (error: Error | null, out: string) => resolve(error ? undefined : out);
      child = execFile(String(askpass.env.SSH_ASKPASS), [question], { env: { ...askpass.env, ...env } }, done);
    });
    return { printed, kill: () => child?.kill() };
  };
  const answer = (question: string, env?: NodeJS.ProcessEnv) => ask(question, env).printed;
  const until = async (condition: () => boolean) => {
    for (let i = 0; !condition(); i++) {
      assert.ok(i < 1000, 'not within 10 s');
      await delay(10);
    }
  };

  it('is kept for a key under its file and for a password under its host, and again says that it was wrong', async () => {
    const questions = ["Enter passphrase for key '/home/me/.ssh/id': ", "me@server's password: "];
    for (const question of questions) assert.equal(await answer(question), 'open sesame\n');
    assert.equal(await answer(questions[0] ?? ''), 'open sesame\n');
    assert.deepEqual(
      secrets.map(({ key, again }) => [key, again]),
      [
        ['ssh-key:/home/me/.ssh/id', false],
        ["ssh:staging:me@server's password: ", false],
        ['ssh-key:/home/me/.ssh/id', true],
      ],
    );
  });

  it('is never kept where it is anything else, as a code that is good for once', async () => {
    for (const question of ['(me@server) Verification code: ', 'Password: ', "Enter PIN for ED25519-SK key '/id': "]) {
      assert.equal(await answer(question), 'open sesame\n');
    }
    assert.deepEqual(
      secrets.map(({ key }) => key),
      [undefined, undefined, undefined],
    );
  });

  it('is a question of yes or no where ssh says so', async () => {
    assert.equal(await answer('Allow use of key /id?', { SSH_ASKPASS_PROMPT: 'confirm' }), 'yes\n');
    assert.equal(await answer('Are you sure (yes/no/[fingerprint])? '), 'yes\n');
    reply = undefined;
    assert.equal(await answer('Allow use of key /id?', { SSH_ASKPASS_PROMPT: 'confirm' }), undefined);
    assert.equal(confirmed.length, 3);
    assert.equal(askpass.dismissed, true);
  });

  it('is told, not asked, where a security key is to be touched, until it has been', async () => {
    const asking: boolean[] = [];
    askpass.onAsking((open) => asking.push(open));
    const { printed, kill } = ask('Confirm user presence for key', { SSH_ASKPASS_PROMPT: 'none' });
    await until(() => notices.length === 1);
    assert.equal(notices[0]?.signal.aborted, false);
    kill();
    await printed;
    await until(() => notices[0]?.signal.aborted === true);
    assert.deepEqual(asking, [true, false]);
    assert.deepEqual(secrets, []);
    assert.equal(askpass.dismissed, false);
  });

  it('is not heard from who does not know the token', async () => {
    assert.equal(await answer("me@server's password: ", { LONGSHORE_ASK_TOKEN: 'guess' }), undefined);
    assert.deepEqual(secrets, []);
  });

  it('is taken back when the connection ends', async () => {
    let signal: AbortSignal | undefined;
    secret = (question) =>
      new Promise(() => {
        signal = question.signal;
      });
    const asked = answer("me@server's password: ");
    await until(() => signal !== undefined);
    askpass.close();
    assert.equal(await asked, undefined);
    await until(() => signal?.aborted === true);
  });
});
