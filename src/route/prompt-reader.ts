import type { Clock } from '../core/clock.js';
import type { Conversation } from '../core/conversation.js';
import { readFeatures, type Features } from './features.js';

/** Characters of a task that an encoder gets: more than usual transformers read, but few enough to be fast. */
const MAX_ENCODER_CHARS = 8192;

/** The part of `Features.task` that an encoder gets, in training and in serving. */
export function encoderInput(task: string): string {
  return task.length <= MAX_ENCODER_CHARS ? task : task.slice(0, MAX_ENCODER_CHARS);
}

/** Encodes texts as vectors. */
export interface TextEncoder {
  /**
   * @param isWanted - called before the text is encoded; rejects if it returns false
   * @throws {Error} if the vector cannot be computed
   */
  encode(text: string, isWanted?: () => boolean): Promise<Float32Array>;
}

/** Why features have no vector of the encoder. */
export type EncoderFault = 'encoder_late' | 'encoder_failed';

/** Features that were extracted before the decision. */
export interface PreparedFeatures {
  /** With `encoded`, unless `lack` is set. */
  readonly features: Features;
  readonly lack: EncoderFault | null;
  /** Milliseconds, including the encoder. */
  readonly tookMs: number;
}

/** Extracts features for a predictor that needs vectors of the operator's encoder. */
export class PromptReader {
  readonly #encoder: TextEncoder;
  readonly #clock: Clock;
  readonly #withinMs: number;

  /** @param withinMs - how long a request waits for its vector at most */
  constructor(encoder: TextEncoder, clock: Clock, withinMs: number) {
    this.#encoder = encoder;
    this.#clock = clock;
    this.#withinMs = withinMs;
  }

  /**
   * Waits for the vector without a time limit: for offline use, where every decision counts.
   *
   * @throws {Error} if the vector cannot be computed
   */
  async read(conversation: Conversation): Promise<Features> {
    const features = readFeatures(conversation);
    return withVector(features, await this.#encoder.encode(encoderInput(features.task)));
  }

  /** As `read`, but returns without the vector if it cannot be computed. */
  async readOrDegrade(
    conversation: Conversation,
  ): Promise<Pick<PreparedFeatures, 'features' | 'lack'>> {
    const features = readFeatures(conversation);
    try {
      const vector = await this.#encoder.encode(encoderInput(features.task));
      return { features: withVector(features, vector), lack: null };
    } catch {
      return { features, lack: 'encoder_failed' };
    }
  }

  /** Waits for the vector up to the time limit. */
  async readWithinLimit(conversation: Conversation): Promise<PreparedFeatures> {
    const startMs = this.#clock.now();
    const features = readFeatures(conversation);
    const vector = await this.#inTime(encoderInput(features.task));
    const tookMs = this.#clock.now() - startMs;
    if (typeof vector === 'string') return { features, lack: vector, tookMs };
    return { features: withVector(features, vector), lack: null, tookMs };
  }

  #inTime(text: string): Promise<Float32Array | EncoderFault> {
    return new Promise((resolve) => {
      let isWanted = true;
      const cancelTimeout = this.#clock.after(this.#withinMs, () => {
        isWanted = false;
        resolve('encoder_late');
      });
      const done = (outcome: Float32Array | EncoderFault): void => {
        cancelTimeout();
        resolve(outcome);
      };
      this.#encoder
        .encode(text, () => isWanted)
        .then(done, () => {
          done('encoder_failed');
        });
    });
  }
}

/** Extracts features, with the encoder's vector if there is a reader; `null` if the static embedder is used, at decision time. */
export async function readPrompt(
  reader: PromptReader | null,
  conversation: Conversation,
): Promise<Features> {
  return reader === null ? readFeatures(conversation) : reader.read(conversation);
}

function withVector(features: Features, encoded: Float32Array): Features {
  return Object.assign(features, { encoded });
}
