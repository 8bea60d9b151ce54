import { EngineError } from '../engine/errors';
import { isRead, type Request } from '../engine/request';
import type { HostConfig } from './config';

/** Why nothing can be changed on a host. */
export function readOnlyWords(name: string): string {
  return `"${name}" is read-only here ("access": "readOnly" in its settings).`;
}

/** Asks the person about a change on a host; false where they decline. */
export type Approve = (host: string, request: Request) => Promise<boolean>;

/**
 * What a host's `access` lets through, for EngineOptions.guard: every request passes here, so that no command can
 * forget it. Reads always pass; exec and attach are writes by their method.
 */
export function guard({ name, access }: HostConfig, approve: Approve): (request: Request) => void | Promise<void> {
  return (request) => {
    if (access === 'full' || isRead(request)) return;
    if (access === 'readOnly') {
      throw new EngineError('denied', readOnlyWords(name));
    }
    return approve(name, request).then((approved) => {
      if (!approved) throw new DOMException('The change was not approved.', 'AbortError');
    });
  };
}
