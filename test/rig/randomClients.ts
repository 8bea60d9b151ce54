import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from './engine';
import { type EngineReply, engineRequest } from './engineHttp';

interface Listed {
  Id: string;
  Name?: string;
  State?: string;
}

/** Engines tell nothing of it when a container is killed that waits for its restart. */
const settled = ({ State }: Listed) => State !== 'restarting';

/**
 * Clients of an engine other than the one under test, which do anything that changes a list, in an order that the seed
 * decides (what runs side by side is up to the engine). The engine refuses part of it, as it should.
 */
export class RandomClients {
  done = 0;
  refused = 0;
  readonly #address: string;
  readonly #pullable: string;
  readonly #random: () => number;
  #names = 0;

  /** `pullable` is a reference in a registry that the engine reaches. */
  constructor(engine: Engine, pullable: string, seed: number) {
    this.#address = engine.unix;
    this.#pullable = pullable;
    this.#random = mulberry32(seed);
  }

  /** Three clients work for so many milliseconds; resolves when the last request of theirs is answered. */
  async work(milliseconds: number): Promise<void> {
    const end = Date.now() + milliseconds;
    const client = async () => {
      while (Date.now() < end) {
        const reply = await this.#pick(this.#operations)();
        this.done++;
        if (reply === undefined || reply.status >= 400) this.refused++;
        await sleep(this.#random() * 20);
      }
    };
    await Promise.all([client(), client(), client()]);
  }

  /** Removes every container, so that the engine stops at once. */
  async cleanUp(): Promise<void> {
    for (const { Id } of await this.#list('/containers/json?all=1')) {
      await this.#send('DELETE', `/containers/${Id}?force=1&v=1`);
    }
  }

  readonly #operations: (() => Promise<EngineReply | undefined>)[] = [
    ...Array(5).fill(() => this.#create()),
    ...Array(4).fill(() => this.#toContainer('start')),
    ...Array(2).fill(() => this.#toContainer('stop?t=0')),
    () => this.#toContainer('kill', undefined, settled),
    () => this.#toContainer('kill?signal=HUP', undefined, settled),
    () => this.#toContainer('restart?t=0'),
    ...Array(2).fill(() => this.#toContainer('pause')),
    ...Array(3).fill(() => this.#toContainer('unpause')),
    ...Array(2).fill(() => this.#toContainer(`rename?name=${this.#name('renamed')}`)),
    ...Array(3).fill(() => this.#removeContainer()),
    () => this.#rarely(() => this.#send('POST', '/containers/prune')),
    () => this.#send('POST', `/images/demo/web:1.0/tag?repo=demo/tagged&tag=${this.#name('t')}`),
    () => this.#untag(),
    () => this.#rarely(() => this.#commit()),
    () => this.#rarely(() => this.#send('POST', '/images/prune')),
    () => this.#toContainer('update', { RestartPolicy: { Name: 'on-failure' } }),
    () => this.#rarely(() => this.#pull()),
    () => this.#send('POST', '/networks/create', { Name: this.#name('net'), Labels: { by: 'chance' } }),
    () => this.#removeNetwork(),
    ...Array(2).fill(() => this.#toNetwork('connect')),
    () => this.#toNetwork('disconnect'),
    () => this.#rarely(() => this.#send('POST', '/networks/prune')),
    ...Array(2).fill(() => this.#send('POST', '/volumes/create', { Name: this.#name('vol') })),
    () => this.#removeVolume(),
    () => this.#rarely(() => this.#send('POST', '/volumes/prune')),
  ];

  async #create(): Promise<EngineReply | undefined> {
    if ((await this.#list('/containers/json?all=1')).length > 30) return this.#removeContainer();
    const Cmd = this.#pick([['sleep', '1000'], ['true'], ['false'], ['sh', '-c', 'sleep 0.3; exit 3']]);
    const mounts = this.#random() < 0.3 ? { Volumes: { '/data': {} } } : {};
    const health = { Test: ['CMD', 'true'], Interval: 1e9, Retries: 1 };
    return this.#send('POST', `/containers/create?name=${this.#name('c')}`, {
      Image: 'demo/web:1.0',
      Cmd,
      Labels: { chance: String(this.done) },
      ...mounts,
      ...(this.#random() < 0.2 ? { Healthcheck: health } : {}),
      ...(this.#random() < 0.2 ? { HostConfig: { AutoRemove: true } } : {}),
    });
  }

  async #toContainer(
    action: string,
    body?: object,
    among: (container: Listed) => boolean = () => true,
  ): Promise<EngineReply | undefined> {
    const container = this.#pick((await this.#list('/containers/json?all=1')).filter(among));
    return container && this.#send('POST', `/containers/${container.Id}/${action}`, body);
  }

  /** Makes an image of a container, with a tag or without. */
  async #commit(): Promise<EngineReply | undefined> {
    const container = this.#pick(await this.#list('/containers/json?all=1'));
    const tag = this.#random() < 0.5 ? `&repo=demo/made&tag=${this.#name('t')}` : '';
    return container && this.#send('POST', `/commit?container=${container.Id}&pause=0${tag}`, {});
  }

  async #removeContainer(): Promise<EngineReply | undefined> {
    const container = this.#pick(await this.#list('/containers/json?all=1'));
    return container && this.#send('DELETE', `/containers/${container.Id}?force=1&v=1`);
  }

  async #untag(): Promise<EngineReply | undefined> {
    const images = (await this.#list('/images/json')) as (Listed & { RepoTags: string[] | null })[];
    const tag = this.#pick(images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((tag) => tag !== 'demo/web:1.0'));
    return tag === undefined ? undefined : this.#send('DELETE', `/images/${tag}`);
  }

  #pull(): Promise<EngineReply | undefined> {
    const colon = this.#pullable.lastIndexOf(':');
    const [fromImage, tag] = [this.#pullable.slice(0, colon), this.#pullable.slice(colon + 1)];
    return this.#send('POST', `/images/create?fromImage=${fromImage}&tag=${tag}`);
  }

  async #removeNetwork(): Promise<EngineReply | undefined> {
    const network = this.#pick((await this.#list('/networks')).filter(({ Name }) => Name?.startsWith('net')));
    return network && this.#send('DELETE', `/networks/${network.Id}`);
  }

  /** Only running containers: engines tell nothing about networks of the others until they start. */
  async #toNetwork(action: 'connect' | 'disconnect'): Promise<EngineReply | undefined> {
    const network = this.#pick((await this.#list('/networks')).filter(({ Name }) => Name?.startsWith('net')));
    const container = this.#pick(await this.#list('/containers/json'));
    if (!network || container?.State !== 'running') return undefined;
    return this.#send('POST', `/networks/${network.Id}/${action}`, { Container: container.Id });
  }

  async #removeVolume(): Promise<EngineReply | undefined> {
    const { Volumes } = JSON.parse((await engineRequest(this.#address, 'GET', '/volumes')).body) as {
      Volumes: { Name: string }[] | null;
    };
    const volume = this.#pick(Volumes ?? []);
    return volume && this.#send('DELETE', `/volumes/${volume.Name}`);
  }

  #rarely(run: () => Promise<EngineReply | undefined>): Promise<EngineReply | undefined> {
    return this.#random() < 0.1 ? run() : this.#create();
  }

  async #list(path: string): Promise<Listed[]> {
    return JSON.parse((await engineRequest(this.#address, 'GET', path)).body) as Listed[];
  }

  /** What the engine answers; undefined where it does not: it may wait for ever with what is done to one container at once. */
  async #send(method: string, path: string, json?: object): Promise<EngineReply | undefined> {
    try {
      return await engineRequest(this.#address, method, path, { seconds: 60, ...(json && { json }) });
    } catch (error) {
      if (error instanceof Error && error.name === 'AbortError') return undefined;
      throw error;
    }
  }

  #name(prefix: string): string {
    return `${prefix}${this.#names++}`;
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random() * items.length)] as T;
  }
}

/** A small generator of numbers in [0, 1) whose sequence its seed decides. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
