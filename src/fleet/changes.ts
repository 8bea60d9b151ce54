import type { Container } from '../engine/containers';
import type { EngineEvent } from '../engine/events';
import type { Expectation } from './list';

/** What an event asks of the lists. */
export type Effect =
  | {
      readonly kind: 'containers';
      readonly id: string;
      readonly expect?: Expectation<Container>;
      /** It matters only where this holds for what is known of the container: else another event follows. */
      readonly only?: (item: Container | undefined) => boolean;
      /** The engine goes on changing it for a while: it is asked for once more when that is over. */
      readonly trailing?: true;
    }
  | { readonly kind: 'networks' | 'volumes'; readonly id: string }
  | { readonly kind: 'containers' | 'networks'; readonly gone: string }
  | { readonly kind: 'images' | 'volumes'; readonly all: true; readonly trailing?: true };

/** Events of containers after which their list entry is what it was before. Health checks send three of them each. */
const unseen = /^(?:exec_|attach|detach|resize|top|copy|export|archive-path|extract-to-dir|oom|prune|restart$)/;

/**
 * What changes in the lists after an event. A destroyed container or network is gone for good, its id never returns; a
 * volume's name can. Images are listed whole, since engines can't list one by id.
 */
export function effects(event: EngineEvent): Effect[] {
  switch (event.type) {
    case 'container':
      if (unseen.test(event.action)) return [];
      // Some engines announce the image of it, some don't.
      if (event.action === 'commit') return [{ kind: 'images', all: true }];
      if (event.action === 'destroy') return [{ kind: 'containers', gone: event.id }];
      // A container that waits for its restart has no process: nothing tells of its end but the wish for it.
      if (event.action === 'stop' || event.action === 'kill') {
        return [{ kind: 'containers', id: event.id, only: (item) => item?.state === 'restarting', trailing: true }];
      }
      return [{ kind: 'containers', id: event.id, ...expectation(event) }];
    case 'network':
      return networkEffects(event);
    case 'volume':
      if (event.action === 'mount' || event.action === 'unmount') return [];
      return event.action === 'prune' ? [{ kind: 'volumes', all: true }] : [{ kind: 'volumes', id: event.id }];
    case 'image':
      if (event.action === 'push' || event.action === 'save') return [];
      // What else goes with a tag, the digests of its repository, goes after the event.
      return [{ kind: 'images', all: true, ...(event.action === 'untag' ? { trailing: true } : {}) }];
    default:
      return [];
  }
}

function networkEffects({ action, id, attributes }: EngineEvent): Effect[] {
  const { container, name = '' } = attributes;
  switch (action) {
    case 'connect':
      return container
        ? [
            {
              kind: 'containers',
              id: container,
              only: (item) => item?.state === 'running' || item?.state === 'paused',
              expect: (item) => item?.networks.includes(name) ?? true,
            },
          ]
        : [];
    case 'disconnect':
      return container ? [{ kind: 'containers', id: container, trailing: true }] : [];
    case 'destroy':
      return [{ kind: 'networks', gone: id }];
    case 'prune':
      return [];
    default:
      return [{ kind: 'networks', id }];
  }
}

/** dockerd writes some events before its list shows their effect (`pause` on 20.10, say); then it is asked again. */
function expectation({ action, attributes }: EngineEvent): { expect?: Expectation<Container>; trailing?: true } {
  const state = (wanted: (state: string) => boolean) => ({
    expect: (item: Container | undefined) => item === undefined || wanted(item.state),
  });
  switch (action) {
    case 'create':
      return { expect: (item) => item !== undefined };
    case 'start':
      return state((now) => now !== 'created' && now !== 'exited');
    case 'die':
      // Its networks and ports are taken down after that.
      return { ...state((now) => now !== 'running' && now !== 'paused'), trailing: true };
    case 'pause':
      return state((now) => now === 'paused');
    case 'unpause':
      return state((now) => now !== 'paused');
    case 'rename':
      return { expect: (item) => item === undefined || item.name === attributes.name };
    case 'health_status: healthy':
    case 'health_status: unhealthy':
      return {
        expect: (item) => item?.state !== 'running' || item.health === action.slice('health_status: '.length),
      };
    default:
      return {};
  }
}
