import { Random } from '../../src/core/random.js';
import type { DialectName } from '../../src/dialects/dialect.js';
import { findFault, type Input } from './check.js';
import { mutateBytes, randomCuts } from './mutate-bytes.js';
import { mutatePieces } from './mutate.js';
import { encodePieces, type Recording } from './piece.js';

/** A fault, and what is needed to reproduce it. */
export interface Finding {
  /** The index of the input in the campaign. */
  readonly index: number;
  readonly recording: string;
  readonly input: Input;
  readonly fault: string;
}

/** Matches the part of a dialect's stream without which its answer must not count as complete. */
const COMPLETE: Readonly<Record<DialectName, RegExp>> = {
  openai: /"finish_reason":\s*"|"native_finish_reason":\s*"/,
  anthropic: /"stop_reason":\s*"/,
  gemini: /"finishReason":|"blockReason":/,
  bedrock: /messageStop/,
  cohere: /message-end/,
  ollama: /"done":\s*true/,
  responses: /"response\.(completed|incomplete)"/,
};

/** One input in eight is a recording that is only truncated. */
const CUT_EVERY = 8;
/** A 32-bit multiplier, so that the seeds of neighbouring inputs are far apart. */
const STRIDE = 2_654_435_761;

/** The input at `index` of the campaign with this seed: the same on every machine. */
export function inputAt(
  recordings: readonly Recording[],
  seed: number,
  index: number,
): { readonly recording: Recording; readonly input: Input } {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, STRIDE));
  const recording = recordings[random.below(recordings.length)];
  if (recording === undefined) throw new Error('there are no recordings');
  const { provider, isStream } = recording;
  if (isStream && random.below(CUT_EVERY) === 0) {
    return { recording, input: cutOff(recording, random) };
  }
  let bytes = encodePieces(recording, mutatePieces(recording.pieces, random));
  for (let left = Math.max(0, random.below(5) - 2); left > 0; left--) {
    bytes = mutateBytes(bytes, random);
  }
  const cuts = isStream ? randomCuts(bytes, random) : [];
  return { recording, input: { provider, isStream, bytes, cuts, isCut: false } };
}

/** Tries the inputs from `from` (inclusive) to `to` (exclusive); yields the finding for each, or `null`. */
export function* runInputs(
  recordings: readonly Recording[],
  seed: number,
  [from, to]: readonly [from: number, to: number],
): Generator<Finding | null> {
  for (let index = from; index < to; index++) {
    const { recording, input } = inputAt(recordings, seed, index);
    const fault = findFault(input);
    yield fault === null ? null : { index, recording: recording.id, input, fault };
  }
}

function cutOff(recording: Recording, random: Random): Input {
  const { provider, pieces } = recording;
  const whole = encodePieces(recording, pieces);
  const bytes = whole.subarray(0, random.below(whole.length));
  const isCut = !COMPLETE[provider].test(bytes.toString('latin1'));
  return { provider, isStream: true, bytes, cuts: randomCuts(bytes, random), isCut };
}
