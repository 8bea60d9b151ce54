/**
 * Calls `stop` once when this process is asked to end (Ctrl+C, a signal, the end of the process that started it), and
 * then ends it with the usual exit code.
 */
export function onInterruption(stop: () => Promise<void>): void {
  let stopping = false;
  const end = async (code: number) => {
    if (stopping) return;
    stopping = true;
    await stop().catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
    process.exit(code);
  };
  process.on('SIGINT', () => void end(130));
  process.on('SIGTERM', () => void end(143));
  process.on('SIGHUP', () => void end(129));
  process.on('disconnect', () => void end(143));
  process.channel?.unref(); // listening for its end must not keep this process alive
}
