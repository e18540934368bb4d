import type { CountedClaims, SeenClaim } from '../learnt.js';
import { betaCdf } from './beta.js';
import { CLAIM_EDGES, claimClass, claimCounts, type ClaimCount } from './claim-counts.js';
import { EntryBook } from './entry-book.js';

/** That a kept answer would do for a question, and how sure the judge is of it. */
export interface Claim {
  readonly partition: string;
  /** Of the kept answer. */
  readonly key: string;
  /** Probability that the answer is wrong, as the judge claims, 0 to 1. */
  readonly wrong: number;
}

/** What is thought of a claim, by all that was seen of its like. */
export interface Outlook {
  /** The answer may be given: errors stay within what is put up with. */
  readonly serves: boolean;
  /** Expected share of wrong answers among claims of this class here, 0 to 1. */
  readonly expectedError: number;
}

/** Observations that the judge's claim is worth, and those that the other partitions' are. */
const JUDGE_WORTH = 100;
const OTHERS_WORTH = 100;
/** How much is known before a partition is asked: requests as in all the others. */
const OTHERS_ASKED = 20;
/** With this probability the error is within the budget, or nothing is given. */
const CONFIDENCE = 0.95;
/** A class may err so many times as often as all together may: the sure ones must not pay for it. */
const CLASS_SLACK = 2;
/** A verdict on a partition holds for so many claims, unless one is found wrong there meanwhile. */
const VERDICT_HOLDS = 32;
const MOST_PARTITIONS = 4_096;
/** Until so many claims of a class were looked at, half of them or more are. */
const CURIOSITY = 20;
/** Of what was seen elsewhere, this share counts as if it had been seen here. */
const SEEN_ELSEWHERE = 0.25;

interface Partition {
  readonly counts: readonly ClaimCount[];
  readonly verdicts: Map<number, Verdict>;
}

interface Verdict {
  readonly served: readonly boolean[];
  left: number;
}

/**
 * How often answers given to questions that are merely alike are wrong, and what may be given therefore.
 *
 * The judge claims a probability; what becomes of claims is counted by class of probability, for each
 * partition and for all together. A partition begins with what is known of all, and all with what
 * the judge claims. An answer is given if, of everything that would be given, the share of wrong answers is
 * within the budget with a probability of 95 %, and if this kept answer was not found wrong itself.
 */
export class ErrorBook {
  #all = claimCounts();
  readonly #partitions = new Map<string, Partition>();
  readonly #entries = new EntryBook();
  readonly #changed = new Set<string>();

  /** What was counted of all partitions together, by class, from the surest on. */
  get counts(): readonly Pick<ClaimCount, 'asked' | 'seen' | 'wrong'>[] {
    return this.#all;
  }

  /**
   * What is thought of a claim. Changes nothing but how long the verdict on a partition holds.
   *
   * @param maxError - share of wrong answers that is put up with, 0 to 1
   * @returns `null` for a claim that nobody would believe
   */
  outlook(claim: Claim, maxError: number): Outlook | null {
    const at = claimClass(claim.wrong);
    if (at === null) return null;
    const partition = this.#partitions.get(claim.partition);
    const expectedError = this.#meanOf(at, partition);
    const isKnownWrong =
      this.#entries.error(claim.key, Math.max(claim.wrong, maxError), expectedError) >
      CLASS_SLACK * maxError;
    const serves = !isKnownWrong && this.#serves(at, partition, maxError);
    return { serves, expectedError };
  }

  /** A claim came that might have been believed. */
  came({ partition, wrong }: Claim): void {
    const at = claimClass(wrong);
    if (at === null) return;
    this.#all[at]?.ask();
    this.#open(partition).counts[at]?.ask();
    this.#changed.add(partition);
  }

  /**
   * It was found out whether the kept answer would have done.
   *
   * What is seen of an answer that was found wrong before says something of that answer only: it is not
   * given anyway, and would make the others look worse than they are.
   */
  saw(claim: Claim, isRight: boolean): void {
    if (claimClass(claim.wrong) === null) return;
    const wasWrong = this.#entries.wasWrong(claim.key, claim.wrong);
    this.#entries.saw(claim.key, claim.wrong, isRight);
    if (!wasWrong) this.sawGone(claim, isRight);
  }

  /** As `saw`, of an answer that is not kept any more: what is kept under its key now has been seen by nobody. */
  sawGone(claim: Claim, isRight: boolean): void {
    const at = claimClass(claim.wrong);
    if (at === null) return;
    const partition = this.#open(claim.partition);
    this.#all[at]?.see(isRight);
    partition.counts[at]?.see(isRight);
    this.#changed.add(claim.partition);
    // What was found right can only widen what is given, and may wait.
    if (!isRight) partition.verdicts.clear();
  }

