import type { UnmatchedWord } from './alignment.js';
import { wordSimilarity } from './word-similarity.js';
import { FUNCTION_RARITY } from './word-table.js';
import { minMaxOfSides, type FeatureGroup, type Side } from './feature-group.js';
import { wordingBuckets } from './wordings.js';

const leftOvers = minMaxOfSides(
  [
    'left_words',
    'left_content',
    'left_weight',
    'missing',
    'missing_share',
    'missing_first',
    'missing_second',
    'rarest_left',
    'place_of_rarest',
    'left_unknown',
    'inserted',
  ],
  (side, { statistics }) => {
    let [content, weight, missed, unknown, inserted] = [0, 0, 0, 0, 0];
    for (const left of side) {
      const { rarity } = left.word;
      const missing = missingOf(left);
      if (rarity > FUNCTION_RARITY) content += 1;
      if (rarity === 1) unknown += 1;
      weight += rarity;
      missed += missing;
      if (left.replacement === null) inserted += missing;
    }
    const rarest = rarestOf(side);
    const [first, second] = twoLargest(side, missingOf);
    return [
      side.length,
      content,
      weight,
      missed,
      missed / (statistics.weight + 1e-6),
      first,
      second,
      rarest?.word.rarity ?? 0,
      rarest?.position ?? -1,
      unknown,
      inserted,
    ];
  },
);

const related = minMaxOfSides(['unexplained', 'synonyms', 'sisters', 'kinds'], (side) => {
  let [unexplained, synonyms, sisters, kinds] = [0, 0, 0, 0];
  for (const left of side) {
    const { rarity } = left.word;
    const { synonym, areSisters, isKind } = left.relation;
    if (synonym > 0) synonyms += rarity * synonym;
    else unexplained += missingOf(left);
    if (areSisters) sisters += rarity;
    if (isKind) kinds += rarity;
  }
  return [unexplained, synonyms, sisters, kinds];
});

const replaced: FeatureGroup = {
  names: [
    'replaced_words',
    'replaced_weight',
    'replaced_worst',
    'replaced_rarest',
    'replaced_nearest',
  ],
  of: ({ alignment }) => {
    let [words, weight, worst, rarest, nearest] = [0, 0, 0, 0, 1];
    for (const { word, replacement } of alignment.left) {
      if (replacement === null) continue;
      const near = wordSimilarity(word, replacement);
      const distance = Math.max(word.rarity, replacement.rarity) * (1 - near);
      words += 1;
      weight += distance;
      worst = Math.max(worst, distance);
      rarest = Math.max(rarest, Math.min(word.rarity, replacement.rarity));
      nearest = Math.min(nearest, near);
    }
    return [words, weight, worst, rarest, nearest];
  },
};

const weighed: FeatureGroup = {
  names: ['weighed', 'weighed_least', 'weighed_most', 'weighed_worst', 'wording'],
  of: ({ a, b, alignment, differences, wordings }) => {
    let worst = 0;
    // Log odds that each left-over word contributes.
    const [left, right] = [alignment.left, alignment.right].map((side) => {
      let total = 0;
      for (const one of side) {
        const odds = differences.logOdds(one);
        total += odds;
        worst = Math.min(worst, odds);
      }
      return total;
    });
    const [x, y] = [left ?? 0, right ?? 0];
    const wording = wordings.logOdds(wordingBuckets(a.known, b.known, alignment));
    return [x + y, Math.min(x, y), Math.max(x, y), worst, wording];
  },
};

/** Features of the words that only one of the two texts has. */
export const UNMATCHED_FEATURES = { leftOvers, related, replaced, weighed } as const;

/** Rarity of a left-over word, reduced by how well the other text's nearest word covers it. */
const missingOf = ({ word, similarity }: UnmatchedWord): number => word.rarity * (1 - similarity);

/** The two largest values of `of`; 0 for a missing one. */
function twoLargest(side: Side, of: (left: UnmatchedWord) => number): readonly [number, number] {
  let [first, second] = [-Infinity, -Infinity];
  for (const left of side) {
    const size = of(left);
    if (size > first) [first, second] = [size, first];
    else if (size > second) second = size;
  }
  return [side.length < 1 ? 0 : first, side.length < 2 ? 0 : second];
}

function rarestOf(side: Side): UnmatchedWord | null {
  let rarest: UnmatchedWord | null = null;
  for (const left of side) {
    if (rarest === null || left.word.rarity > rarest.word.rarity) rarest = left;
  }
  return rarest;
}
