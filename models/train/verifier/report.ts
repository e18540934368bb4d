import type { Verdict } from '../../../src/cache/verify/judge.js';
import { Verifier } from '../../../src/cache/verify/verifier.js';
import type { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import type { LabelledPair } from '../embedder/corpus.js';
import { pairQuality, rarityAmong, tfidfSimilarity } from '../embedder/evaluate.js';
import type { Similarity } from '../embedder/evaluate.js';
import type { EmbedderOptions } from '../embedder/index.js';
import type { GeneratedPairs } from './generate-pairs.js';
import { readNearMisses } from './near-misses.js';
import type { PairParts } from './pair-parts.js';
import type { FoundPairs } from './found/found-pairs.js';
import { readWritten } from './written.js';

/** Expected error up to which a pair counts as a hit in the report. */
const MAX_ERROR = 0.01;

/**
 * Reports the quality of the verifier in the folder on some parts, on handwritten pairs and, with the test part, on held-out
 * sets. Parts are evaluated with an embedder that was not trained on them, everything else with the one that ships.
 */
export async function reportParts(
  { pairs, heldOut }: PairParts,
  parts: readonly ('validation' | 'test')[],
  {
    made,
    found,
    unmet,
    outFolder,
    progress,
  }: {
    readonly made: GeneratedPairs;
    readonly found: Pick<FoundPairs, 'development'>;
    readonly unmet: StaticEmbedder;
  } & Pick<EmbedderOptions, 'outFolder' | 'progress'>,
): Promise<void> {
  const fitted = Verifier.load(outFolder, unmet);
  const shipped = Verifier.load(outFolder);
  for (const part of parts) {
    for (const [set, own] of [...pairs[part], ['made', made[part]] as const]) {
      progress.say(`${part} ${reportPairs(set, own, fitted)}`);
    }
    const byHand = await readNearMisses(part === 'test' ? 'test' : 'development');
    progress.say(`${part} ${reportPairs('by hand', byHand, shipped)}`);
    if (part === 'test') continue;
    for (const { set, pairs: own } of await readWritten('development')) {
      progress.say(`${part} ${reportPairs(set, own, shipped)}`);
    }
    const near = found.development.map(({ pair }) => pair);
    progress.say(`${part} ${reportPairs('found', near, shipped)}`);
  }
  if (!parts.includes('test')) return;
  for (const [set, own] of heldOut) progress.say(`dev ${reportPairs(set, own, shipped)}`);
}

/**
 * How well same and different pairs of a set are separated: by shared words, cosine, probability, and decision (vetoed pairs last).
 *
 * @returns one line: AUC and recall at 1 % and 3 % of false hits for each, then what would be a hit with
 *   `max_error` 0.01; sets with one label only get the mean probability instead
 */
function reportPairs(set: string, pairs: readonly LabelledPair[], verifier: Verifier): string {
  const verdicts = new Map<string, Verdict>();
  const verdictOn = (a: string, b: string): Verdict => {
    const key = `${a}\n${b}`;
    const verdict = verdicts.get(key) ?? verifier.judge(verifier.read(b), verifier.read(a));
    verdicts.set(key, verdict);
    return verdict;
  };
  const positives = pairs.filter(({ label }) => label === 1).length;
  const of = (name: string, score: Similarity): string => {
    if (positives === 0 || positives === pairs.length) return '';
    const { auc, recallAt1, recallAt3 } = pairQuality(pairs, score);
    return `, ${name} ${[auc, recallAt1, recallAt3].map((value) => value.toFixed(3)).join(' ')}`;
  };
  const judged = pairs.map(({ a, b, label }) => {
    const { veto, probability } = verdictOn(a, b);
    return { label, veto, probability };
  });
  const hits = judged.filter(
    ({ veto, probability }) => veto === null && 1 - probability <= MAX_ERROR,
  );
  const mean = judged.reduce((sum, { probability }) => sum + probability, 0) / pairs.length;
  return [
    `${set} (${pairs.length} pairs, ${positives} same)`,
    of('TF-IDF', tfidfSimilarity(rarityAmong(pairs.flatMap(({ a, b }) => [a, b])))),
    of('cosine', (a, b) => verdictOn(a, b).similarity),
    of('probability', (a, b) => verdictOn(a, b).probability),
    of('decision', (a, b) => (verdictOn(a, b).veto === null ? verdictOn(a, b).probability : -1)),
    `, mean probability ${mean.toFixed(3)}`,
    `, hits ${hits.length}, false ${hits.filter(({ label }) => label === 0).length}`,
  ].join('');
}
