import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { destination, type SshEndpoint } from './sshArguments';
import type { SshOptions } from './sshProcess';

/** What ssh may take to read its configuration, in ms. */
const patience = 5000;

/**
 * The machine that the user's ssh goes to for an endpoint, as its configuration says (`HostName`); the endpoint's own
 * where ssh does not tell. Connects nowhere.
 */
export async function sshHostname(endpoint: SshEndpoint, { program = 'ssh', flags = [] }: SshOptions): Promise<string> {
  const args = [...flags, '-G', ...destination(endpoint)];
  const answer = await promisify(execFile)(program, args, { timeout: patience, windowsHide: true }).catch(
    () => undefined,
  );
  return /^hostname ([\w.:%-]+)$/m.exec(answer?.stdout ?? '')?.[1] ?? endpoint.hostname;
}
