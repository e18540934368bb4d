/**
 * Writes `made-up-outcomes.jsonl`: an example of the format, and input for `npm run bench`. The prompts are
 * generated from templates and the scores are drawn at random from invented probabilities: no model has answered
 * any of them, so the figures prove nothing.
 *
 *   npx tsx bench/example/generate.ts
 */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { Random } from '../../src/core/random.js';

const PROMPTS_PER_KIND = 40;
const SEED = 20261121;

/** Simulated models, weakest first, with the difficulty at which each solves half of the prompts. */
const MODELS: readonly (readonly [name: string, ability: number])[] = [
  ['simulation/nano', -0.5],
  ['simulation/small', 0.6],
  ['simulation/large', 1.8],
  ['simulation/frontier', 2.6],
];

interface Kind {
  readonly category: string;
  /** Its difficulty, on the scale of the models' abilities. */
  readonly difficulty: number;
  readonly answerTokens: number;
  readonly write: (pick: (words: readonly string[]) => string, random: Random) => string;
}

const THINGS = [
  'invoices',
  'lighthouses',
  'seedlings',
  'trams',
  'violins',
  'passwords',
  'glaciers',
];
const PEOPLE = ['Amina', 'Bjarne', 'Chiyo', 'Dmitri', 'Esperanza', 'Farid'];
const LANGUAGES = ['French', 'Portuguese', 'Dutch', 'Turkish'];
const STRUCTURES = ['a skip list', 'a ring buffer', 'a trie', 'an interval tree', 'a bloom filter'];
const OBJECTS = ['finite groups', 'planar graphs', 'monotone sequences', 'compact sets'];

const KINDS: readonly Kind[] = [
  {
    category: 'translation',
    difficulty: -1.5,
    answerTokens: 20,
    write: (pick) =>
      `Translate into ${pick(LANGUAGES)}: "${pick(PEOPLE)} has left the ${pick(THINGS)} with the porter."`,
  },
  {
    category: 'extraction',
    difficulty: -1,
    answerTokens: 40,
    write: (pick, random) =>
      `Which names and numbers are in this note? "${pick(PEOPLE)} owes ${pick(PEOPLE)} ${random.below(900)} euros for ${random.below(40)} ${pick(THINGS)}."`,
  },
  {
    category: 'word-problem',
    difficulty: 0.8,
    answerTokens: 180,
    write: (pick, random) =>
      `${pick(PEOPLE)} packs ${random.below(90) + 10} ${pick(THINGS)} an hour, and ${pick(PEOPLE)} ${random.below(90) + 10}. They start ${random.below(50) + 5} minutes apart. After how many minutes have both packed the same number, and how many is it?`,
  },
  {
    category: 'code',
    difficulty: 1.3,
    answerTokens: 600,
    write: (pick, random) =>
      `Implement ${pick(STRUCTURES)} in TypeScript for ${random.below(60) + 4} kinds of ${pick(THINGS)}, with deletion, and give the cost of each operation.`,
  },
  {
    category: 'proof',
    difficulty: 2.4,
    answerTokens: 900,
    write: (pick, random) =>
      `Prove or refute: among any ${random.below(30) + 5} ${pick(OBJECTS)} there are two that cannot be told apart by ${random.below(6) + 2} invariants. Be rigorous.`,
  },
];

const random = new Random(SEED);
const pick = (words: readonly string[]): string => words[random.below(words.length)] ?? '';

const lines = KINDS.flatMap((kind) =>
  Array.from({ length: PROMPTS_PER_KIND }, (_, i) => {
    const prompt = kind.write(pick, random);
    const difficulty = kind.difficulty + 0.8 * random.normal();
    const outcomes = MODELS.map(([model, ability]) => {
      const chance = 1 / (1 + Math.exp(-1.7 * (ability - difficulty)));
      const outcome = {
        score: random.next() < chance ? 1 : 0,
        in_tokens: Math.ceil(prompt.length / 4),
        out_tokens: Math.ceil(kind.answerTokens * (0.6 + 0.8 * random.next())),
      };
      return [model, outcome] as const;
    });
    return {
      id: `${kind.category}-${i}`,
      dataset: 'made_up_example',
      category: kind.category,
      prompt,
      outcomes: Object.fromEntries(outcomes),
    };
  }),
);

const file = path.join(import.meta.dirname, 'made-up-outcomes.jsonl');
writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
console.log(`${file}: ${lines.length} prompts`);
