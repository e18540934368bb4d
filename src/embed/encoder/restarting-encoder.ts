import type { Clock } from '../../core/clock.js';
import { ArtefactError } from '../artefact.js';

/** A running encoder; see `Encoder`. */
export interface RunningEncoder {
  readonly id: string;
  encode(text: string, isWanted?: () => boolean): Promise<Float32Array>;
  /** Resolves with the reason when it stops encoding, whether closed or failed. */
  readonly ended: Promise<Error>;
  close(): void;
}

/** How a `RestartingEncoder` is opened, and where it reports failures. */
export interface RestartingEncoderOptions {
  /** A folder, or the name of a model. */
  readonly source: string;
  /** `Encoder.id` of the required model. */
  readonly id: string;
  readonly open: (source: string) => Promise<RunningEncoder>;
  readonly clock: Clock;
  /** Called with the error when it fails after it was open, and with `null` when it works again. */
  readonly onChange: (error: Error | null) => void;
}

/** The model that was opened is not the required one. */
export class EncoderMismatchError extends ArtefactError {
  /** `Encoder.id` of the model that was opened. */
  readonly found: string;

  constructor({ source, id }: Pick<RestartingEncoderOptions, 'source' | 'id'>, found: string) {
    super(source, `expected the encoder ${id}, found ${found}`);
    this.found = found;
  }
}

/** Delay before it is opened again after a failure; doubled after each further one. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** Its process counts as stuck if no vector arrives for this long although some are pending. */
const STUCK_MS = 30_000;

/** An encoder that is restarted when its process has ended or hangs. */
export class RestartingEncoder {
  readonly #options: RestartingEncoderOptions;
  #running: RunningEncoder | null = null;
  #failure: Error | null = null;
  #isClosed = false;
  #pauseMs = FIRST_PAUSE_MS;
  #waiting = 0;
  #cancelWatch: (() => void) | null = null;
  #cancelRetry: (() => void) | null = null;

  private constructor(options: RestartingEncoderOptions) {
    this.#options = options;
  }

  /**
   * Opens an encoder. If that fails, it is retried with growing delays, and `failure` has the error.
   *
   * @throws {EncoderMismatchError} it can be opened, but is another model
   */
  static async open(options: RestartingEncoderOptions): Promise<RestartingEncoder> {
    const steady = new RestartingEncoder(options);
    try {
      await steady.#open();
    } catch (error) {
      if (error instanceof EncoderMismatchError) throw error;
      steady.#fail(asError(error));
    }
    return steady;
  }

  /** Why it cannot encode at present; `null` if it can. */
  get failure(): Error | null {
    return this.#failure;
  }

  /**
   * As `Encoder.encode`.
   *
   * @throws {Error} at once while there is `failure`
   */
  async encode(text: string, isWanted?: () => boolean): Promise<Float32Array> {
    const running = this.#running;
    if (running === null) throw this.#failure ?? this.#closed();
    this.#waiting += 1;
    if (this.#cancelWatch === null) this.#watch(running);
    try {
      const vector = await running.encode(text, isWanted);
      this.#pauseMs = FIRST_PAUSE_MS;
      return vector;
    } finally {
      this.#waiting -= 1;
      if (running === this.#running) this.#watch(running);
    }
  }

  /** Ends its processes; pending texts are rejected. */
  close(): void {
    this.#isClosed = true;
    this.#closeRunning();
    this.#cancelRetry?.();
  }

  async #open(): Promise<void> {
    const { source, id, open } = this.#options;
    const running = await open(source);
    if (this.#isClosed) {
      running.close();
      return;
    }
    if (running.id !== id) {
      running.close();
      throw new EncoderMismatchError(this.#options, running.id);
    }
    this.#running = running;
    this.#failure = null;
    void running.ended.then((why) => {
      if (running === this.#running) this.#handleFailure(why);
    });
  }

  async #reopen(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      this.#fail(asError(error));
      return;
    }
    if (this.#running !== null) this.#options.onChange(null);
  }

  /** Called when an encoder that was open has failed. */
  #handleFailure(why: Error): void {
    this.#closeRunning();
    this.#fail(why);
    this.#options.onChange(why);
  }

  #fail(why: Error): void {
    if (this.#isClosed) return;
    this.#failure = why;
    this.#cancelRetry = this.#options.clock.after(this.#pauseMs, () => void this.#reopen());
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
  }

  #closeRunning(): void {
    const running = this.#running;
    this.#running = null;
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    running?.close();
  }

  #watch(running: RunningEncoder): void {
    this.#cancelWatch?.();
    this.#cancelWatch = null;
    if (this.#waiting === 0) return;
    this.#cancelWatch = this.#options.clock.after(STUCK_MS, () => {
      if (running !== this.#running) return;
      const seconds = STUCK_MS / 1000;
      this.#handleFailure(
        new ArtefactError(this.#options.source, `no vector received for ${seconds} s`),
      );
    });
  }

  #closed(): Error {
    return new ArtefactError(this.#options.source, 'the encoder is closed');
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
