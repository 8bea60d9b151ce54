import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { Frames, JsonLines } from '../../src/engine/streams';
import { itMeets } from './vectors';

/** The bytes whole, one by one, and cut in two at every place. */
function* cuts(bytes: Buffer): Generator<Buffer[]> {
  yield [bytes];
  yield [...bytes].map((byte) => Buffer.from([byte]));
  for (let at = 0; at <= bytes.length; at++) yield [bytes.subarray(0, at), bytes.subarray(at)];
}

/** What comes out of a decoder, and the error that ended it. */
function run<T>(read: (take: (value: T) => void) => void): { out: T[]; error: unknown } {
  const out: T[] = [];
  try {
    read((value) => out.push(value));
    return { out, error: undefined };
  } catch (error) {
    return { out, error };
  }
}

const isKind = (error: unknown, kind: string) => error instanceof EngineError && error.kind === kind;

describe('JSON lines', () => {
  const read = (chunks: readonly Buffer[]) =>
    run<unknown>((take) => {
      const lines = new JsonLines();
      for (const chunk of chunks) lines.push(chunk).forEach(take);
      lines.end().forEach(take);
    });

  it('are the same however they are cut', () => {
    const text = '\u001e{"a":"é→🐳"}\r\n\n[1]\n\u001e\n"last"';
    for (const chunks of cuts(Buffer.from(text))) {
      assert.deepEqual(read(chunks), { out: [{ a: 'é→🐳' }, [1], 'last'], error: undefined });
    }
  });

  it('come out up to a malformed one, which is an error', () => {
    for (const chunks of cuts(Buffer.from('{"a":1}\n{"b":2}\n{"c":\n{"d":4}\n'))) {
      const { out, error } = read(chunks);
      assert.deepEqual(out, [{ a: 1 }, { b: 2 }]);
      assert.ok(isKind(error, 'protocol'));
      assert.equal((error as Error).message, 'The engine sent a line that is no JSON: "{\\"c\\":".');
    }
    assert.throws(() => new JsonLines().push(Buffer.from('oops\n')), EngineError);
  });

  it('end with a malformed last one, too', () => {
    const { out, error } = read([Buffer.from('{"a":1}\n{"b"')]);
    assert.deepEqual(out, [{ a: 1 }]);
    assert.ok(isKind(error, 'protocol'));
  });

  it('stay an error', () => {
    const lines = new JsonLines();
    assert.deepEqual(lines.push(Buffer.from('1\nx\n2\n')), [1]);
    assert.throws(() => lines.push(Buffer.from('3\n')), EngineError);
    assert.throws(() => lines.end(), EngineError);
  });

  itMeets<{ chunks: string[]; records: unknown[] }>(
    'json-stream.json',
    'JSON sequence (application/json-seq: RS before each record)',
    ({ chunks, records }) => assert.deepEqual(read(chunks.map((chunk) => Buffer.from(chunk))).out, records),
  );

  itMeets<{ stream?: string; errorPrefix?: string }>('json-stream.json', 'message to terminal text', (one) => {
    if (one.stream !== undefined) assert.ok(isKind(read([Buffer.from(one.stream)]).error, 'protocol'));
  });
});

