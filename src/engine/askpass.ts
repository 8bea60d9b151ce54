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
socket.write(JSON.stringify({ token: process.env.LONGSHORE_ASK_TOKEN, question: process.argv[2] || '' }) + '\\n');
`;

const maxQuestion = 16 << 10;

/** Answers ssh's questions through the person, over a socket that only this user reaches, for who knows the token. */
export class Askpass {
  readonly #server: Server;
  readonly #token = randomBytes(32).toString('hex');
  readonly #folder: string;
  readonly #asked = new Set<string>();
  /** True once the person has dismissed a question. */
  dismissed = false;

  private constructor(folder: string, name: string, prompts: Prompts) {
    this.#folder = folder;
    this.#server = createServer((socket) => {
      socket.on('error', () => {});
      this.#serve(socket, name, prompts).catch(() => socket.destroy());
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

  close(): void {
    this.#server.close();
  }

  async #serve(socket: Socket, name: string, prompts: Prompts): Promise<void> {
    let received = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      received += String(chunk);
      if (received.includes('\n') || received.length > maxQuestion) break;
    }
    const { token, question } = JSON.parse(received) as { token: string; question: string };
    if (!this.#knows(token)) return;
    const text = await this.#answer(question, name, prompts);
    this.dismissed ||= text === undefined;
    socket.end(JSON.stringify({ text }));
  }

  async #answer(question: string, name: string, prompts: Prompts): Promise<string | undefined> {
    if (/\(yes\/no/.test(question)) return (await prompts.confirm(question)) ? 'yes' : undefined;
    const again = this.#asked.has(question);
    this.#asked.add(question);
    return prompts.secret({ key: `ssh:${name}:${question}`, prompt: question, again });
  }

  #knows(token: unknown): boolean {
    const [given, ours] = [Buffer.from(String(token)), Buffer.from(this.#token)];
    return given.length === ours.length && timingSafeEqual(given, ours);
  }
}