  /**
   * Probability with which an answer that is given should be looked at: high for what is little known.
   *
   * @param least - the smallest that it ever is
   */
  curiosity({ partition, wrong }: Claim, least: number): number {
    const at = claimClass(wrong) ?? 0;
    const here = this.#partitions.get(partition)?.counts[at]?.seen ?? 0;
    const seen = here + SEEN_ELSEWHERE * (this.#all[at]?.seen ?? 0);
    return Math.max(least, CURIOSITY / (CURIOSITY + seen));
  }

  /** The kept answer is gone, and what was seen of it. */
  forget(key: string): void {
    this.#entries.forget(key);
  }

  /** What was counted, by partition; that of all together under `null`. */
  *counted(
    partitions: Iterable<string> = this.#partitions.keys(),
  ): Generator<[string | null, readonly CountedClaims[]]> {
    yield [null, this.#all.map(({ counted }) => counted)];
    for (const name of partitions) {
      const counts = this.#partitions.get(name)?.counts;
      if (counts !== undefined) yield [name, counts.map(({ counted }) => counted)];
    }
  }

  /** What was seen of kept answers, by key. @param keys - of those that are wanted; all, if left out */
  seen(keys?: Iterable<string>): Iterable<[string, readonly SeenClaim[]]> {
    return this.#entries.seen(keys);
  }

  /** The partitions and kept answers of which something was learnt since the last call. */
  takeChanged(): { readonly partitions: readonly string[]; readonly keys: readonly string[] } {
    const partitions = [...this.#changed];
    this.#changed.clear();
    return { partitions, keys: this.#entries.takeChanged() };
  }

  /** Goes on counting from what was counted before. @param partition - `null` for all together */
  restoreCounts(partition: string | null, counted: readonly CountedClaims[]): void {
    if (partition === null) this.#all = claimCounts(counted);
    else this.#put(partition, { counts: claimCounts(counted), verdicts: new Map() });
  }

  /** Knows again what was seen of a kept answer before. */
  restoreSeen(key: string, seen: readonly SeenClaim[]): void {
    this.#entries.restore(key, seen);
  }

  #serves(at: number, partition: Partition | undefined, maxError: number): boolean {
    const known = partition?.verdicts.get(maxError);
    if (known !== undefined && known.left > 0) {
      known.left -= 1;
      return known.served[at] ?? false;
    }
    const served = this.#servedClasses(partition, maxError);
    partition?.verdicts.set(maxError, { served, left: VERDICT_HOLDS });
    return served[at] ?? false;
  }

  /** Takes classes in, the surest first, as long as all together stay within the budget. */
  #servedClasses(partition: Partition | undefined, maxError: number): readonly boolean[] {
    let [weights, errors, spreads] = [0, 0, 0];
    return CLAIM_EDGES.map((_, at) => {
      const mean = this.#meanOf(at, partition);
      if (mean > CLASS_SLACK * maxError) return false;
      const weight = this.#weightOf(at, partition);
      const worth = OTHERS_WORTH + (partition?.counts[at]?.seen ?? 0);
      const variance = (mean * (1 - mean)) / (worth + 1);
      const next = [
        weights + weight,
        errors + weight * mean,
        spreads + weight * weight * variance,
      ] as const;
      const isWithin = isBelow(maxError, next[1] / next[0], next[2] / (next[0] * next[0]));
      if (isWithin) [weights, errors, spreads] = next;
      return isWithin;
    });
  }

  /** Expected share of wrong answers of a class. */
  #meanOf(at: number, partition: Partition | undefined): number {
    const [all, here] = [this.#all[at], partition?.counts[at]];
    // The upper end of what the judge claims of the class: it may flatter itself.
    const claimed = CLAIM_EDGES[at] ?? 1;
    const mean = shrunk(all, claimed, JUDGE_WORTH);
    return shrunk(here, mean, OTHERS_WORTH);
  }

  /** How much of what is asked is in a class. */
  #weightOf(at: number, partition: Partition | undefined): number {
    const total = this.#all.reduce((sum, { asked }) => sum + asked + 1, 0);
    const share = ((this.#all[at]?.asked ?? 0) + 1) / total;
    return (partition?.counts[at]?.asked ?? 0) + OTHERS_ASKED * share;
  }

  #open(name: string): Partition {
    const partition = this.#partitions.get(name) ?? { counts: claimCounts(), verdicts: new Map() };
    this.#put(name, partition);
    return partition;
  }

  #put(name: string, partition: Partition): void {
    // Taken out first, so that what was used last stands last.
    this.#partitions.delete(name);
    this.#partitions.set(name, partition);
    const oldest = this.#partitions.keys().next().value;
    if (this.#partitions.size > MOST_PARTITIONS && oldest !== undefined) {
      this.#partitions.delete(oldest);
      // Where nothing is written nobody asks what has changed, and clients name as many partitions as they like.
      this.#changed.delete(oldest);
    }
  }
}

/** A share by what was seen, and by what was thought before, which counts as so many observations. */
function shrunk(
  seen: Pick<ClaimCount, 'seen' | 'wrong'> | undefined,
  before: number,
  worth: number,
): number {
  return (worth * before + (seen?.wrong ?? 0)) / (worth + (seen?.seen ?? 0));
}

/** Whether a share of this mean and variance, taken to be a beta variable, is below `most`. */
function isBelow(most: number, mean: number, variance: number): boolean {
  if (mean >= most) return false;
  const strength = (mean * (1 - mean)) / variance - 1;
  return betaCdf(most, mean * strength, (1 - mean) * strength) >= CONFIDENCE;
}
