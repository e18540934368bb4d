import type { HierarchicalNSW } from 'hnswlib-node';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { loadHnswlib } from '../../../../src/cache/semantic/graph-vectors.js';
import type { QuestionJudge } from '../../../../src/cache/verify/judge.js';
import { Verifier } from '../../../../src/cache/verify/verifier.js';
import { StaticEmbedder } from '../../../../src/embed/static-embedder.js';
import type { EmbedderOptions } from '../../embedder/index.js';
import { Random } from '../../random.js';
import { readPairParts, type PairParts } from '../pair-parts.js';
import { readWritten } from '../written.js';
import { readVerdicts } from './found-pairs.js';
import { readQuestions, textId, type FoundQuestion } from './questions.js';

/** Not in the artefact folder: the texts are third-party data. */
const FILE = path.join('build', 'train', 'doubtful.jsonl');
/** Number of neighbours of a question, itself included, and minimum similarity. */
const NEIGHBOURS = 8;
const LEAST_ALIKE = 0.4;
const GRAPH = { links: 16, buildEffort: 100, searchEffort: 40, seed: 7 };
/** Upper ends of probability ranges, and the maximum number of pairs from each: errors are costliest where the verifier is nearly sure. */
const RANGES: readonly (readonly [end: number, pairs: number])[] = [
  [0.3, 0],
  [0.5, 3000],
  [0.65, 4000],
  [0.8, 5000],
  [0.9, 5000],
  [0.96, 5000],
  [0.99, 5000],
  [1.01, 5000],
];
/** Maximum number of pairs per question, for variety, and per source, as some are full of variants of one thing. */
const USES = 2;
const MOST_OF_SOURCE: readonly (readonly [source: RegExp, pairs: number])[] = [
  [/^clinc/, 1500],
  [/^staqc/, 2500],
  [/^nl2bash/, 1000],
  [/^written/, 8000],
];

const OTHER_SOURCES = /./u;

/** A pair that is worth labelling. */
interface UncertainPair {
  readonly a: FoundQuestion;
  readonly b: FoundQuestion;
  readonly probability: number;
}

/**
 * Active learning: finds pairs of similar questions that the verifier of the folder is unsure about, and writes them for labelling to
 * `build/train/doubtful.jsonl`, one pair a line. None of their texts is in the validation or test part.
 *
 * @throws {DataError} the data folder or a file in it is missing or broken
 * @throws {ArtefactError} there is no verifier, or it cannot be used
 */
export async function findUncertainPairs(options: EmbedderOptions): Promise<void> {
  const { dataFolder, outFolder, progress } = options;
  const parts = await readPairParts(dataFolder);
  const questions = await readQuestions(dataFolder, parts);
  const embedder = StaticEmbedder.load(path.join(outFolder, 'embedder.bin'));
  const judge = Verifier.load(outFolder, embedder);
  const known = await knownPairs(parts, questions);
  const chosen = await selectUncertainPairs(questions, known, { ...options, embedder, judge });
  const lines = chosen.map(({ a, b, probability }) =>
    JSON.stringify({ ...idsOf(a, b), probability, texts: [a.text, b.text] }),
  );
  mkdirSync(path.dirname(FILE), { recursive: true });
  writeFileSync(FILE, `${lines.join('\n')}\n`);
  progress.say(`${FILE}: ${chosen.length} pairs`);
}

/**
 * Pairs worth labelling, in random order.
 *
 * @param known - keys (`pairKey`) of pairs that are skipped
 */
export async function selectUncertainPairs(
  questions: readonly FoundQuestion[],
  known: ReadonlySet<string>,
  {
    embedder,
    judge,
    seed,
    progress,
  }: {
    readonly embedder: StaticEmbedder;
    readonly judge: Pick<QuestionJudge, 'read' | 'judge'>;
  } & Pick<EmbedderOptions, 'seed' | 'progress'>,
): Promise<readonly UncertainPair[]> {
  const ranges = RANGES.map((): UncertainPair[] => []);
  for (const [a, b] of await nearPairs(questions, embedder, progress)) {
    if (known.has(pairKey(a.text, b.text))) continue;
    const verdict = judge.judge(judge.read(a.text), judge.read(b.text));
    if (verdict.veto !== null || verdict.similarity < LEAST_ALIKE) continue;
    const { probability } = verdict;
    ranges[RANGES.findIndex(([end]) => probability < end)]?.push({ a, b, probability });
    progress.tick(() => `compared: ${ranges.flat().length} pairs without a veto`);
  }
  return choose(ranges, new Random(seed));
}

