/** A violation of a client dialect's rules. */
export class GrammarFault extends Error {
  override readonly name = 'GrammarFault';
}

/** A JSON object with unchecked members. */
export type Json = Readonly<Record<string, unknown>>;

/** How a stream must end: with its answer complete, or with an error as the last event. */
export type Ending = 'complete' | 'failed';

/** The content that a client reads from an answer, to compare with the provider's; first choice only. */
export interface AnswerContent {
  readonly text: string;
  /** Names and arguments of all calls, in order of their start. */
  readonly calls: readonly (readonly [name: string, args: string])[];
}

/** @throws {GrammarFault} unless `holds` */
export function assertRule(holds: boolean, fault: string): asserts holds {
  if (!holds) throw new GrammarFault(fault);
}
