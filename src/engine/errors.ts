/** What went wrong, in the terms a caller decides by; the message is for people. */
export type ErrorKind =
  | 'unreachable'
  | 'timeout'
  | 'protocol'
  | 'notFound'
  | 'conflict'
  | 'denied'
  | 'invalid'
  | 'server';

/** The one error that leaves this layer. Its message is one sentence without the host's name, which the caller knows. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly kind: ErrorKind;
  /** The HTTP status, where an engine answered with one. */
  readonly status: number | undefined;
  /** True where a further try would only ask the person again, or count as one more wrong login. */
  readonly needsPerson: boolean;

  constructor(
    kind: ErrorKind,
    message: string,
    options: { status?: number; cause?: unknown; needsPerson?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.kind = kind;
    this.status = options.status;
    this.needsPerson = options.needsPerson ?? false;
  }
}

/** True for what an aborted signal throws: the caller asked for it, so nobody needs to be told. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'Canceled');
}
