/**
 * Measures a semantic lookup (fingerprint, embedding, search and verification), how long an insertion blocks
 * the event loop, and the recall of the index.
 *
 *   npx tsx --expose-gc bench/cache-lookup.bench.ts --entries 100000 [--questions FILE]
 *
 * Questions are generated, or read from FILE, one per line: the first ones are cached, the others are looked up.
 */
import '../src/core/no-pretenuring.js'; // first, as in the gateway
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { AnswerStore } from '../src/cache/answer-store.js';
import { SemanticCache } from '../src/cache/semantic/semantic-cache.js';
import { loadHnswlib } from '../src/cache/semantic/graph-vectors.js';
import { QuestionIndex } from '../src/cache/semantic/question-index.js';
import { rowBlock } from '../src/embed/row-block.js';
import { fingerprint } from '../src/cache/fingerprint.js';
import type { CachedAnswer, Question } from '../src/cache/cached-answer.js';
import { systemClock } from '../src/core/clock.js';
import { Random } from '../src/core/random.js';
import { openaiCacheCodec } from '../src/dialects/openai/cache-codec.js';
import { loadVerifier } from '../src/assembly/open-judge.js';
import { ARTEFACTS } from './cache-judge.js';
import { randomQuestion, wordingOf, WORDINGS } from './cache-questions.js';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '100000' },
    'look-ups': { type: 'string', default: '20000' },
    questions: { type: 'string' },
  },
});
const lines =
  values.questions === undefined
    ? null
    : [...new Set(readFileSync(values.questions, 'utf8').split('\n'))].filter(
        (line) => line !== '',
      );
const entries = Math.min(Number(values.entries), Math.floor(0.9 * (lines?.length ?? Infinity)));
const lookUps = Number(values['look-ups']);
const RECALLED = 400;
const CANDIDATES = 4;
const ANSWER = Buffer.from(
  JSON.stringify({ choices: [{ message: { content: 'x'.repeat(300) } }] }),
);
const SCOPE = { dialect: 'openai', tenant: 'ann', namespace: 'default', target: 'model:a/b' };

const random = new Random(11);
const judge = await loadVerifier(ARTEFACTS);
const openGraph = await loadHnswlib();
const slices: number[] = [];
const store = new AnswerStore(16 * 1024 ** 3, systemClock);
const answers = new SemanticCache({
  judge,
  store,
  clock: systemClock,
  openGraph,
  defer: (work) => {
    setImmediate(() => {
      slices.push(timed(work));
    });
  },
});

const rssBefore = process.memoryUsage().rss;
const numbers = Array.from({ length: entries }, () => randomQuestion(random));
const cached = lines?.slice(0, entries) ?? numbers.map((number) => wordingOf(number, 0));
const inserts = await fill();
globalThis.gc?.();
const rssMb = (process.memoryUsage().rss - rssBefore) / 1e6;

const again = lookedUp(reworded);
const fresh = lookedUp(unmet);
const { questions, late } = answers.counts;
process.stdout.write(`${questions} questions, ${late} look-ups late, ${rssMb.toFixed(0)} MB\n`);
console.table({
  'look-up, kept question reworded, ms': summary(again),
  'look-up, fresh question, ms': summary(fresh),
  'look-up, as many of both, ms': summary([...again, ...fresh]),
  'taken in (request path), ms': summary(inserts),
  'moved into the graph (a slice), ms': summary(slices),
});
process.stdout.write(`recall of the ${CANDIDATES} nearest: ${(await recall()).toFixed(4)}\n`);
answers.close();

/** A cached question, rephrased; for lines of FILE, only a greeting is added. */
function reworded(): string {
  const at = random.below(entries);
  return lines === null
    ? wordingOf(numbers[at] ?? 0, random.below(WORDINGS))
    : `Hello! ${cached[at] ?? ''}`;
}

function unmet(): string {
  if (lines === null) return wordingOf(randomQuestion(random), 1);
  return lines[entries + random.below(lines.length - entries)] ?? '';
}

/**
 * An upper bound on the milliseconds for which the event loop was blocked. Wall-clock time includes other
 * processes and CPU time includes other threads of the runtime, so the smaller of the two is closer.
 */
function timed(work: () => void): number {
  const fromMs = performance.now();
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return Math.min(performance.now() - fromMs, (user + system) / 1_000);
}

/** Inserts all questions, as many per turn of the event loop as requests would, and waits until all are indexed. */
async function fill(): Promise<readonly number[]> {
  const took: number[] = [];
  for (const [i, question] of cached.entries()) {
    const answer = answerTo(String(i), placed(question));
    took.push(timed(() => store.put(answer)));
    if (i % 4 === 3) await new Promise(setImmediate);
  }
  for (let before = -1; before !== slices.length;) {
    before = slices.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return took;
}

function answerTo(key: string, question: Question): CachedAnswer {
  return {
    key,
    question,
    source: 'dec_1',
    model: 'a/b',
    costUsd: 0.001,
    tookMs: 1,
    simulated: false,
    tenant: 'ann',
    namespace: 'default',
    tags: [],
    storedAtMs: Date.now(),
    expiresAtMs: Date.now() + 86_400_000,
    payload: { form: 'whole', body: ANSWER },
  };
}

function placed(text: string): { readonly partition: string; readonly text: string } {
  const body = Buffer.from(
    JSON.stringify({
      model: 'a/b',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: text },
      ],
    }),
  );
  const { question } = openaiCacheCodec.identityOf(body);
  if (question === null) throw new Error('no question');
  const partition = fingerprint(SCOPE, question.rest, body, 'partition');
  if (partition === null) throw new Error('no partition');
  return { partition, text };
}

function lookedUp(nextQuestion: () => string): readonly number[] {
  return Array.from({ length: lookUps }, () => {
    const text = nextQuestion();
    return timed(() =>
      answers.find(placed(text), { maxError: 0.01, budgetMs: 5, maxAgeS: Infinity }),
    );
  });
}

/** Recall of the nearest neighbours. It uses an index of its own, because lookups omit distant ones. */
async function recall(): Promise<number> {
  let left = 0;
  const index = new QuestionIndex({
    judge,
    openGraph,
    defer: (work) => {
      left += 1;
      setImmediate(() => {
        left -= 1;
        work();
      });
    },
  });
  const dims = judge.read(cached[0] ?? '').vector.length;
  const all = rowBlock(entries, dims);
  for (const [i, text] of cached.entries()) {
    const { vector } = judge.read(text);
    all.row(i).set(vector);
    index.onStored(answerTo(String(i), { partition: 'p', text }));
    if (i % 4 === 3) await new Promise(setImmediate);
  }
  while (left > 0) await new Promise(setImmediate);
  let found = 0;
  for (let i = 0; i < RECALLED; i++) {
    const question = judge.read(i % 2 === 0 ? reworded() : unmet());
    const nearest = all.products(question.vector, entries).toSorted().toReversed();
    const worst = nearest[CANDIDATES - 1] ?? 0;
    // Compared by similarity, because the same question may be cached twice.
    const near = index.near('p', question, CANDIDATES);
    found += near.filter(({ similarity }) => similarity >= worst - 1e-5).length;
  }
  index.close();
  return found / (RECALLED * CANDIDATES);
}

function summary(took: readonly number[]): Record<string, string> {
  const sorted = took.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(3);
  return { p50: at(0.5), p99: at(0.99), 'p99.9': at(0.999), max: at(1), n: String(sorted.length) };
}
