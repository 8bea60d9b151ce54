const left = new Set<() => void>();

const runAll = () => {
  for (const run of left) run();
};

/**
 * Has `run` called if the process exits before the returned function is called. One listener serves all: node warns of
 * more than ten.
 */
export function atExit(run: () => void): () => void {
  if (left.size === 0) process.once('exit', runAll);
  left.add(run);
  return () => {
    left.delete(run);
    if (left.size === 0) process.off('exit', runAll);
  };
}
