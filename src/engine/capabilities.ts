import { compareVersions } from './versions';

/** API versions with which something can be done, both included, and what it is, as a sentence begins. */
interface Capability {
  readonly since?: string;
  readonly until?: string;
  readonly what: string;
}

/** What engines of the versions that Longshore speaks differ in, by moby's history of its API. The only such place. */
const capabilities = {
  prune: { since: '1.25', what: 'Removing everything unused' },
  diskUsage: { since: '1.25', what: 'Showing the disk usage' },
  /** Below, all unused volumes go, also those with a name; from there on that takes the filter `all`. */
  pruneAnonymousVolumes: { since: '1.42', what: 'Removing unused volumes, but not those with a name' },
  /** The `type` parameter. */
  diskUsageOfOneKind: { since: '1.42', what: 'Measuring the disk usage of one kind alone' },
  /** The fields `ImagesUsage`, `ContainersUsage`, …; the older ones are gone from 1.53. */
  diskUsageSummary: { since: '1.52', what: 'Summing up the disk usage' },
  diskUsageDetails: { until: '1.52', what: 'Reading the disk usage in its older form' },
  buildCachePrune: { since: '1.31', what: 'Removing the build cache' },
  pullPlatform: { since: '1.32', what: 'Pulling for another platform' },
  createPlatform: { since: '1.41', what: 'Creating a container for another platform' },
  sctpPorts: { since: '1.37', what: 'Publishing an SCTP port' },
  healthStartInterval: { since: '1.44', what: 'Checking the health more often at the start' },
  createOnSeveralNetworks: { since: '1.44', what: 'Creating a container on several networks' },
  /** On `stop` and `restart`; below, an engine ignores it without a word. */
  stopSignal: { since: '1.42', what: 'Stopping with a signal of your choice' },
  autoRemove: { since: '1.25', what: 'Removing a container once it ends' },
  execEnvironment: { since: '1.25', what: 'Setting environment variables for a command' },
  execFolder: { since: '1.35', what: 'Choosing the folder of a command' },
  /** `ConsoleSize` when an exec is created or started; else it takes a resize afterwards. */
  execConsoleSize: { since: '1.42', what: "Setting the terminal's size from the start" },
  logsUntil: { since: '1.35', what: 'Reading logs up to a point in time' },
  oneShotStats: { since: '1.41', what: 'Measuring a container once' },
  /** `Containers` of an image; below it is -1. */
  imageContainers: { since: '1.51', what: "Counting an image's containers" },
} as const satisfies Record<string, Capability>;

/** Something that not every engine can do. */
export type Feature = keyof typeof capabilities;

/** Every feature there is. */
export const features = Object.keys(capabilities) as readonly Feature[];

/** True where an engine of that API version can do it, else the sentence that says why not. */
export function can(version: string, feature: Feature): true | { readonly reason: string } {
  const { since, until, what }: Capability = capabilities[feature];
  if (since !== undefined && compareVersions(version, since) < 0) {
    return { reason: `${what} needs an engine with API ${since} or newer; this one has ${version}.` };
  }
  if (until !== undefined && compareVersions(version, until) > 0) {
    return { reason: `${what} ended with API ${until}; this engine has ${version}.` };
  }
  return true;
}
