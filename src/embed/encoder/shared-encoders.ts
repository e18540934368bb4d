import { RestartingEncoder, type RestartingEncoderOptions } from './restarting-encoder.js';

/** A reference to a shared encoder, valid until it is released. */
export interface EncoderLease {
  readonly encoder: Pick<RestartingEncoder, 'encode' | 'failure'>;
  /** Ends the encoder's processes if this was the last lease. A second call does nothing. */
  readonly release: () => void;
}

/** Reference-counted encoders: each runs once however many use it, and a reload keeps one that is still configured. */
export class SharedEncoders {
  readonly #open: RestartingEncoderOptions['open'];
  readonly #shared = new Map<string, Shared>();

  /** @param open - `Encoder.open` with its options */
  constructor(open: RestartingEncoderOptions['open']) {
    this.#open = open;
  }

  /** @throws {OtherEncoderError} the model has another id than the one wanted */
  async lease(options: Omit<RestartingEncoderOptions, 'open'>): Promise<EncoderLease> {
    const name = `${options.id} ${options.source}`;
    const shared = this.#shared.get(name) ?? this.#share(name, options);
    shared.users += 1;
    let isReleased = false;
    const release = (): void => {
      if (isReleased) return;
      isReleased = true;
      this.#release(name, shared);
    };
    try {
      return { encoder: await shared.opening, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  #share(name: string, options: Omit<RestartingEncoderOptions, 'open'>): Shared {
    const opening = RestartingEncoder.open({ ...options, open: this.#open });
    const shared = { opening, users: 0 };
    this.#shared.set(name, shared);
    return shared;
  }

  #release(name: string, shared: Shared): void {
    shared.users -= 1;
    if (shared.users > 0) return;
    this.#shared.delete(name);
    shared.opening.then(
      (encoder) => {
        encoder.close();
      },
      // The error was reported to whoever called `lease`.
      () => undefined,
    );
  }
}

interface Shared {
  readonly opening: Promise<RestartingEncoder>;
  users: number;
}
