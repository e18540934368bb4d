import { Random } from '../../../src/core/random.js';

/** A line of an outcome file. */
export interface OutcomeLine {
  readonly id: string;
  readonly prompt: string;
  readonly outcomes: Readonly<Record<string, { readonly score: number }>>;
}

const WORDS = 'river mountain letter number garden window summer engine market teacher'.split(' ');

/**
 * Synthetic graded prompts in which a word decides which model suffices: only the strong one answers `thorny` ones.
 *
 * @param luck - share of prompts with random grades: 1 leaves nothing to learn
 */
export function gradedLines(count: number, luck: number, seed = 1): OutcomeLine[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const thorny = random.next() < 0.5;
    const words = Array.from({ length: 8 }, () => WORDS[random.below(WORDS.length)]);
    const grade = (good: boolean) => ({
      score: (random.next() < luck ? random.next() < 0.5 : good) ? 1 : 0,
    });
    return {
      id: String(i),
      prompt: `Explain the ${thorny ? 'thorny' : 'plain'} ${words.join(' ')} of ${i}`,
      outcomes: { 'acme/weak-1': grade(!thorny), 'acme/strong-1': grade(true) },
    };
  });
}
