import type { RegistryAuth } from '../engine/auth';
import type { Reference } from '../engine/reference';
import type { Host } from '../fleet/host';

/** Where registry credentials come from and are kept. */
export interface Credentials {
  /**
   * The value of X-Registry-Auth for the registry of a reference; undefined where there is none, or where the person
   * would not send it over an unencrypted connection.
   */
  forPull(host: Host, reference: Reference, signal: AbortSignal): Promise<string | undefined>;
  store(registry: string, auth: RegistryAuth): Promise<void>;
  stored(): Promise<string[]>;
  forget(registry: string): Promise<void>;
}
