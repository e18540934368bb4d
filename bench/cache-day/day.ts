import { createHash } from 'node:crypto';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { AlikeAnswers, type Alike } from '../../src/cache/semantic/alike.js';
import type { OpenGraph } from '../../src/cache/semantic/index-parts.js';
import type { QuestionJudge } from '../../src/cache/verify/judge.js';
import type { Clock } from '../../src/core/clock.js';
import { Random } from '../../src/core/random.js';
import type { World } from './world.js';

/** What a day is made of. */
export interface DayOptions {
  readonly world: World;
  readonly requests: number;
  readonly seed: number;
  readonly openGraph: OpenGraph;
  /** Hears now and then how many of the requests are over. */
  readonly onLived: (requests: number) => void;
}

/** Decides what is given to a question that was not asked before in the same words. */
export interface Policy {
  readonly judge: QuestionJudge;
  /** Share of wrong answers that is put up with. */
  readonly maxError: number;
  /** What is given is asked again now and then, and learnt from; what is not given is learnt from, too. */
  readonly learns: boolean;
}

/** What happened in an hour. */
export interface Hour {
  asked: number;
  /** Answered with what was said to the very same question. */
  exact: number;
  /** Answered with what was said to a question in other words. */
  alike: number;
  /** Of those. */
  wrong: number;
}

/** What happened in a day. */
export interface Day {
  readonly hours: readonly Hour[];
  /** Answers that were given, and asked for again. */
  readonly rechecks: number;
}

const HOUR_MS = 3_600_000;
const HOURS = 24;
const TTL_MS = HOUR_MS;
const TOLD_EVERY = 500;
const ZIPF_POWER = 0.9;
/** Of the requests in other words than the pairs have: a greeting, a plea, no capitals. */
const DECORATED = 0.2;
/** Of the requests for something that only looks like what is asked often. */
const NEAR_MISSES = 0.25;
const LEAST_RECHECKED = 0.02;
const PARTITION = 'all';
const MAX_BYTES = 256 * 1024 ** 2;

/** Time that only goes on from request to request. */
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

/** Lives through a day; the same options give the same day. */
export function livedDay(options: DayOptions, policy: Policy): Day {
  const { world, requests, seed, onLived } = options;
  const random = new Random(seed);
  const draw = zipf(world.questions.length, random);
  const life = new Life(options, policy, random);
  for (let i = 0; i < requests; i++) {
    if (i % TOLD_EVERY === 0) onLived(i);
    const meant = nearMissOf(draw(), world, random);
    const text = worded(world.questions[meant] ?? [], random);
    life.ask({ meant, text, nowMs: (i / requests) * HOURS * HOUR_MS });
  }
  life.close();
  return life;
}

interface Asked {
  readonly meant: number;
  readonly text: string;
  readonly nowMs: number;
}

/** A cache, and what it was asked. */
class Life implements Day {
  readonly hours = Array.from({ length: HOURS }, (): Hour => ({
    asked: 0,
    exact: 0,
    alike: 0,
    wrong: 0,
  }));
  rechecks = 0;
  readonly #clock = new DayClock();
  readonly #store = new AnswerStore(MAX_BYTES, this.#clock);
  readonly #waiting: (() => void)[] = [];
  readonly #answers: AlikeAnswers;
  readonly #policy: Policy;
  readonly #random: Random;

  constructor({ openGraph }: DayOptions, policy: Policy, random: Random) {
    this.#policy = policy;
    this.#random = random;
    this.#answers = new AlikeAnswers({
      judge: policy.judge,
      store: this.#store,
      clock: this.#clock,
      openGraph,
      defer: (work) => this.#waiting.push(work),
    });
  }

  ask(asked: Asked): void {
    this.#clock.nowMs = asked.nowMs;
    this.#waiting.shift()?.();
    const hour = this.hours[Math.floor(asked.nowMs / HOUR_MS)];
    if (hour === undefined) return;
    hour.asked += 1;
    const key = createHash('sha256').update(asked.text).digest('base64url');
    if (this.#store.find(key, Infinity) === null) this.#askAnew(asked, key, hour);
    else hour.exact += 1;
  }

  close(): void {
    this.#answers.close();
  }

  #askAnew({ meant, text, nowMs }: Asked, key: string, hour: Hour): void {
    const found = sought(this.#answers, text, this.#policy);
    const right = answerTo(meant);
    const isGiven = found?.outlook.serves === true;
    if (isGiven) {
      hour.alike += 1;
      if (saidBy(found) !== right) hour.wrong += 1;
      if (this.#random.next() >= curiosity(this.#answers, found, this.#policy)) return;
      this.rechecks += 1;
    }
    const learns = found !== null && this.#policy.learns;
    const isRight = learns ? this.#answers.compare(found, right, saidBy(found)) : null;
    if (!isGiven || isRight === false) keep(this.#store, { key, text }, right, nowMs);
  }
}

function sought(answers: AlikeAnswers, text: string, { maxError }: Policy): Alike | null {
  const limits = { maxError, budgetMs: Infinity, maxAgeS: Infinity };
  return answers.seek({ partition: PARTITION, text }, limits);
}

function curiosity(answers: AlikeAnswers, found: Alike | null, { learns }: Policy): number {
  return !learns || found === null ? 0 : answers.book.curiosity(found.claim, LEAST_RECHECKED);
}

/** Answers differ where the questions do, and nowhere else. */
function answerTo(question: number): string {
  return `Answer ${question}`;
}

function saidBy({ kept: { payload } }: Alike): string {
  return payload.form === 'whole' ? payload.body.toString() : '';
}

function keep(
  store: AnswerStore,
  { key, text }: { readonly key: string; readonly text: string },
  answer: string,
  nowMs: number,
): void {
  store.keep({
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

/** Now and then a question that looks like the one that is popular, and is another. */
function nearMissOf(question: number, { nearMisses }: World, random: Random): number {
  const others = nearMisses[question] ?? [];
  return random.next() < NEAR_MISSES ? (others[random.below(others.length)] ?? question) : question;
}

/** One of the wordings, some with what people put around a question. */
function worded(wordings: readonly string[], random: Random): string {
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

/** Draws questions, each so much more rarely than the one before it; who is popular is up to the seed. */
function zipf(count: number, random: Random): () => number {
  const order = random.shuffle(Array.from({ length: count }, (_, i) => i));
  const sums = new Float64Array(count);
  let sum = 0;
  for (let i = 0; i < count; i++) sums[i] = sum += (i + 1) ** -ZIPF_POWER;
  return () => {
    const drawn = random.next() * sum;
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < drawn) low = middle + 1;
      else high = middle;
    }
    return order[low] ?? 0;
  };
}
