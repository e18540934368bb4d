import { SLOT } from './protocol.js';

/** Average number of characters per token in English text. */
const CHARS_PER_TOKEN = 4.4;

const SUBJECTS = [
  ['the billing service', 'a nightly batch job', 'our checkout page', 'the recommendation engine'],
  ['a Roman aqueduct', 'the printing press', 'the treaty of Westphalia', 'a medieval guild'],
  ['photosynthesis in algae', 'a gas giant', 'the mitochondrial membrane', 'an earthquake swarm'],
  ['a fixed-rate mortgage', 'quarterly revenue', 'an index fund', 'the depreciation schedule'],
  ['a sourdough starter', 'roasted aubergine', 'a vegan birthday cake', 'the fish stock'],
  ['an employment contract', 'the privacy notice', 'a tenancy dispute', 'the licence agreement'],
  ['a binary search tree', 'the garbage collector', 'a race condition', 'an SQL window function'],
  ['my grandmother', 'the new colleague', 'a stubborn teenager', 'our wedding guests'],
] as const;

const TASKS = [
  'Explain step by step how {s} works and where beginners usually go wrong.',
  'Write a polite but firm message of four sentences about {s} to the manager of my department.',
  'Summarise the strongest argument against {s} in plain language.',
  'Compare {s} with {t} and say which one you would choose under a tight budget.',
  'Draft a table with advantages, drawbacks and typical costs of {s}.',
  'Translate the following remark about {s} into French and keep the slightly ironic tone.',
  'Give me three unusual metaphors for {s} that a child of nine would understand.',
  'Prove or refute: whatever improves {s} must necessarily harm {t}.',
  'Write a TypeScript function that validates records describing {s} and reports every fault at once.',
  'Estimate, with your assumptions spelled out, how many people deal with {s} each year in Portugal.',
  'Why does {s} behave differently on weekends, and which measurement would settle the question?',
  'Rewrite the opening paragraph about {s} so that it sounds less like an advertisement.',
  'List the regulations that apply to {s}, grouped by jurisdiction, newest first.',
  'Find the mistake in this reasoning: {s} is expensive, therefore {t} must be cheap.',
] as const;

const CONTEXT = [
  'Background: we tried this twice last spring and both attempts were abandoned after a fortnight.',
  'Only answer from what is written here; if something is missing, say so instead of guessing.',
  'The audience consists of engineers who have never worked outside their own industry.',
  'An auditor flagged seventeen inconsistencies, most of them in the appendix nobody reads.',
  'Keep the vocabulary simple, avoid abbreviations, and put the conclusion before the evidence.',
  'Temperatures ranged from minus twelve to thirty-one degrees, which complicates the comparison.',
  'Somebody on the forum claimed the opposite without citing a single source.',
  'The previous supplier went bankrupt in November, so historical prices are of limited value.',
  'Use metric units throughout and round monetary amounts to the nearest hundred euros.',
  'My professor insists that the textbook derivation skips an essential lemma.',
  'We cannot change the database schema before the migration freeze ends in March.',
  'Patients over sixty-five reacted more slowly, though the sample was admittedly small.',
  'The stack trace mentions an undefined property inside a callback that is never awaited.',
  'Please quote the relevant clause verbatim when you refer to the contract.',
  'Half of the respondents preferred the shorter version, the rest had no opinion.',
  'Assume a probability of one in forty for each component and independence between them.',
  'The manuscript is set in Lisbon during the winter of 1755, shortly after the catastrophe.',
  'Our cluster runs nine nodes behind a load balancer that occasionally drops idle connections.',
  'Neighbours complained about the noise, the landlord about the paint, and I about both.',
  'If a matrix is symmetric and all of its eigenvalues are positive, what follows for its inverse?',
  'The recipe was handed down orally, therefore quantities are given in cups and handfuls.',
  'Latency at the ninety-ninth percentile doubled although throughput remained unchanged.',
  'Include one counterexample and explain why it does not invalidate the general rule.',
  'Ships arriving after sunset must anchor outside the harbour until the pilot boards.',
] as const;

/** A deterministic generator of numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Distinct prompts of about `tokens` tokens, each with a SLOT, whose replacement makes every request
 * unique.
 */
export function prompts(count: number, tokens: number): readonly string[] {
  const random = seeded(tokens);
  const pick = <T>(from: readonly T[]): T => {
    const item = from[Math.floor(random() * from.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  return Array.from({ length: count }, () => {
    let text = `Ticket ${SLOT}.`;
    while (text.length < tokens * CHARS_PER_TOKEN) {
      const sentence = random() < 0.5 ? pick(CONTEXT) : pick(TASKS);
      text += ` ${sentence.replace('{s}', pick(pick(SUBJECTS))).replace('{t}', pick(pick(SUBJECTS)))}`;
    }
    return text;
  });
}
