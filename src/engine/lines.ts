import { StringDecoder } from 'node:string_decoder';
import { EngineError } from './errors';

/** The longest line that is taken, in characters: no engine has one to send, and parsing it must not hold up the others. */
const maxLine = 1 << 20;

/**
 * Text lines out of bytes that were cut anywhere, also inside a character. Ends of line are LF or CRLF; the record
 * separator that json-seq puts before each line, and empty lines, are left out. Throws `protocol` for an endless line.
 */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #parts: string[] = [];
  #length = 0;

  /** The lines that this chunk completes. */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
    let rest = this.#decoder.write(chunk);
    for (let end = rest.indexOf('\n'); end !== -1; end = rest.indexOf('\n')) {
      this.#keep(rest.slice(0, end));
      this.#take(lines);
      rest = rest.slice(end + 1);
    }
    if (rest !== '') this.#keep(rest);
    return lines;
  }

  /** The last line, where the stream ends without a line end. */
  end(): string[] {
    const lines: string[] = [];
    this.#keep(this.#decoder.end());
    this.#take(lines);
    return lines;
  }

  #keep(part: string): void {
    this.#length += part.length;
    if (this.#length > maxLine) throw new EngineError('protocol', 'The engine sent a line without an end.');
    this.#parts.push(part);
  }

  #take(lines: string[]): void {
    const line = this.#parts
      .join('')
      .replace(/^\u001e/, '')
      .replace(/\r$/, '');
    this.#parts = [];
    this.#length = 0;
    if (line !== '') lines.push(line);
  }
}
