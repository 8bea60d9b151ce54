/** Why something can't be taken, as the check that throws says it; undefined where it can. For questions, while typing. */
export function problemOf(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
