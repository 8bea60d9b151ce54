import { can } from '../engine/capabilities';
import {
  type ContainerConfig,
  createContainer,
  inspectContainer,
  removeContainer,
  startContainer,
} from '../engine/containers';
import { inner, text } from '../engine/decode';
import { EngineError, isAbort } from '../engine/errors';
import { inspectImage } from '../engine/images';
import { checkName } from '../engine/names';
import { parsePublish } from '../engine/ports';
import { type PortHolder, publishConflicts } from '../engine/published';
import { familiarReference, parseReference } from '../engine/reference';
import type { Host } from '../fleet/host';
import { nameAction } from './approval';
import type { Deps } from './deps';
import { Told } from './each';
import { explain } from './explain';
import { problemOf } from './problem';
import { pullWithProgress } from './pull';
import { chooseHost, isItemTarget, nameOf } from './targets';
import { back } from './ui';

/** What the questions are about. */
interface Answers {
  image: string;
  name: string;
  ports: string;
}

/** Creates a container of an image; `andStart` runs it, too. */
export const create =
  (andStart: boolean) =>
  (deps: Deps) =>
  async (...given: readonly unknown[]) => {
    const verb = andStart ? 'Run' : 'Create';
    const hostName = await chooseHost(deps, given[0], `${verb} Container`, 'change');
    if (hostName === undefined) return;
    const host = await deps.ui.progress(`Connecting to ${hostName}`, (_report, signal) =>
      deps.fleet.ready(hostName, signal),
    );
    const image = isItemTarget(given[0], ['images']) ? host.lists.images.items.get(given[0].id) : undefined;
    const fixed = image && (image.tags[0] ?? image.id);
    const answers = await questions(deps, host, `${verb} Container on ${hostName}`, fixed);
    if (!answers) return;
    const conflict = conflictWords(host, answers.ports);
    const anyway = `${verb} Anyway`;
    if (
      conflict &&
      (await deps.ui.confirm(conflict, 'The container could not start while that one runs.', anyway)) !== anyway
    ) {
      return;
    }
    const { exposedPorts, portBindings } = parsePublish(specsOf(answers.ports));
    const config: ContainerConfig = {
      Image: answers.image,
      ExposedPorts: exposedPorts,
      HostConfig: { PortBindings: portBindings },
    };
    const label = answers.name || answers.image;
    nameAction(
      `${andStart ? 'run' : 'create'} a container of ${answers.image}${answers.name && ` as ${answers.name}`}`,
    );
    const id = await created(deps, host, config, answers.name, label);
    if (andStart) await started(deps, host, id, label);
    await deps.desk.reveal({ host: hostName, kind: 'containers', id });
  };

/** Image, name, ports: each question can go back to the one before. */
async function questions(
  deps: Deps,
  host: Host,
  title: string,
  fixed: string | undefined,
): Promise<Answers | undefined> {
  const answers: Answers = { image: fixed ?? '', name: '', ports: '' };
  let exposed: { image: string; ports: string } | undefined;
  const steps: ((step: readonly [number, number]) => Promise<string | typeof back | undefined>)[] = [
    ...(fixed === undefined ? [(step: readonly [number, number]) => askImage(deps, host, title, step)] : []),
    (step) => deps.ui.ask(nameQuestion(host, title, answers, step)),
    async (step) => {
      if (exposed?.image !== answers.image)
        exposed = { image: answers.image, ports: await exposedPorts(deps, host, answers.image) };
      return deps.ui.ask(portQuestion(host, title, answers.ports || exposed.ports, step));
    },
  ];
  const fields: (keyof Answers)[] = fixed === undefined ? ['image', 'name', 'ports'] : ['name', 'ports'];
  for (let at = 0; at < steps.length; ) {
    const answer = await steps[at]?.([at + 1, steps.length]);
    if (answer === undefined) return undefined;
    if (answer === back) {
      at--;
      continue;
    }
    const field = fields[at];
    if (field) answers[field] = answer;
    if (field === 'image' && !(await available(deps, host, answer))) return undefined;
    at++;
  }
  return answers;
}

async function askImage(
  deps: Deps,
  host: Host,
  title: string,
  step: readonly [number, number],
): Promise<string | typeof back | undefined> {
  const choices = [...host.lists.images.items.values()]
    .flatMap((image) => (image.tags.length > 0 ? image.tags : [nameOf('images', image)]))
    .sort()
    .map((tag) => ({ label: tag, description: 'on this host', value: tag }));
  return deps.ui.choose(title, choices, {
    placeholder: 'Of which image? Any other can be typed; it is pulled first.',
    typed: (text) => {
      const typed = text.trim();
      const known = choices.some(({ value }) => value === typed);
      return known || problemOf(() => parseReference(typed)) !== undefined ? undefined : typed;
    },
    step,
  });
}

/** True once the host has the image; one that it lacks is pulled. */
async function available(deps: Deps, host: Host, image: string): Promise<boolean> {
  const idStart = /^(?:sha256:)?([0-9a-f]{12,64})$/.exec(image)?.[1];
  const has = (name: string) =>
    [...host.lists.images.items.values()].some(
      ({ id, tags }) => tags.includes(name) || (idStart !== undefined && id.startsWith(`sha256:${idStart}`)),
    );
  if (has(image)) return true;
  const reference = parseReference(image);
  if (has(familiarReference(reference))) return true;
  await pullWithProgress(deps, host.name, reference);
  return true;
}

