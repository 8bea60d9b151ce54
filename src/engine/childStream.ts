import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Duplex } from 'node:stream';

/**
 * A child's stdio as one stream. Its end is withheld until the child has ended: only then is it known whether that was
 * one, or a failure for which `explain` has the words.
 */
export function childStream(child: ChildProcessWithoutNullStreams, explain: (code: number | null) => Error): Duplex {
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    // Why it could not be written is told when the child has ended.
    write: (chunk, _encoding, done) => child.stdin.write(chunk, () => done()),
    final: (done) => {
      child.stdin.end();
      done();
    },
    destroy: (error, done) => {
      child.kill();
      done(error);
    },
  });
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.on('error', (error) => stream.destroy(error));
  child.on('close', (code) => {
    if (code === 0) stream.push(null);
    else if (!stream.destroyed) stream.destroy(explain(code));
  });
  return stream;
}
