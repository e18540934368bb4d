import { SteadyEncoder, type SteadyOptions } from './steady-encoder.js';

/** The use of an encoder, until it is released. */
export interface EncoderLease {
  readonly encoder: Pick<SteadyEncoder, 'encode' | 'trouble'>;
  /** The encoder's processes end with its last lease. Harmless a second time. */
  readonly release: () => void;
}

/** Encoders in use, each of which runs once however many use it: a reload keeps the one that stays. */
export class SharedEncoders {
  readonly #open: SteadyOptions['open'];
  readonly #shared = new Map<string, Shared>();

  /** @param open - `Encoder.open`, with how */
  constructor(open: SteadyOptions['open']) {
    this.#open = open;
  }

  /** @throws {OtherEncoderError} the model is not the one with this id */
  async lease(wanted: Omit<SteadyOptions, 'open'>): Promise<EncoderLease> {
    const name = `${wanted.id} ${wanted.source}`;
    const shared = this.#shared.get(name) ?? this.#share(name, wanted);
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

  #share(name: string, wanted: Omit<SteadyOptions, 'open'>): Shared {
    const opening = SteadyEncoder.open({ ...wanted, open: this.#open });
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
      // Whoever opened it was told.
      () => undefined,
    );
  }
}

interface Shared {
  readonly opening: Promise<SteadyEncoder>;
  users: number;
}
