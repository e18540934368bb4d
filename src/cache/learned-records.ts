/** How many predictions of one class there were, were checked, and were wrong; halved counts are fractions. */
export type ClassCounts = readonly [asked: number, seen: number, wrong: number];

/** The predicted probability that a cached answer was wrong, and whether it turned out right. */
export type ObservedPrediction = readonly [claimed: number, isRight: boolean];

/** Counts of one partition, by class, the most confident first; `partition: null` for all partitions together. */
export interface LearnedClassCounts {
  readonly kind: 'classes';
  /** Revision of the verifier that made the predictions: the counts say nothing of another verifier. */
  readonly judge: string;
  readonly partition: string | null;
  readonly counts: readonly ClassCounts[];
}

/** Results of one cached answer when it was, or would have been, a semantic hit. */
export interface LearnedObservations {
  readonly kind: 'sightings';
  readonly judge: string;
  /** Key of the cached answer. */
  readonly key: string;
  /** Id of the decision that produced it: the results say nothing of an answer that replaces it. */
  readonly source: string;
  readonly seen: readonly ObservedPrediction[];
}

/** A record of learnt error rates; it replaces earlier records of the same partition or answer. */
export type LearnedRecord = LearnedClassCounts | LearnedObservations;

/** Source of the records to persist. */
export interface LearnedRecordSource {
  /** All records. */
  all(): Iterable<LearnedRecord>;
  /** The records that changed since the last call of either method. */
  changes(): Iterable<LearnedRecord>;
}
