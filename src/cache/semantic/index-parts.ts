import type { HierarchicalNSW } from 'hnswlib-node';

/** Opens an empty graph of `hnswlib-node`. */
export type CreateGraph = (dims: number) => HierarchicalNSW;

/** What a vector index works with. */
export interface IndexParts {
  readonly dims: number;
  /** `null` if graphs are not available: every search is exhaustive. */
  readonly openGraph: CreateGraph | null;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
  readonly sizes: IndexSizes;
}

/** Sizes of the parts of an index, in vectors. */
export interface IndexSizes {
  /** Up to this size, exhaustive search is as fast as a graph, and exact. */
  readonly flat: number;
  /** Once there is a graph, this many of the latest vectors stay outside. */
  readonly flatTail: number;
  /** Capacity of the first graph, and of each further one. */
  readonly graph: number;
  readonly furtherGraph: number;
  /** A graph with at least this many vectors is dissolved once half of them are removed: they slow searches down. */
  readonly sparseMin: number;
}

/**
 * The default sizes. Opening the first graph takes 8 MB and 4 ms, a further one 14 MB and 6 ms: larger ones would delay
 * requests, and with smaller ones there would be more graphs to search.
 */
export const INDEX_SIZES: IndexSizes = {
  flat: 4_000,
  flatTail: 250,
  graph: 131_072,
  furtherGraph: 262_144,
  sparseMin: 16_384,
};
