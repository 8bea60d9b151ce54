import { type Fields, inner, text } from './decode';
import { EngineError } from './errors';
import { statusError } from './response';

/** A layer on its way: what the engine says about it, and how much of it has come, in bytes; 0 is unknown. */
export interface LayerProgress {
  readonly id: string;
  readonly status: string;
  readonly current: number;
  readonly total: number;
}

/** How a pull ended: the engine's sentence, and the image's digest where it said one. */
export interface PullOutcome {
  readonly status: string;
  readonly digest?: string;
}

/** No image has nearly as many; an engine that goes on inventing them must not fill memory. */
const maxLayers = 10_000;
const isHere = /^(?:Verifying Checksum|Download complete|Extracting|Pull complete|Already exists)$/;
const isComplete = /^(?:Download complete|Pull complete|Already exists)$/;

/**
 * Adds up the messages of a pull. Docker ends with `Status: Downloaded newer image for …` or `Status: Image is up to
 * date for …`. Podman, which never says `Pulling from`, ends by completing the image's own id for a second time. A
 * stream that ends otherwise is a failure, whatever the last layer said: so it ends where an engine goes away.
 */
export class PullProgress {
  readonly #layers = new Map<string, LayerProgress>();
  #isDocker = false;
  #outcome: string | undefined;
  #digest: string | undefined;

  /** Takes one decoded message. Throws with the engine's words where it is an error. */
  add(message: unknown): void {
    const raw = inner(message);
    const failure = failureOf(raw);
    if (failure) throw failure;
    const [id, status] = [text(raw.id), text(raw.status)];
    const [, label, value] = /^(Digest|Status): (.+)$/s.exec(status) ?? [];
    if (status.startsWith('Pulling from ')) this.#isDocker = true;
    else if (id !== '') this.#addLayer(id, status, inner(raw.progressDetail));
    else if (label === 'Digest') this.#digest = value;
    else if (label === 'Status') this.#outcome = value;
  }

  /** In the order in which the engine named them. */
  get layers(): readonly LayerProgress[] {
    return [...this.#layers.values()];
  }

  /** Bytes that have come, and bytes of the layers whose size is known. */
  get bytes(): { current: number; total: number } {
    let [current, total] = [0, 0];
    for (const layer of this.#layers.values()) {
      current += layer.current;
      total += layer.total;
    }
    return { current, total };
  }

  /** To be called at the stream's end. Throws `protocol` where the engine did not say that the image is complete. */
  end(): PullOutcome {
    if (this.#outcome === undefined) {
      throw new EngineError('protocol', 'The pull ended before the engine said that the image is complete.');
    }
    return { status: this.#outcome, ...(this.#digest === undefined ? {} : { digest: this.#digest }) };
  }

  #addLayer(id: string, status: string, detail: Fields): void {
    const before = this.#layers.get(id);
    if (before === undefined && this.#layers.size >= maxLayers) {
      throw new EngineError('protocol', `The engine named more than ${maxLayers} layers of one image.`);
    }
    const isEnd =
      /^(?:Download|Pull) complete$/.test(status) && (before === undefined || isComplete.test(before.status));
    if (isEnd && !this.#isDocker) this.#outcome = status;
    // While it extracts, an engine with containerd's store counts seconds.
    const isBytes = detail.units === undefined;
    const total = (isBytes && size(detail.total)) || (before?.total ?? 0);
    const came = status === 'Downloading' && isBytes ? size(detail.current) : (before?.current ?? 0);
    const current = isHere.test(status) ? total : total > 0 ? Math.min(came, total) : came;
    this.#layers.set(id, { id, status, current, total });
  }
}

/** The error in a message, if it is one. `error` is the older form of `errorDetail`, and ends with API 1.48. */
function failureOf(raw: Fields): EngineError | undefined {
  if (!raw.errorDetail && !raw.error) return undefined;
  const { message, code } = inner(raw.errorDetail);
  const words = text(message) || text(raw.error) || 'The engine reports an error, and gives no reason.';
  return size(code) >= 400 ? statusError(size(code), 'text/plain', words) : new EngineError('server', words);
}

/** A number of bytes as it can be one, else 0. */
function size(value: unknown): number {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : 0;
}
