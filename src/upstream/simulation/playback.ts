import type { Clock } from '../../core/clock.js';
import type { Speed } from '../../core/model.js';
import type { AnswerBody, AnswerSink } from '../answer.js';
import type { UpstreamError } from '../upstream-error.js';
import type { PacedChunk } from './wire.js';

/** Sends chunks at a model's speed; time spent paused is not made up for. */
export class Playback implements AnswerBody {
  readonly #chunks: Iterator<PacedChunk>;
  readonly #clock: Clock;
  readonly #msPerToken: number;
  #sink: AnswerSink | null = null;
  #failure: UpstreamError | null = null;
  #paused = false;
  #over = false;
  #dueMs = 0;
  #forget: () => void = () => undefined;

  /** @param speed - `null`: as fast as the sink accepts chunks */
  constructor(chunks: Iterator<PacedChunk>, clock: Clock, speed: Speed | null) {
    this.#chunks = chunks;
    this.#clock = clock;
    this.#msPerToken = speed === null ? 0 : 1_000 / speed.tokensPerS;
  }

  read(sink: AnswerSink): void {
    this.#sink = sink;
    if (this.#failure !== null) sink.fail(this.#failure);
    else this.#restart();
  }

  pause(): void {
    this.#paused = true;
    this.#forget();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#over && this.#sink !== null) this.#restart();
  }

  release(): void {
    this.abort();
  }

  abort(): void {
    this.#over = true;
    this.#forget();
  }

  fail(error: UpstreamError): void {
    if (this.#over) return;
    this.abort();
    this.#failure = error;
    this.#sink?.fail(error);
  }

  #restart(): void {
    this.#dueMs = this.#clock.now();
    this.#play();
  }

  readonly #play = (): void => {
    const now = this.#clock.now();
    while (!this.#paused && !this.#over) {
      if (this.#dueMs > now) {
        this.#forget = this.#clock.after(this.#dueMs - now, this.#play);
        return;
      }
      this.#playOne();
    }
  };

  #playOne(): void {
    const next = this.#chunks.next();
    if (next.done === true) {
      this.#over = true;
      this.#sink?.end();
      return;
    }
    this.#dueMs += next.value.tokens * this.#msPerToken;
    this.#sink?.data(next.value.bytes);
  }
}
