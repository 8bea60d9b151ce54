import type { Duplex } from 'node:stream';
import { Frames, type StdStream } from './streams';
import { transportError } from './transport';

/** A piece of what a container's program wrote. */
export interface Output {
  readonly stream: StdStream;
  readonly bytes: Buffer;
}

/** The other end of a program's stdin, stdout and stderr. */
export class Stdio {
  readonly #socket: Duplex;
  readonly #tty: boolean;
  #closed = false;

  /** `tty` is the container's or exec's own flag: what an engine's headers say about it can't be relied on. */
  constructor(socket: Duplex, tty: boolean) {
    this.#socket = socket;
    this.#tty = tty;
    // An end before anybody reads must not be an error that nobody takes.
    socket.on('error', () => {});
  }

  /** Writes to stdin; resolves once it can take more. */
  write(bytes: Buffer | string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => (error ? reject(transportError(error)) : resolve()));
    });
  }

  /** Closes stdin alone: what the program still writes comes through. */
  endInput(): void {
    this.#socket.end();
  }

  /** What the program writes, in batches as it arrives, until it ends or `close`. With a terminal all of it is stdout. */
  async *output(): AsyncGenerator<readonly Output[]> {
    try {
      yield* decodeOutput(this.#socket, this.#tty);
    } catch (error) {
      if (!this.#closed) throw error;
    }
  }

  /** Drops the connection. The program goes on, or not, as the engine decides. */
  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }
}

/**
 * Tells stdout from stderr in a stream of frames; without frames (a terminal's) all is stdout. A batch is what one chunk
 * of the connection holds: a frame may be as short as a line.
 */
export async function* decodeOutput(chunks: AsyncIterable<Buffer>, tty: boolean): AsyncGenerator<readonly Output[]> {
  const frames = new Frames();
  try {
    for await (const bytes of chunks) {
      const batch: Output[] = [];
      if (tty) batch.push({ stream: 'stdout', bytes });
      else frames.push(bytes, (stream, piece) => batch.push({ stream, bytes: piece }));
      if (batch.length > 0) yield batch;
    }
    if (!tty) frames.end();
  } catch (error) {
    throw transportError(error);
  }
}
