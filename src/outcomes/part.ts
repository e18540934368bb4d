import { createHash } from 'node:crypto';

/** Where a prompt belongs: 70, 15 and 15 of a hundred. */
export type Part = 'train' | 'validation' | 'test';

const TRAIN_SHARE = 0.7;
const VALIDATION_SHARE = 0.15;

/** A prompt without case, punctuation, spacing and compatibility forms: equal for the same question in two sets. */
export function normalisedPrompt(prompt: string): string {
  return prompt
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A number in [0, 1) that depends on the normalised prompt alone: equal questions stand at one place. */
export function placeOf(prompt: string): number {
  const hash = createHash('sha256').update(normalisedPrompt(prompt)).digest();
  return hash.readUInt32BE(0) / 2 ** 32;
}

/** Parts of a cross-validation. */
export const FOLDS = 5;

/** The part of a cross-validation that a prompt belongs to, 0 up to `FOLDS`: no text stands in two of them. */
export function foldOf(prompt: string): number {
  return Math.floor(placeOf(prompt) * FOLDS);
}

/** The part a prompt belongs to: a function of its normalised text alone, so no text stands on two sides. */
export function partOf(prompt: string): Part {
  const place = placeOf(prompt);
  if (place < TRAIN_SHARE) return 'train';
  return place < TRAIN_SHARE + VALIDATION_SHARE ? 'validation' : 'test';
}
