import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { LabelledPair } from '../../embedder/corpus.js';
import { readJsonl } from '../../jsonl.js';
import type { Example } from '../examples.js';
import { partOfWritten, type WrittenPart } from '../written.js';
import { textId, WRITTEN, type FoundQuestion } from './questions.js';

const VERDICTS = fileURLToPath(new URL('found.jsonl', import.meta.url));

/** Texts are given by id (`textId`), since most are third-party data; the data folder has them. `same` is `null` if it is debatable. */
const verdictSchema = z.strictObject({
  a: z.string(),
  b: z.string(),
  same: z.boolean().nullable(),
});

/** Two questions that were found near each other, and the verdict on them. */
export interface Verdict {
  readonly a: FoundQuestion;
  readonly b: FoundQuestion;
  readonly same: boolean | null;
}

/** Verdicts on pairs whose texts are both in the data folder, and the number of others. */
export interface Verdicts {
  readonly known: readonly Verdict[];
  readonly missing: number;
}

/** A pair that was found and judged. */
export interface FoundPair {
  readonly pair: LabelledPair;
  /** The half of the labelled pairs that its questions are in; `null` for none. */
  readonly half: Example['half'] | null;
  /** One of the two was written for training. */
  readonly isWritten: boolean;
}

/** Found pairs by part. */
export type FoundPairs = Readonly<Record<WrittenPart, readonly FoundPair[]>>;

/**
 * Reads the verdicts on pairs that a verifier was unsure about.
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
 * Splits the pairs with a clear verdict into parts by their first text. No text that is trained on, here or in labelled or written
 * pairs, is in the calibration or development part, and no text of the calibration part is in the development part.
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
  const knownTexts = new Set(textsOf(parts.fit));
  const isNew = ({ pair, half }: FoundPair): boolean =>
    half === null && !knownTexts.has(pair.a) && !knownTexts.has(pair.b);
  const calibration = parts.calibration.filter(isNew);
  for (const text of textsOf(calibration)) knownTexts.add(text);
  return { fit: parts.fit, calibration, development: parts.development.filter(isNew) };
}

const textsOf = (pairs: readonly FoundPair[]): readonly string[] =>
  pairs.flatMap(({ pair }) => [pair.a, pair.b]);
