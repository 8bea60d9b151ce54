import { setMaxListeners } from 'node:events';

/**
 * Aborts `controller` when `signal` does, until the returned function is called. AbortSignal.any would keep a listener on
 * a host's long-lived signal for every request.
 */
export function follow(signal: AbortSignal | undefined, controller: AbortController): () => void {
  if (!signal) return () => {};
  // Any number of requests may hang on one signal.
  setMaxListeners(0, signal);
  const onAbort = () => controller.abort(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  return () => signal.removeEventListener('abort', onAbort);
}

/** The promise, or the signal's reason as soon as it aborts; what the promise stands for goes on. */
export function abandon<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
