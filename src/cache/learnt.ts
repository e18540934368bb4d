/** How often claims of one class came, were looked at, and were wrong; counts that were halved are fractions. */
export type CountedClaims = readonly [asked: number, seen: number, wrong: number];

/** What was claimed of a kept answer, as the probability of being wrong, and whether it turned out right. */
export type SeenClaim = readonly [claimed: number, isRight: boolean];

/** What was counted of one partition, from the surest class on; `partition: null` for all together. */
export interface LearntClasses {
  readonly kind: 'classes';
  /** Revision of what had claimed it: of another judge's claims it says nothing. */
  readonly judge: string;
  readonly partition: string | null;
  readonly counts: readonly CountedClaims[];
}

/** What was seen of one kept answer when it was, or would have been, given to other questions. */
export interface LearntSightings {
  readonly kind: 'sightings';
  readonly judge: string;
  /** Of the kept answer. */
  readonly key: string;
  /** The decision whose answer it is: an answer that takes its place has been seen by nobody. */
  readonly source: string;
  readonly seen: readonly SeenClaim[];
}

/** Something that was learnt of errors; it replaces what was noted of the same partition or answer before. */
export type Learnt = LearntClasses | LearntSightings;

/** Where what was learnt is to be had, so that it outlasts the process. */
export interface LearntSource {
  /** All of it. */
  all(): Iterable<Learnt>;
  /** What is new since the last call of either. */
  changes(): Iterable<Learnt>;
}
