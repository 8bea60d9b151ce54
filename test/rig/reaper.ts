// Waits until the process that started it is gone, however that came about (its end of the pipe closes even on
// SIGKILL), then removes everything that was started for the run's folder.
import { sweep } from './sweep';

const folder = process.argv[2];
if (folder === undefined) throw new Error('Usage: reaper.ts FOLDER');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.stdin.resume().on('close', async () => {
  try {
    await sweep(folder);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
});
