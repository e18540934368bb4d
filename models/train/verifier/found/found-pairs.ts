import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { LabelledPair } from '../../embedder/corpus.js';
import { readJsonl } from '../../jsonl.js';
import type { Example } from '../examples.js';
import { partOfWritten, type WrittenPart } from '../written.js';
import { textId, WRITTEN, type FoundQuestion } from './questions.js';

const VERDICTS = fileURLToPath(new URL('found.jsonl', import.meta.url));

/** Texts are named, not told: most are others', and the data folder has them. `null` where one may argue either way. */
const verdictSchema = z.strictObject({
  a: z.string(),
  b: z.string(),
  same: z.boolean().nullable(),
});

/** Two questions that were found near each other, and what was said of them. */
export interface Verdict {
  readonly a: FoundQuestion;
  readonly b: FoundQuestion;
  readonly same: boolean | null;
}

/** Verdicts on pairs of which the data folder has both texts, and how many there are on others. */
export interface Verdicts {
  readonly known: readonly Verdict[];
  readonly missing: number;
}

/** A pair that was found and judged. */
export interface FoundPair {
  readonly pair: LabelledPair;
  /** Where an embedder may have met the questions in labelled pairs, the half that these are in. */
  readonly half: Example['half'] | null;
  /** One of the two was written to be learned from. */
  readonly isWritten: boolean;
}

/** Found pairs by what they are for. */
export type FoundPairs = Readonly<Record<WrittenPart, readonly FoundPair[]>>;

/**
 * What was said of pairs that a verifier was unsure about.
 *
 * @throws {DataError} the file of verdicts is missing or broken
 */
export async function readVerdicts(
  questions: readonly FoundQuestion[],
  file = VERDICTS,
): Promise<Verdicts> {
  const byId = new Map(questions.map((question) => [textId(question.text), question]));
  const known: Verdict[] = [];
  let missing = 0;
  for await (const { a, b, same } of readJsonl(file, verdictSchema)) {
    const [one, other] = [byId.get(a), byId.get(b)];
    if (one === undefined || other === undefined) missing += 1;
    else known.push({ a: one, b: other, same });
  }
  return { known, missing };
}

/**
 * Pairs on which the verdict is plain, by the place of the first text. No text that is learned from, here or in labelled or written pairs,
 * stands in what is calibrated or chosen on, and none of what is calibrated on in what is chosen on.
 */
export function partsOfFound(verdicts: readonly Verdict[]): FoundPairs {
  const parts = { fit: [], calibration: [], development: [] } as Record<WrittenPart, FoundPair[]>;
  for (const { a, b, same } of verdicts) {
    if (same === null) continue;
    const pair = { a: a.text, b: b.text, label: Number(same) };
    const isWritten = a.source === WRITTEN || b.source === WRITTEN;
    const part = isWritten ? 'fit' : partOfWritten(pair);
    parts[part].push({ pair, half: a.half ?? b.half, isWritten });
  }
  const met = new Set(textsOf(parts.fit));
  const isNew = ({ pair, half }: FoundPair): boolean =>
    half === null && !met.has(pair.a) && !met.has(pair.b);
  const calibration = parts.calibration.filter(isNew);
  for (const text of textsOf(calibration)) met.add(text);
  return { fit: parts.fit, calibration, development: parts.development.filter(isNew) };
}

const textsOf = (pairs: readonly FoundPair[]): readonly string[] =>
  pairs.flatMap(({ pair }) => [pair.a, pair.b]);
