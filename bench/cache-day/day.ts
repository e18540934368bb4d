import { createHash } from 'node:crypto';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { SemanticCache, type SemanticMatch } from '../../src/cache/semantic/semantic-cache.js';
import type { CreateGraph } from '../../src/cache/semantic/index-parts.js';
import type { QuestionJudge } from '../../src/cache/verify/judge.js';
import type { Clock } from '../../src/core/clock.js';
import { Random } from '../../src/core/random.js';
import type { World } from './world.js';

/** The settings of a simulated day. */
export interface DayOptions {
  readonly world: World;
  readonly requests: number;
  readonly seed: number;
  readonly openGraph: CreateGraph;
  /** Called regularly with the number of completed requests. */
  readonly onProgress: (requests: number) => void;
}

/** Decides which cached answers are used for rephrased questions. */
export interface Policy {
  readonly judge: QuestionJudge;
  /** The accepted share of wrong answers. */
  readonly maxError: number;
  /** Whether it learns its error rates, from rechecked hits and from misses. */
  readonly learns: boolean;
}

/** The counts of one hour. */
export interface Hour {
  asked: number;
  /** Exact hits. */
  exact: number;
  /** Semantic hits. */
  semantic: number;
  /** Semantic hits with the wrong answer. */
  wrong: number;
}

/** The counts of a day. */
export interface Day {
  readonly hours: readonly Hour[];
  /** Number of hits that were rechecked. */
  readonly rechecks: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
const TTL_MS = HOUR_MS;
const PROGRESS_INTERVAL_REQUESTS = 500;
const ZIPF_POWER = 0.9;
/** The share of requests with changes that the pairs do not have: a greeting, "please", lower case. */
const DECORATED = 0.2;
/** The share of requests for a near miss of a popular question. */
const NEAR_MISSES = 0.25;
const MIN_RECHECK_SHARE = 0.02;
const PARTITION = 'all';
const MAX_BYTES = 256 * 1024 ** 2;

/** A clock that advances with each request. */
class DayClock implements Clock {
  nowMs = 0;
  now(): number {
    return this.nowMs;
  }
  wallMs(): number {
    return this.nowMs;
  }
  after(): () => void {
    return () => undefined;
  }
}

/** Simulates a day; the same options give the same day. */
export function simulateDay(options: DayOptions, policy: Policy): Day {
  const { world, requests, seed, onProgress } = options;
  const random = new Random(seed);
  const draw = zipf(world.questions.length, random);
  const simulation = new Simulation(options, policy, random);
  for (let i = 0; i < requests; i++) {
    if (i % PROGRESS_INTERVAL_REQUESTS === 0) onProgress(i);
    const meant = nearMissOf(draw(), world, random);
    const text = randomWording(world.questions[meant] ?? [], random);
    simulation.ask({ meant, text, nowMs: (i / requests) * HOURS * HOUR_MS });
  }
  simulation.close();
  return simulation;
}

interface Asked {
  readonly meant: number;
  readonly text: string;
  readonly nowMs: number;
}

/** A running simulation: a cache and its counts. */
class Simulation implements Day {
  readonly hours = Array.from({ length: HOURS }, (): Hour => ({
    asked: 0,
    exact: 0,
    semantic: 0,
    wrong: 0,
  }));
  rechecks = 0;
  readonly #clock = new DayClock();
  readonly #store = new AnswerStore(MAX_BYTES, this.#clock);
  readonly #deferred: (() => void)[] = [];
  readonly #answers: SemanticCache;
  readonly #policy: Policy;
  readonly #random: Random;

  constructor({ openGraph }: DayOptions, policy: Policy, random: Random) {
    this.#policy = policy;
    this.#random = random;
    this.#answers = new SemanticCache({
      judge: policy.judge,
      store: this.#store,
      clock: this.#clock,
      openGraph,
      defer: (work) => this.#deferred.push(work),
    });
  }

  ask(request: Asked): void {
    this.#clock.nowMs = request.nowMs;
    this.#deferred.shift()?.();
    const hour = this.hours[Math.floor(request.nowMs / HOUR_MS)];
    if (hour === undefined) return;
    hour.asked += 1;
    const key = createHash('sha256').update(request.text).digest('base64url');
    if (this.#store.find(key, Infinity) === null) this.#askUncached(request, key, hour);
    else hour.exact += 1;
  }

  close(): void {
    this.#answers.close();
  }

  #askUncached({ meant, text, nowMs }: Asked, key: string, hour: Hour): void {
    const found = lookup(this.#answers, text, this.#policy);
    const right = answerTo(meant);
    const isHit = found?.estimate.isServable === true;
    if (isHit) {
      hour.semantic += 1;
      if (answerOf(found) !== right) hour.wrong += 1;
      if (this.#random.next() >= recheckShare(this.#answers, found, this.#policy)) return;
      this.rechecks += 1;
    }
    const learns = found !== null && this.#policy.learns;
    const isRight = learns ? this.#answers.compare(found, right, answerOf(found)) : null;
    if (!isHit || isRight === false) keep(this.#store, { key, text }, right, nowMs);
  }
}

function lookup(answers: SemanticCache, text: string, { maxError }: Policy): SemanticMatch | null {
  const limits = { maxError, budgetMs: Infinity, maxAgeS: Infinity };
  return answers.find({ partition: PARTITION, text }, limits);
}

function recheckShare(
  answers: SemanticCache,
  found: SemanticMatch | null,
  { learns }: Policy,
): number {
  return !learns || found === null
    ? 0
    : answers.errorRates.recheckProbability(found.prediction, MIN_RECHECK_SHARE);
}

/** The answer to a question: equal only for the same question. */
function answerTo(question: number): string {
  return `Answer ${question}`;
}

function answerOf({ answer: { payload } }: SemanticMatch): string {
  return payload.form === 'whole' ? payload.body.toString() : '';
}

function keep(
  store: AnswerStore,
  { key, text }: { readonly key: string; readonly text: string },
  answer: string,
  nowMs: number,
): void {
  store.put({
    key,
    question: { partition: PARTITION, text },
    source: 'dec_1',
    model: 'a/b',
    costUsd: 0.001,
    tookMs: 0,
    simulated: true,
    tenant: null,
    namespace: 'default',
    tags: [],
    storedAtMs: nowMs,
    expiresAtMs: nowMs + TTL_MS,
    payload: { form: 'whole', body: Buffer.from(answer) },
  });
}

/** Sometimes replaces a question by a near miss of it. */
function nearMissOf(question: number, { nearMisses }: World, random: Random): number {
  const others = nearMisses[question] ?? [];
  return random.next() < NEAR_MISSES ? (others[random.below(others.length)] ?? question) : question;
}

/** A random wording, sometimes decorated. */
function randomWording(wordings: readonly string[], random: Random): string {
  const text = wordings[random.below(wordings.length)] ?? '';
  if (random.next() >= DECORATED) return text;
  const ways: readonly ((plain: string) => string)[] = [
    (plain) => `Please tell me: ${plain}`,
    (plain) => `Hi! ${plain} Thanks.`,
    (plain) => plain.toLowerCase().replaceAll('?', ''),
    (plain) => `I would like to know: ${plain}`,
  ];
  return ways[random.below(ways.length)]?.(text) ?? text;
}

/** A sampler of question numbers with Zipf-distributed popularity, in a random order of popularity. */
function zipf(count: number, random: Random): () => number {
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sums[i] = sum += (i + 1) ** -ZIPF_POWER;
  return () => {
    const target = random.next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < target) low = middle + 1;
      else high = middle;
    }
    return order[low] ?? 0;
  };
}
