import type { RunningEncoder } from '../../src/embed/encoder/restarting-encoder.js';

/** A text that waits for its vector. */
interface AskedText {
  readonly text: string;
  readonly isWanted: () => boolean;
  readonly grant: (vector: Float32Array) => void;
  readonly refuse: (error: Error) => void;
}

/** An encoder without a process: answers at once, or stays silent as one that hangs. */
export class FakeEncoder implements RunningEncoder {
  readonly id: string;
  readonly ended: Promise<Error>;
  /** What has no answer yet. */
  readonly waiting: AskedText[] = [];
  /** Every text that was ever asked for. */
  readonly texts: string[] = [];
  isSilent = false;
  isClosed = false;
  readonly #vectorOf: (text: string) => Float32Array;
  #end: (why: Error) => void = () => undefined;

  constructor(id: string, vectorOf: (text: string) => Float32Array = () => Float32Array.of(1)) {
    this.id = id;
    this.#vectorOf = vectorOf;
    this.ended = new Promise((resolve) => (this.#end = resolve));
  }

  encode(text: string, isWanted: () => boolean = () => true): Promise<Float32Array> {
    this.texts.push(text);
    if (!this.isSilent) return Promise.resolve(this.#vectorOf(text));
    return new Promise((grant, refuse) => {
      this.waiting.push({ text, isWanted, grant, refuse });
    });
  }

  /** Its process ends, whoever ended it. */
  die(why = 'an encoder process has exited'): void {
    const error = new Error(why);
    for (const { refuse } of this.waiting.splice(0)) refuse(error);
    this.#end(error);
  }

  close(): void {
    this.isClosed = true;
    this.die('the encoder is closed');
  }
}

/** A vector of unit length that differs from text to text, and is the same for the same. */
export function madeUpVector(text: string, dims: number): Float32Array {
  let seed = 7;
  for (const character of text) seed = (seed * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  const vector = Float32Array.from({ length: dims }, (_, i) => Math.sin(seed * (i + 1)));
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
