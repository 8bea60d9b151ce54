import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { chmod, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import type { Prompts } from './prompts';

/** What ssh runs to ask something: it hands the question to us and prints the answer. */
const program = `
const socket = require('node:net').connect(process.env.LONGSHORE_ASK_SOCKET);
socket.on('error', () => process.exit(1));
let answer = '';
socket.on('data', (chunk) => { answer += chunk; });
socket.on('end', () => {
  const { text } = JSON.parse(answer || '{}');
  if (text === undefined) process.exit(1);
  process.stdout.write(text + '\\n', () => process.exit(0));
});
const [, , question = ''] = process.argv;
const { LONGSHORE_ASK_TOKEN: token, SSH_ASKPASS_PROMPT: hint } = process.env;
socket.write(JSON.stringify({ token, question, hint }) + '\\n');
`;

const maxQuestion = 16 << 10;

/** A question of ssh; `hint` says what kind of answer it takes (SSH_ASKPASS_PROMPT in ssh(1)): a secret where it is left out. */
interface Question {
  readonly token: string;
  readonly question: string;
  readonly hint?: string;
}

/** Answers ssh's questions through the person, over a socket that only this user reaches, for who knows the token. */
export class Askpass {
  readonly #server: Server;
  readonly #token = randomBytes(32).toString('hex');
  readonly #folder: string;
  readonly #name: string;
  readonly #prompts: Prompts;
  readonly #asked = new Set<string>();
  readonly #open = new Set<Socket>();
  #onAsking: (asking: boolean) => void = () => {};
  /** True once the person has dismissed a question. */
  dismissed = false;

  private constructor(folder: string, name: string, prompts: Prompts) {
    this.#folder = folder;
    this.#name = name;
    this.#prompts = prompts;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      this.#serve(socket).catch(() => socket.destroy());
    });
  }

  /** Starts it in a folder of mode 0700; `name` is the host's, as questions name it. */
  static async start(folder: string, name: string, prompts: Prompts): Promise<Askpass> {
    const askpass = new Askpass(folder, name, prompts);
    await writeFile(path.join(folder, 'ask.js'), program, { mode: 0o600 });
    // A file of a package may lose the right to be run on its way; this one is made here.
    const launcher = path.join(folder, 'ask');
    await writeFile(launcher, `#!/bin/sh\nexec "$LONGSHORE_ASK_NODE" "${path.join(folder, 'ask.js')}" "$1"\n`);
    await chmod(launcher, 0o700);
    askpass.#server.listen(path.join(folder, 'ask.sock'));
    await once(askpass.#server, 'listening');
    askpass.#server.unref();
    return askpass;
  }

  /** What ssh needs to know, beside the environment that it has. */
  get env(): NodeJS.ProcessEnv {
    return {
      SSH_ASKPASS: path.join(this.#folder, 'ask'),
      SSH_ASKPASS_REQUIRE: 'force',
      DISPLAY: process.env.DISPLAY ?? ':0',
      ELECTRON_RUN_AS_NODE: '1',
      LONGSHORE_ASK_NODE: process.execPath,
      LONGSHORE_ASK_SOCKET: path.join(this.#folder, 'ask.sock'),
      LONGSHORE_ASK_TOKEN: this.#token,
    };
  }

  /** Calls the listener with true when a question opens, and with false when none is open any more. */
  onAsking(listener: (asking: boolean) => void): void {
    this.#onAsking = listener;
  }

  /** Takes back every question that is open. */
  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  async #serve(socket: Socket): Promise<void> {
    const gone = new AbortController();
    // Who asks is killed when the answer is not needed any more.
    socket.once('close', () => {
      gone.abort();
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#onAsking(false);
    });
    this.#open.add(socket);
    this.#onAsking(true);
    let received = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      received += String(chunk);
      if (received.includes('\n') || received.length > maxQuestion) break;
    }
    // It says no more; read on, so that its end is seen.
    socket.resume();
    const asked = JSON.parse(received) as Question;
    if (!this.#knows(asked.token)) {
      socket.destroy();
      return;
    }
    const text = await this.#answer(asked, gone.signal);
    this.dismissed ||= text === undefined && !gone.signal.aborted;
    socket.end(JSON.stringify({ text }));
  }

  async #answer({ question, hint }: Question, signal: AbortSignal): Promise<string | undefined> {
    if (hint === 'none') {
      this.#prompts.notice(question, signal);
      await once(signal, 'abort');
      return undefined;
    }
    if (hint === 'confirm' || /\(yes\/no/.test(question)) {
      return (await this.#prompts.confirm(question, signal)) ? 'yes' : undefined;
    }
    const again = this.#asked.has(question);
    this.#asked.add(question);
    const key = secretKey(this.#name, question);
    return this.#prompts.secret({ ...(key === undefined ? {} : { key }), prompt: question, again, signal });
  }

  #knows(token: unknown): boolean {
    const [given, ours] = [Buffer.from(String(token)), Buffer.from(this.#token)];
    return given.length === ours.length && timingSafeEqual(given, ours);
  }
}

/**
 * What a secret is kept under: the passphrase of a key for all hosts, a password for its host. undefined for everything
 * else that a server may ask (a code that is good for once, say): that is never kept.
 */
function secretKey(name: string, question: string): string | undefined {
  const file = /^Enter passphrase for (?:key )?['"]?(.+?)['"]?: ?$/.exec(question)?.[1];
  if (file !== undefined) return `ssh-key:${file}`;
  return /^\S+@\S+'s password: ?$/.test(question) ? `ssh:${name}:${question}` : undefined;
}
