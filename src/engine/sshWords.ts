import { EngineError } from './errors';

/** What is kept, in characters. */
const most = 8 << 10;

/** What ssh has written to stderr: the only place where it says why it ended. */
export class SshWords {
  #text = '';

  add(chunk: Buffer): void {
    this.#text = (this.#text + chunk.toString()).slice(-most);
  }

  get length(): number {
    return this.#text.length;
  }

  /** Its last line, of those after the first `start` characters. */
  lastLine(start = 0): string {
    return this.#text.slice(start).trim().split(/\r?\n/).at(-1)?.trim() ?? '';
  }

  /** Why ssh ended, or did not do as told: `denied` where we were not let in. */
  failure(): EngineError {
    const refused = /permission denied|host key verification failed|too many authentication failures/i.test(this.#text);
    const lines = this.#text
      .split(/\r?\n/)
      .map((line) => line.replace(/^@+|@+$/g, '').trim())
      .filter((line) => line !== '' && !line.startsWith('Warning: Permanently added'));
    const said = `ssh: ${lines.slice(-6).join(' ').slice(0, 600)}`;
    return new EngineError(refused ? 'denied' : 'unreachable', lines.length === 0 ? 'ssh ended without a word' : said);
  }
}
