import { EngineError } from '../engine/errors';
import { sanitise } from '../fleet/sanitise';

/** What was being done when it failed. */
export interface Doing {
  /** As in "stop" or "pull redis:7 to". */
  readonly verb: string;
  /** The object's name, where there is one. */
  readonly object?: string;
  readonly host?: string;
}

/** One sentence for a person: what failed, on which object and host, and why. Remote words in it are safe to show. */
export function explain(error: unknown, { verb, object, host }: Doing): string {
  const what = object === undefined ? '' : ` ${object}`;
  const where = host === undefined ? '' : ` on ${host}`;
  return sanitise(`Can't ${verb}${what}${where}: ${reason(error, object)}`);
}

function reason(error: unknown, object: string | undefined): string {
  if (!(error instanceof EngineError)) return error instanceof Error ? error.message : String(error);
  if (error.kind === 'notFound' && object !== undefined) {
    return `it is not there any more (${oneLine(error.message)})`;
  }
  return oneLine(error.message);
}

/** The engine's words on one line. */
function oneLine(message: string): string {
  return message.trim().replace(/\s*\n\s*/g, ' ');
}
