import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { Lines } from '../../src/engine/lines';

const collect = (chunks: readonly Buffer[]) => {
  const lines = new Lines();
  return [...chunks.flatMap((chunk) => lines.push(chunk)), ...lines.end()];
};

describe('Lines', () => {
  const text = '\u001e{"a":"é→🐳"}\r\n\n{"b":2}\n\u001e\n{"last":true}';
  const expected = ['{"a":"é→🐳"}', '{"b":2}', '{"last":true}'];

  it('gives the same lines however the bytes are cut', () => {
    const bytes = Buffer.from(text);
    assert.deepEqual(collect([bytes]), expected);
    assert.deepEqual(collect([...bytes].map((byte) => Buffer.from([byte]))), expected);
    for (let at = 0; at <= bytes.length; at++) {
      assert.deepEqual(collect([bytes.subarray(0, at), bytes.subarray(at)]), expected, `cut at ${at}`);
    }
  });

  it('gives a line as soon as it is complete', () => {
    const lines = new Lines();
    assert.deepEqual(lines.push(Buffer.from('{"a":1}\n{"b"')), ['{"a":1}']);
    assert.deepEqual(lines.push(Buffer.from(':2}\n')), ['{"b":2}']);
    assert.deepEqual(lines.end(), []);
  });

  it('refuses an endless line instead of keeping it', () => {
    const lines = new Lines();
    const mebibyte = Buffer.alloc(1 << 20, 'x');
    assert.deepEqual(lines.push(mebibyte), []);
    assert.throws(
      () => lines.push(mebibyte.subarray(0, 1)),
      (error) => error instanceof EngineError && error.kind === 'protocol',
    );
  });
});
