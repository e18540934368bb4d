import type { Clock } from '../core/clock.js';
import type { Conversation } from '../core/conversation.js';
import { readFeatures, type Features } from './features.js';

/** Characters of a task that an encoder is given: more than transformers of usual size read, and no more than takes them some moments. */
const MOST_CHARS = 8192;

/** What an encoder is given of `Features.task`, in training as in serving. */
export function encodedPart(task: string): string {
  return task.length <= MOST_CHARS ? task : task.slice(0, MOST_CHARS);
}

/** Makes the vector of a text. */
export interface TextEncoder {
  /**
   * @param isWanted - asked before the text's turn comes: what nobody waits for any more is refused
   * @throws {Error} it cannot be made
   */
  encode(text: string, isWanted?: () => boolean): Promise<Float32Array>;
}

/** Why features lack the vector that they should have. */
export type Lack = 'encoder_late' | 'encoder_failed';

/** A request that was read before it is decided on. */
export interface ReadAhead {
  /** With `encoded`, unless `lack` says why not. */
  readonly features: Features;
  readonly lack: Lack | null;
  /** How long it took, encoder included. */
  readonly tookMs: number;
}

/** Reads prompts for a predictor whose vectors an encoder of the operator's makes. */
export class PromptReader {
  readonly #encoder: TextEncoder;
  readonly #clock: Clock;
  readonly #withinMs: number;

  /** @param withinMs - how long a request waits for its vector */
  constructor(encoder: TextEncoder, clock: Clock, withinMs: number) {
    this.#encoder = encoder;
    this.#clock = clock;
    this.#withinMs = withinMs;
  }

  /**
   * Waits for the vector as long as it takes: where nobody waits for an answer, but every decision is looked at.
   *
   * @throws {Error} it cannot be made
   */
  async read(conversation: Conversation): Promise<Features> {
    const features = readFeatures(conversation);
    return withVector(features, await this.#encoder.encode(encodedPart(features.task)));
  }

  /** As `read`, but does without the vector where it cannot be made. */
  async readAnyway(conversation: Conversation): Promise<Pick<ReadAhead, 'features' | 'lack'>> {
    const features = readFeatures(conversation);
    try {
      const vector = await this.#encoder.encode(encodedPart(features.task));
      return { features: withVector(features, vector), lack: null };
    } catch {
      return { features, lack: 'encoder_failed' };
    }
  }

  /** Waits for the vector no longer than a request may. */
  async readInTime(conversation: Conversation): Promise<ReadAhead> {
    const beganMs = this.#clock.now();
    const features = readFeatures(conversation);
    const vector = await this.#inTime(encodedPart(features.task));
    const tookMs = this.#clock.now() - beganMs;
    if (typeof vector === 'string') return { features, lack: vector, tookMs };
    return { features: withVector(features, vector), lack: null, tookMs };
  }

  #inTime(text: string): Promise<Float32Array | Lack> {
    return new Promise((resolve) => {
      let isWanted = true;
      const forget = this.#clock.after(this.#withinMs, () => {
        isWanted = false;
        resolve('encoder_late');
      });
      const done = (outcome: Float32Array | Lack): void => {
        forget();
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

/** Reads a prompt by what the configuration asks for: `null` where the table makes the vectors, when it is decided on. */
export async function readBy(
  reader: PromptReader | null,
  conversation: Conversation,
): Promise<Features> {
  return reader === null ? readFeatures(conversation) : reader.read(conversation);
}

function withVector(features: Features, encoded: Float32Array): Features {
  return Object.assign(features, { encoded });
}
