import type { Duplex } from 'node:stream';
import type { Dispatcher } from 'undici';
import { EngineError } from './errors';
import { maxErrorBytes, statusError } from './response';

/**
 * The handler of an `Upgrade: tcp` request: hands over the connection after 101, or rejects with the engine's own words.
 * undici's `upgrade()` would drop the body of a refusal.
 */
export function upgradeHandler(
  resolve: (stream: Duplex) => void,
  reject: (error: unknown) => void,
  signal: AbortSignal,
): Dispatcher.DispatchHandler {
  let status = 0;
  let contentType = '';
  const body: Buffer[] = [];
  let size = 0;
  let release = () => {};
  return {
    onRequestStart(controller) {
      const onAbort = () => controller.abort(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      release = () => signal.removeEventListener('abort', onAbort);
    },
    onRequestUpgrade(_controller, _status, _headers, socket) {
      release();
      resolve(socket);
    },
    onResponseStart(_controller, statusCode, headers) {
      status = statusCode;
      contentType = String(headers['content-type'] ?? '');
    },
    onResponseData(controller, chunk) {
      size += chunk.length;
      if (size > maxErrorBytes) controller.abort(new EngineError('protocol', 'The refusal is longer than 1 MiB.'));
      else body.push(chunk);
    },
    onResponseEnd() {
      release();
      reject(statusError(status, contentType, Buffer.concat(body).toString()));
    },
    onResponseError(_controller, error) {
      release();
      reject(error);
    },
  };
}
