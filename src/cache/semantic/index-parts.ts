import type { HierarchicalNSW } from 'hnswlib-node';

/** Opens an empty graph of `hnswlib-node`. */
export type OpenGraph = (dims: number) => HierarchicalNSW;

/** What an index works with. */
export interface IndexParts {
  readonly dims: number;
  /** `null` where there are no graphs: all vectors are looked through, however many. */
  readonly openGraph: OpenGraph | null;
  /** Runs work when no request waits for it. */
  readonly defer: (work: () => void) => void;
  readonly sizes: IndexSizes;
}

/** How many vectors are where. */
export interface IndexSizes {
  /** Below so many, looking through all of them is as fast as a graph, and misses none. */
  readonly flat: number;
  /** Once there is a graph, so many of the latest stay outside. */
  readonly flatRest: number;
  /** In the first graph, and in each further one. */
  readonly graph: number;
  readonly furtherGraph: number;
  /** A graph that had so many, half of which are gone, is taken apart: a search has to wade through them. */
  readonly hollow: number;
}

/**
 * The sizes by which the index is fast. To open a graph takes 8 MB and 4 ms with room for the first, 14 MB and 6 ms
 * for a further one: with more room longer than requests should wait, with less there would be more graphs to search.
 */
export const INDEX_SIZES: IndexSizes = {
  flat: 4_000,
  flatRest: 250,
  graph: 131_072,
  furtherGraph: 262_144,
  hollow: 16_384,
};
