import { EngineError } from './errors';

/** What is kept, in characters. */
const most = 8 << 10;

/** What ssh has written to stderr: the only place where it says why it ended. */
export class SshWords {
  #text = '';

  add(chunk: Buffer): void {
    this.#text = (this.#text + chunk.toString()).slice(-most);
  }

  /** Forgets what was said: it is about what has been overcome. */
  clear(): void {
    this.#text = '';
  }

  /** Its last line; '' where nothing was said. */
  get lastLine(): string {
    return this.#text.trim().split(/\r?\n/).at(-1)?.trim() ?? '';
  }

  /** Why ssh ended, or did not do as told: `denied` where we were not let in. */
  failure(): EngineError {
    const refused = /permission denied|host key verification failed|too many authentication failures/i.test(this.#text);
    const lines = this.#text
      .split(/\r?\n/)
      .map((line) => line.replace(/^@+|@+$/g, '').trim())
      .filter((line) => line !== '' && !line.startsWith('Warning: Permanently added'));
    const said = `ssh: ${lines.slice(-6).join(' ').slice(0, 600)}`;
    if (refused) return new EngineError('denied', said, { needsPerson: true });
    return new EngineError('unreachable', lines.length === 0 ? 'ssh ended without a word' : said);
  }
}