function nameQuestion(host: Host, title: string, { image, name }: Answers, step: readonly [number, number]) {
  const taken = new Set([...host.lists.containers.items.values()].map((each) => each.name));
  return {
    title,
    step,
    value: name,
    prompt: `Name of the container of ${image}. Leave it empty and the engine invents one.`,
    check: (text: string) => {
      if (text === '') return undefined;
      return (
        problemOf(() => checkName(text)) ??
        (taken.has(text) ? `${host.name} has a container called ${text} already.` : undefined)
      );
    },
  };
}

function portQuestion(host: Host, title: string, value: string, step: readonly [number, number]) {
  return {
    title,
    step,
    value,
    placeholder: '8080:80  127.0.0.1:5432:5432  8000-8010:80-90/udp',
    prompt:
      'Published ports, [address:][host:]container[/protocol], with spaces between. Without an address every network of the host reaches them.',
    check: (text: string) => portProblem(host, text),
    hint: (text: string) => conflictWords(host, text),
  };
}

/** What is wrong with the ports that a person wrote, or why that host's engine can't publish them. */
export function portProblem(host: Host, text: string): string | undefined {
  const specs = specsOf(text);
  const problem = problemOf(() => parsePublish(specs));
  if (problem !== undefined || host.state.kind !== 'ready') return problem;
  if (!specs.some((spec) => /\/sctp$/i.test(spec))) return undefined;
  const able = can(host.state.version, 'sctpPorts');
  return able === true ? undefined : able.reason;
}

/** What a person wrote between spaces and commas. */
export function specsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((spec) => spec !== '');
}

/** Who has the wanted ports already, as a sentence; undefined where nobody has. */
export function conflictWords(host: Host, text: string): string | undefined {
  const holders: PortHolder[] = [...host.lists.containers.items.values()].flatMap(({ name, ports }) =>
    ports.flatMap(({ ip, publicPort, protocol }) =>
      publicPort === undefined ? [] : [{ name, ip, publicPort, protocol }],
    ),
  );
  const [conflict] = publishConflicts(parsePublish(specsOf(text)).portBindings, holders);
  if (!conflict) return undefined;
  return `Port ${conflict.HostPort}/${conflict.protocol} of ${host.name} is published by ${conflict.holders.join(', ')} already.`;
}

/** The image's EXPOSE, each port on the same number of the host. */
async function exposedPorts(deps: Deps, host: Host, image: string): Promise<string> {
  try {
    return await deps.ui.progress(`Reading ${image}`, async (_report, signal) => {
      const { engine } = await deps.fleet.ready(host.name, signal);
      const { Config } = await inspectImage(engine, image, signal);
      const ports = Object.keys(inner(inner(Config).ExposedPorts));
      return ports
        .filter((port) => problemOf(() => parsePublish([port])) === undefined)
        .map((port) => `${port.split('/')[0]}:${port.replace('/tcp', '')}`)
        .join(' ');
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    return '';
  }
}

async function created(deps: Deps, host: Host, config: ContainerConfig, name: string, label: string): Promise<string> {
  try {
    return await deps.ui.progress(`Creating ${label} on ${host.name}`, async (_report, signal) => {
      const { engine } = await deps.fleet.ready(host.name, signal);
      const { id, warnings } = await createContainer(engine, config, { name, signal }).catch((error) =>
        createdAllTheSame(deps, host.name, name, error, signal),
      );
      if (warnings.length > 0) void deps.ui.say('warning', `${host.name}: ${warnings.join(' ')}`);
      return id;
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw new Told(explain(error, { verb: 'create a container of', object: label, host: host.name }));
  }
}

/** A creation whose answer was lost on its way may have been carried out: its name tells, once the host is back. */
async function createdAllTheSame(
  deps: Deps,
  hostName: string,
  name: string,
  error: unknown,
  signal: AbortSignal,
): Promise<{ id: string; warnings: readonly string[] }> {
  const lost = error instanceof EngineError && (error.kind === 'unreachable' || error.kind === 'timeout');
  if (!lost || name === '') throw error;
  try {
    const { engine } = await deps.fleet.ready(hostName, signal);
    return { id: text((await inspectContainer(engine, name, signal)).Id), warnings: [] };
  } catch {
    throw error;
  }
}

/** Starts what was just created; where that fails the container is there, and the person decides what becomes of it. */
async function started(deps: Deps, host: Host, id: string, label: string): Promise<void> {
  for (;;) {
    try {
      await deps.ui.progress(`Starting ${label} on ${host.name}`, async (_report, signal) => {
        const { engine } = await deps.fleet.ready(host.name, signal);
        await startContainer(engine, id, signal);
      });
      return;
    } catch (error) {
      if (isAbort(error) || !(error instanceof EngineError)) throw error;
      const message = `${explain(error, { verb: 'start', object: label, host: host.name })} The container was created.`;
      const answer = await deps.ui.say('error', message, 'Try Again', 'Remove Container');
      if (answer === 'Remove Container') {
        const { engine } = await deps.fleet.ready(host.name, new AbortController().signal);
        await removeContainer(engine, id);
      }
      if (answer !== 'Try Again') return;
    }
  }
}
