/** What a client got is not what its dialect allows. */
export class GrammarFault extends Error {
  override readonly name = 'GrammarFault';
}

/** A JSON object whose members have not been looked at. */
export type Json = Readonly<Record<string, unknown>>;

/** How a stream has to end: with its answer complete, or with an error as the last that is said. */
export type Ending = 'complete' | 'failed';

/** What a client reads in an answer, for comparison with what the provider said; first choice only. */
export interface Said {
  readonly text: string;
  /** Names and arguments of all calls, in the order in which they began. */
  readonly calls: readonly (readonly [name: string, args: string])[];
}

/** @throws {GrammarFault} unless `holds` */
export function must(holds: boolean, fault: string): asserts holds {
  if (!holds) throw new GrammarFault(fault);
}
