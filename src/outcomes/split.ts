import { createHash } from 'node:crypto';

/** A part of the split: 70 %, 15 % and 15 % of the prompts. */
export type SplitPart = 'train' | 'validation' | 'test';

const TRAIN_SHARE = 0.7;
const VALIDATION_SHARE = 0.15;

/** A prompt without differences of case, punctuation, spacing and Unicode compatibility forms. */
export function normalisedPrompt(prompt: string): string {
  return prompt
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A hash of the normalised prompt, uniform in [0, 1). */
export function unitHashOf(prompt: string): number {
  const hash = createHash('sha256').update(normalisedPrompt(prompt)).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

/** The number of folds of a cross-validation. */
export const FOLDS = 5;

/** The fold of a prompt, 0 to `FOLDS` - 1; equal texts are in the same fold. */
export function foldOf(prompt: string): number {
  return Math.floor(unitHashOf(prompt) * FOLDS);
}

/** The part that a prompt belongs to: depends on its normalised text alone, so no text is in two parts. */
export function splitPartOf(prompt: string): SplitPart {
  const place = unitHashOf(prompt);
  if (place < TRAIN_SHARE) return 'train';
  return place < TRAIN_SHARE + VALIDATION_SHARE ? 'validation' : 'test';
}
