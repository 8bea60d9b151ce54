import { EngineError, isAbort } from './errors';

/** An error of the connection, wrapped once into the kinds; EngineErrors and cancellations pass as they are. */
export function transportError(error: unknown): unknown {
  if (error instanceof EngineError || isAbort(error)) return error;
  const code = codeOf(error);
  if (error instanceof Error && error.name === 'HTTPParserError') {
    return new EngineError('protocol', 'What answers there does not speak HTTP.', { cause: error });
  }
  if (isClosedSocket(error)) {
    return new EngineError('unreachable', 'The connection was closed before the answer was complete.', {
      cause: error,
    });
  }
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return new EngineError('protocol', "The answer's headers are too long for a Docker engine.", { cause: error });
  }
  const text = error instanceof Error ? error.message : String(error);
  return new EngineError('unreachable', `The connection failed: ${text}.`, { cause: error });
}

/** True for a connection that the other side closed or reset. */
export function isClosedSocket(error: unknown): boolean {
  return ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