describe('frames', () => {
  const read = (chunks: readonly Buffer[]) => {
    const texts = { stdout: '', stderr: '' };
    const { error } = run<never>(() => {
      const frames = new Frames();
      for (const chunk of chunks) {
        frames.push(chunk, (stream, payload) => {
          assert.ok(payload.length > 0);
          texts[stream] += payload.toString('latin1');
        });
      }
      frames.end();
    });
    return { ...texts, error };
  };

  interface Parts {
    readonly doc: string;
    readonly parts?: { header: string; repeat: string; count: number }[];
    readonly bytesUtf8?: string;
    readonly written?: number;
    readonly error?: string | null;
    readonly errorContains?: { repeat: string; count: number };
  }

  /** Payload of a frame that the stream's end cuts short: moby drops it, here it came out already. */
  const cutShort = (written: number, doc: string) => written + (doc.includes('ends inside the second frame') ? 1 : 0);

  itMeets<Parts>('stdcopy-frames.json', 'upstream tests as byte streams', (one) => {
    const parts = (one.parts ?? []).flatMap(({ header, repeat, count }) => [
      Buffer.from(header, 'hex'),
      Buffer.from(repeat.repeat(count)),
    ]);
    const bytes = one.bytesUtf8 === undefined ? Buffer.concat(parts) : Buffer.from(one.bytesUtf8);
    for (const chunks of [[bytes], parts.length > 0 ? parts : [bytes], [...bytes].map((byte) => Buffer.from([byte]))]) {
      const { stdout, stderr, error } = read(chunks);
      if (one.written !== undefined)
        assert.equal(stdout.length + stderr.length, cutShort(one.written, one.doc), one.doc);
      if (one.error) assert.ok(isKind(error, 'protocol') && (error as Error).message.includes(one.error), one.doc);
      else if (one.errorContains) {
        assert.ok(isKind(error, 'server'), one.doc);
        assert.equal((error as Error).message, one.errorContains.repeat.repeat(one.errorContains.count));
      } else assert.equal(error, undefined, one.doc);
    }
  });

  itMeets<{ bytesHex: string; stdout?: string; stderr?: string; error?: string; doc?: string }>(
    'stdcopy-frames.json',
    'rules of the reader (stdcopy.go), small streams',
    (one) => {
      const cut = one.doc === 'truncated payload is dropped' ? 'bc' : '';
      for (const chunks of cuts(Buffer.from(one.bytesHex, 'hex'))) {
        const { stdout, stderr, error } = read(chunks);
        assert.deepEqual([stdout, stderr], [(one.stdout ?? '') + cut, one.stderr ?? ''], one.bytesHex);
        if (one.error === undefined) assert.equal(error, undefined);
        else {
          assert.ok(error instanceof EngineError);
          assert.ok(one.error.endsWith(error.message) || error.message.includes(one.error), error.message);
        }
      }
    },
  );

  itMeets<{ doc: string; decodedHex?: string; streamHex?: string; stdout?: string; stderr?: string }>(
    'daemon-20.10-outcomes.json',
    'streams',
    ({ doc, decodedHex, streamHex, stdout, stderr = '' }) => {
      if (stdout === undefined) return;
      for (const chunks of cuts(Buffer.from(decodedHex ?? streamHex ?? '', 'hex'))) {
        assert.deepEqual(read(chunks), { stdout, stderr, error: undefined }, doc);
      }
    },
  );

  it('hand on parts of the chunk itself, and keep nothing for what a header claims', () => {
    const chunk = Buffer.from('01000000ffffffff61', 'hex');
    const before = process.memoryUsage().arrayBuffers;
    const pieces: Buffer[] = [];
    new Frames().push(chunk, (_, payload) => pieces.push(payload));
    assert.deepEqual(
      pieces.map((piece) => [piece.buffer === chunk.buffer, piece.toString()]),
      [[true, 'a']],
    );
    new Frames().push(Buffer.from('03000000ffffffff61', 'hex'), () => {});
    assert.ok(process.memoryUsage().arrayBuffers - before < 1 << 20);
  });

  it("tell an engine's error also where the stream ends within it, or where it does not end", () => {
    assert.ok(isKind(read([Buffer.from('03000000000000ff6f6f7073', 'hex')]).error, 'server'));
    assert.equal((read([Buffer.from('03000000000000ff6f6f7073', 'hex')]).error as Error).message, 'oops');
    assert.equal(
      (read([Buffer.from('0300000000000000', 'hex')]).error as Error).message.slice(0, 29),
      'The engine reports an error i',
    );
    const endless = [Buffer.from('03000000ffffffff', 'hex'), Buffer.alloc(1 << 20, 'x')];
    assert.equal((read(endless).error as Error).message.length, 1 << 16);
  });

  it('are read in time that grows with the bytes alone', () => {
    const frame = Buffer.concat([Buffer.from('0100000000000050', 'hex'), Buffer.alloc(80, 'x')]);
    const stream = Buffer.concat(Array.from({ length: 5000 }, () => frame));
    let length = 0;
    const frames = new Frames();
    for (let at = 0; at < stream.length; at++)
      frames.push(stream.subarray(at, at + 1), (_, one) => (length += one.length));
    assert.equal(length, 400_000);
  });
});
