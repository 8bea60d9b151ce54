import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { EngineError } from '../../src/engine/errors';
import { parseJson, readBody, statusError } from '../../src/engine/response';

const page = '<!doctype html>\n<html><head><title>502 Bad Gateway</title></head></html>';

describe('an answer', () => {
  it('becomes the right kind of error', () => {
    const kinds = [301, 400, 401, 403, 404, 405, 409, 500, 503].map((status) => statusError(status, '', 'x').kind);
    assert.deepEqual(kinds, [
      'protocol',
      'invalid',
      'denied',
      'denied',
      'notFound',
      'invalid',
      'conflict',
      'server',
      'server',
    ]);
  });

  it("keeps the engine's words", () => {
    const said = (type: string, body: string) => statusError(400, type, body).message;
    assert.equal(said('application/json', '{"message":" no such thing\\n"}'), 'no such thing');
    assert.equal(
      said('text/plain; charset=utf-8', 'client version 1.10 is too old\n'),
      'client version 1.10 is too old',
    );
    for (const body of ['{"message":"cut', '{"error":"other shape"}', '{"message":7}', 'null', '']) {
      assert.equal(said('application/json', body), 'The engine answered 400 and gave no reason.');
    }
  });

  it('recognises a web page, whatever its type says', () => {
    for (const type of ['text/html', 'application/json']) {
      assert.match(statusError(502, type, page).message, /web page \("502 Bad Gateway"\)/);
    }
    assert.throws(
      () => parseJson(page),
      (error) => error instanceof EngineError && error.kind === 'protocol' && /web page/.test(error.message),
    );
  });

  it('is not parsed where it holds more values than engines have to tell', () => {
    const many = 600_000;
    for (const swarm of [
      `[${'{},'.repeat(many)}{}]`,
      `{"Ports":[${'[],'.repeat(many)}1]}`,
      '['.repeat(2 * many) + ']'.repeat(2 * many),
      `[${'1,'.repeat(2 * many)}1]`,
    ]) {
      assert.throws(
        () => parseJson(swarm),
        (error) => error instanceof EngineError && error.kind === 'protocol' && /more than any/.test(error.message),
      );
    }
    const labels = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`com.example.label.${i}`, 'x'.repeat(60)]));
    const listed = Array.from({ length: 5000 }, (_, i) => ({ Id: String(i), Labels: labels }));
    assert.deepEqual(parseJson(JSON.stringify(listed)), listed);
  });

  it('is not read beyond its limit', async () => {
    let sent = 0;
    const endless = new Readable({
      read() {
        sent += 1 << 16;
        this.push(Buffer.alloc(1 << 16));
      },
    });
    await assert.rejects(
      readBody(endless, 1 << 20),
      (error) => error instanceof EngineError && error.kind === 'protocol',
    );
    assert.ok(endless.destroyed);
    assert.ok(sent < 2 << 20);
  });
});