/** Ids as in `found.jsonl`. */
const idsOf = (a: FoundQuestion, b: FoundQuestion) => ({ a: textId(a.text), b: textId(b.text) });

/** Each question with its neighbours, each pair once; not pairs across both halves, as every embedder was trained on one of the two. */
async function nearPairs(
  questions: readonly FoundQuestion[],
  embedder: StaticEmbedder,
  progress: EmbedderOptions['progress'],
): Promise<readonly (readonly [FoundQuestion, FoundQuestion])[]> {
  const graph = await graphOf(questions, embedder, progress);
  const neighbours = Math.min(NEIGHBOURS, questions.length);
  const seen = new Set<number>();
  return questions.flatMap((a, i) => {
    progress.tick(() => `looked up: ${i} of ${questions.length} questions`);
    const { neighbors } = graph.searchKnn([...embedder.embed(a.text)], neighbours);
    return neighbors.flatMap((j) => {
      const b = questions[j];
      const place = Math.min(i, j) * questions.length + Math.max(i, j);
      if (b === undefined || j === i || seen.has(place)) return [];
      seen.add(place);
      return (a.half ?? b.half) === (b.half ?? a.half) ? [[a, b] as const] : [];
    });
  });
}

async function graphOf(
  questions: readonly FoundQuestion[],
  embedder: StaticEmbedder,
  progress: EmbedderOptions['progress'],
): Promise<HierarchicalNSW> {
  const graph = (await loadHnswlib())(embedder.dims);
  graph.initIndex(questions.length, GRAPH.links, GRAPH.buildEffort, GRAPH.seed);
  questions.forEach(({ text }, i) => {
    progress.tick(() => `indexed: ${i} of ${questions.length} questions`);
    graph.addPoint([...embedder.embed(text)], i);
  });
  graph.setEf(GRAPH.searchEffort);
  return graph;
}

/** Key of a pair, independent of order. */
export const pairKey = (a: string, b: string): string => [a, b].sort().join('\n');

/** Keys of pairs that already have a label or a verdict. */
async function knownPairs(
  { pairs }: PairParts,
  questions: readonly FoundQuestion[],
): Promise<ReadonlySet<string>> {
  const labelled = [...pairs.first.values(), ...pairs.second.values()].flat();
  const written = (await readWritten('fit')).flatMap((set) => set.pairs);
  const { known } = await readVerdicts(questions);
  const judged = known.map(({ a, b }) => pairKey(a.text, b.text));
  return new Set([...[...labelled, ...written].map(({ a, b }) => pairKey(a, b)), ...judged]);
}

function choose(ranges: readonly UncertainPair[][], random: Random): readonly UncertainPair[] {
  const uses = new Map<string, number>();
  const ofSource = new Map<RegExp, number>();
  const take = ({ a, b }: UncertainPair): boolean => {
    const [source, most] = MOST_OF_SOURCE.find(
      ([own]) => own.test(a.source) || own.test(b.source),
    ) ?? [OTHER_SOURCES, Infinity];
    const count = ofSource.get(source) ?? 0;
    const isUsed = [a, b].some(({ text }) => (uses.get(text) ?? 0) >= USES);
    if (isUsed || count >= most) return false;
    for (const { text } of [a, b]) uses.set(text, (uses.get(text) ?? 0) + 1);
    ofSource.set(source, count + 1);
    return true;
  };
  // From the highest probability down: those are the most valuable to label.
  const chosen = ranges.toReversed().flatMap((range, i) => {
    const [, most = 0] = RANGES.at(-1 - i) ?? [];
    let left = most;
    return random.shuffle(range).filter((pair) => {
      if (left === 0 || !take(pair)) return false;
      left -= 1;
      return true;
    });
  });
  return random.shuffle([...chosen]);
}
