import { GatewayError } from '../../core/errors.js';
import { isValidUsage } from './valid-usage.js';
import type { AnswerEvent, Emit } from './event.js';

type Start = Extract<AnswerEvent, { kind: 'start' }>;
type OfChoice = Extract<AnswerEvent, { choice: number }>;

interface Choice {
  /** From 0, in the order in which choices begin: some clients read only the first. */
  readonly index: number;
  /** The new numbers of tool calls, by the provider's numbers. */
  readonly calls: Map<number, number>;
  callCount: number;
  isFinished: boolean;
}

/**
 * Enforces the rules of `AnswerEvent`, whatever a provider sends, so that no writer has to.
 *
 * `start` comes first and only once, choices are numbered from 0, calls are numbered without gaps and precede their
 * arguments, and token counts are valid: an implausible usage is left out.
 */
export class EventNormaliser {
  readonly #emit: Emit;
  readonly #choices = new Map<number, Choice>();
  #started = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** @throws {GatewayError} `upstream_failed` for an invalid choice index, and for a call without a name */
  add(event: AnswerEvent): void {
    if (event.kind === 'start') {
      this.#start(event);
      return;
    }
    if (!this.#started) this.#start(UNNAMED);
    if (event.kind === 'tier') {
      this.#emit(event);
      return;
    }
    if (event.kind === 'usage') {
      if (isValidUsage(event.usage)) this.#emit(event);
      return;
    }
    const known = this.#choice(event.choice);
    const { index } = known;
    const orderly = renumbered(index === event.choice ? event : { ...event, choice: index }, known);
    if (orderly !== null) this.#emit(orderly);
  }

  /** All events of a whole answer have been added: choices without a finish reason get `stop`. */
  end(): void {
    if (!this.#started) this.#start(UNNAMED);
    if (this.#choices.size === 0) this.#choice(0);
    for (const { index, isFinished } of this.#choices.values()) {
      if (isFinished) continue;
      const finish = { reason: 'stop', stopSequence: null, native: null } as const;
      this.#emit({ kind: 'finish', choice: index, ...finish });
    }
  }

  #start({ id, model, createdS: rawCreatedS, input }: Start): void {
    if (this.#started) return;
    this.#started = true;
    const createdS =
      rawCreatedS !== null && rawCreatedS > 0 && rawCreatedS < LAST_TIME_S
        ? Math.floor(rawCreatedS)
        : null;
    if (input === undefined) this.#emit({ kind: 'start', id, model, createdS });
    else this.#emit({ kind: 'start', id, model, createdS, input });
  }

  #choice(index: number): Choice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    if (!Number.isSafeInteger(index) || index < 0) {
      throw new GatewayError(
        'upstream_failed',
        'The provider sent an answer with an invalid choice index.',
      );
    }
    const choice = {
      index: this.#choices.size,
      calls: new Map<number, number>(),
      callCount: 0,
      isFinished: false,
    };
    this.#choices.set(index, choice);
    return choice;
  }
}

const UNNAMED: Start = { kind: 'start', id: null, model: null, createdS: null };
/** The year 5138: later times are not plausible. */
const LAST_TIME_S = 1e11;

/** @returns `null` for arguments of a call that never began */
function renumbered(event: OfChoice, choice: Choice): AnswerEvent | null {
  switch (event.kind) {
    case 'call': {
      if (event.name === '') {
        throw new GatewayError('upstream_failed', 'The provider called a tool without a name.');
      }
      const call = choice.callCount++;
      choice.calls.set(event.call, call);
      return call === event.call ? event : { ...event, call };
    }
    case 'arguments': {
      const call = choice.calls.get(event.call);
      if (call === undefined) return null;
      return call === event.call ? event : { ...event, call };
    }
    case 'finish':
      choice.isFinished = true;
      return event;
    default:
      return event;
  }
}
