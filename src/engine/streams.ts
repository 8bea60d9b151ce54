import { EngineError } from './errors';
import { Lines } from './lines';

/**
 * JSON values, one a line, out of bytes that were cut anywhere. A malformed line throws `protocol`, but not before the
 * values in front of it came out: where there are any, they are returned and the next call throws.
 */
export class JsonLines {
  readonly #lines = new Lines();
  #failure: EngineError | undefined;

  /** The values that this chunk completes. */
  push(chunk: Buffer): unknown[] {
    if (this.#failure) throw this.#failure;
    return this.#parse(this.#lines.push(chunk));
  }

  /** The last value, where the stream ends without a line end. */
  end(): unknown[] {
    if (this.#failure) throw this.#failure;
    return this.#parse(this.#lines.end());
  }

  #parse(lines: readonly string[]): unknown[] {
    const values: unknown[] = [];
    for (const line of lines) {
      try {
        values.push(JSON.parse(line));
      } catch (cause) {
        const start = JSON.stringify(line.slice(0, 80));
        this.#failure = new EngineError('protocol', `The engine sent a line that is no JSON: ${start}.`, { cause });
        if (values.length === 0) throw this.#failure;
        return values;
      }
    }
    return values;
  }
}

/** Where a container wrote something. */
export type StdStream = 'stdout' | 'stderr';

const headerSize = 8;
const [toStderr, engineError] = [2, 3];
/** The most that is kept of an engine's error inside a stream, in bytes. */
const maxErrorSize = 1 << 16;

/**
 * What containers without a terminal write: frames with a header of 8 bytes (stream, three unused, size), out of bytes
 * that were cut anywhere. The rules are moby's stdcopy, but for a frame that the stream's end cuts short: its payload
 * comes out, since it is handed on as it arrives and never kept for a size that a header merely claims.
 */
export class Frames {
  readonly #header = new Uint8Array(headerSize);
  #headerFilled = 0;
  #stream = 0;
  #left = 0;
  #error: { readonly bytes: Uint8Array; size: number } | undefined;

  /**
   * Hands on the payload in this chunk, piece by piece, as parts of its memory. Throws `server` with the engine's words
   * where it reports an error in the stream, `protocol` for bytes that are no frames.
   */
  push<T extends Uint8Array>(chunk: T, emit: (stream: StdStream, payload: T) => void): void {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at = this.#readHeader(chunk, view, at);
        continue;
      }
      const end = Math.min(at + this.#left, chunk.length);
      const piece = chunk.subarray(at, end) as T;
      this.#left -= end - at;
      at = end;
      if (this.#stream === engineError) this.#keepError(piece);
      else emit(this.#stream === toStderr ? 'stderr' : 'stdout', piece);
    }
  }

  /** Throws `server` where the stream ended within an engine's error. */
  end(): void {
    if (this.#error) throw reported(this.#error);
  }

  /** Where the header, or what there is of it, ends. */
  #readHeader(chunk: Uint8Array, view: DataView, at: number): number {
    if (this.#headerFilled === 0 && at + headerSize <= chunk.length) {
      this.#begin(view, at);
      return at + headerSize;
    }
    const end = Math.min(at + headerSize - this.#headerFilled, chunk.length);
    this.#header.set(chunk.subarray(at, end), this.#headerFilled);
    this.#headerFilled += end - at;
    if (this.#headerFilled === headerSize) {
      this.#headerFilled = 0;
      this.#begin(new DataView(this.#header.buffer), 0);
    }
    return end;
  }

  #begin(view: DataView, at: number): void {
    this.#stream = view.getUint8(at);
    this.#left = view.getUint32(at + 4);
    if (this.#stream > engineError) {
      const found = `an unrecognized stream: ${this.#stream}`;
      throw new EngineError(
        'protocol',
        `The output is not framed as that of a container without a terminal (${found}).`,
      );
    }
    if (this.#stream === engineError) {
      this.#error = { bytes: new Uint8Array(maxErrorSize), size: 0 };
      if (this.#left === 0) throw reported(this.#error);
    }
  }

  #keepError(piece: Uint8Array): void {
    if (!this.#error) return;
    const { bytes, size } = this.#error;
    bytes.set(piece.subarray(0, maxErrorSize - size), size);
    this.#error.size = Math.min(size + piece.length, maxErrorSize);
    if (this.#left === 0 || this.#error.size === maxErrorSize) throw reported(this.#error);
  }
}

function reported({ bytes, size }: { readonly bytes: Uint8Array; readonly size: number }): EngineError {
  const words = Buffer.from(bytes.subarray(0, size)).toString().trim();
  return new EngineError('server', words || 'The engine reports an error in the stream, and gives no reason.');
}
