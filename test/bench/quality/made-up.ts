import { Random } from '../../../src/core/random.js';

/** A line of an outcome file. */
export interface MadeUpLine {
  readonly id: string;
  readonly dataset: string;
  readonly category: string;
  readonly prompt: string;
  readonly outcomes: Record<
    string,
    { score: number; in_tokens?: number; out_tokens?: number; cost_usd?: number }
  >;
}

/** Models of the synthetic sets, the cheapest and weakest first. */
export const MODELS = ['acme/small', 'acme/middle', 'acme/large'] as const;

const NOUNS = ['river', 'engine', 'garden', 'planet', 'ledger', 'violin', 'bridge', 'harbour'];
const VERBS = ['measure', 'paint', 'explain', 'repair', 'count', 'describe'];

/**
 * Synthetic graded answers: prompts that ask for a proof are hard, and only the large model solves
 * most of them.
 */
export function madeUpLines(count: number, seed = 7): MadeUpLine[] {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => {
    const isHard = random.next() < 0.5;
    const noun = NOUNS[random.below(NOUNS.length)] ?? '';
    const verb = VERBS[random.below(VERBS.length)] ?? '';
    const prompt = isHard
      ? `Prove theorem ${i} about the ${noun} rigorously.`
      : `Please ${verb} the ${noun} number ${i}.`;
    const chances = isHard ? [0.1, 0.4, 0.9] : [0.85, 0.9, 0.95];
    return {
      id: `made-up-${i}`,
      dataset: 'made_up',
      category: isHard ? 'proof' : 'chore',
      prompt,
      outcomes: Object.fromEntries(
        MODELS.map((model, m) => [
          model,
          {
            score: random.next() < (chances[m] ?? 0) ? 1 : 0,
            in_tokens: 20,
            out_tokens: 100,
            cost_usd: 0.0001 * 10 ** m,
          },
        ]),
      ),
    };
  });
}

/** Serialises values as JSON Lines. */
export function jsonl(lines: readonly unknown[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
