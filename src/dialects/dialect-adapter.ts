import { GatewayError } from '../core/errors.js';
import type {
  AnswerOptions,
  AnswerStream,
  ChatRequest,
  ClientDialect,
  Dialect,
  ProviderDialect,
  ReadOptions,
  RequestEdits,
  Target,
  WholeAnswer,
  WrittenRequest,
} from './dialect.js';
import { withSupportedEffort } from './effort.js';
import type { AnswerEvent, Emit } from './neutral/event.js';
import { fitRequest, type EventTransform } from './neutral/fit-request.js';
import { AnswerLosses } from './neutral/answer-losses.js';
import { Losses, type Loss } from './neutral/losses.js';
import { EventNormaliser } from './neutral/event-normaliser.js';
import { toReadError } from './neutral/read-error.js';
import type { NeutralRequest } from './neutral/request.js';
import { summarize } from './neutral/summary.js';
import type { ReasoningMemory } from './neutral/reasoning-store.js';
import { ReasoningCollector } from './neutral/reasoning-collector.js';
import { withEffortString, EFFORT_SOURCE } from './openai/effort-string.js';
import {
  neutralWithoutUnsupported,
  withoutUnsupported,
  type UnsupportedParams,
} from './unsupported-params.js';
import { translatedStream } from './neutral/translated-stream.js';

/** A request, ready to be sent to a provider. */
export interface PreparedRequest {
  readonly body: Buffer;
  /** Alternating names and values, for this request only. */
  readonly headers: readonly string[];
  /** What was dropped from the client's request. */
  readonly dropped: readonly Loss[];
  readonly answerTool: string | null;
  /** Reverses in the answer what was rewritten in the request (tool names, a wrapped schema); `null` if nothing was. */
  readonly restoring: EventTransform | null;
  /** Where the answer's reasoning is stored; `null` if the client keeps it itself. */
  readonly memory: ReasoningMemory | null;
}

/** Converts requests from a client's dialect to a provider's, and answers back. */
export interface DialectAdapter {
  /**
   * @param target - called only if something has to be translated
   * @throws {GatewayError} `invalid_request` for what cannot be expressed, if nothing may be dropped
   */
  prepareRequest(request: ChatRequest, edits: RequestEdits, target: () => Target): PreparedRequest;
  /** @throws {GatewayError} `upstream_failed` if the body is not an answer, or is an error inside a 200 */
  readAnswer(body: Buffer, rules: AnswerOptions, prepared: PreparedRequest): WholeAnswer;
  openStream(rules: AnswerOptions, prepared: PreparedRequest): AnswerStream;
  readError: Dialect['readError'];
}

const NOTHING: readonly never[] = [];

/** For a client that speaks the provider's dialect: its bytes are forwarded with only the necessary edits. */
export function sameDialectAdapter(dialect: Dialect): DialectAdapter {
  return {
    prepareRequest: (request, edits, describe) => {
      const fitted = fitToModel(dialect, request, edits, describe);
      const { request: cleaned, dropped } = withoutForeignReasoning(dialect, fitted);
      return {
        body: dialect.editRequest(cleaned, edits),
        headers: request.forwarded ?? NOTHING,
        dropped,
        answerTool: null,
        restoring: null,
        memory: null,
      };
    },
    readAnswer: (body, rules) => withDepthCheck(() => dialect.readAnswer(body, rules)),
    openStream: (rules) => dialect.openStream(rules),
    readError: (status, body, retryAfter) => dialect.readError(status, body, retryAfter),
  };
}

/** For a client of another dialect: requests are translated to the provider's dialect, answers to the client's. */
export function translatingAdapter(
  client: ClientDialect,
  provider: ProviderDialect,
): DialectAdapter {
  const reading = (rules: AnswerOptions, { answerTool }: PreparedRequest): ReadOptions => ({
    answerTool,
    ...rules,
  });
  return {
    prepareRequest: (request, _edits, describe) => {
      const target = describe();
      const losses = lossesFor(target);
      const { memory, refusals } = target;
      const neutral = neutralWithoutUnsupported(request.neutral(), refusals, losses);
      const whole = { ...neutral, turns: memory.restore(neutral.turns) };
      const { written, restoring } = writeRequest(provider, whole, target, losses);
      const { body, answerTool } = written;
      return { body, headers: NOTHING, dropped: losses.list, answerTool, restoring, memory };
    },
    readAnswer: (body, rules, prepared) =>
      withDepthCheck(() => {
        const events = normalised(provider.readEvents(body, reading(rules, prepared)), prepared);
        const watch = new ReasoningCollector();
        for (const event of events) watch.add(event);
        remember(watch, prepared);
        const summary = summarize(events, new AnswerLosses(client.unsupportedPart));
        return { body: client.writeAnswer(events, rules), summary };
      }),
    openStream: (rules, prepared) => {
      const watch = new ReasoningCollector();
      return translatedStream(
        (emit) => {
          const events = new EventNormaliser((event) => {
            watch.add(event);
            if (event.kind === 'finish') remember(watch, prepared);
            emit(event);
          });
          const add: Emit = (event) => {
            events.add(event);
          };
          return provider.openReader(reading(rules, prepared), restored(add, prepared));
        },
        client.openWriter(rules),
        new AnswerLosses(client.unsupportedPart),
      );
    },
    readError: (status, body, retryAfter) => provider.readError(status, body, retryAfter),
  };
}

interface Fitting {
  readonly request: ChatRequest;
  readonly dropped: readonly Loss[];
}

/** Removes other vendors' reasoning from a request. */
function withoutForeignReasoning(dialect: Dialect, fitting: Fitting): Fitting {
  const { request, dropped } = fitting;
  const lacksThinking = dropped.some(({ field }) => field === 'thinking');
  const own = dialect.stripForeignReasoning?.(request.body, lacksThinking);
  if (own === undefined || own.body === request.body) return fitting;
  return { request: { ...request, body: own.body }, dropped: [...dropped, ...own.dropped] };
}

/** Removes what the model or its provider rejects, and rounds the effort to one that it supports. */
function fitToModel(
  dialect: Dialect,
  request: ChatRequest,
  edits: RequestEdits,
  describe: () => Target,
): Fitting {
  const fits = fitsNeeded(dialect, request, edits);
  // Most requests have nothing that any model rejects.
  if (fits.length === 0) return { request, dropped: NOTHING };
  const target = describe();
  const isWord = request.memberNames?.includes('reasoning_effort') !== false;
  const losses = lossesFor(target, isWord ? undefined : EFFORT_SOURCE);
  let { body } = request;
  for (const fit of fits) body = fit(body, losses, target);
  return { request: { ...request, body }, dropped: losses.list };
}

/** Rewrites a body for a target, and notes what is lost. */
type Fit = (body: Buffer, losses: Losses, target: Target) => Buffer;

const byName: Fit = (body, losses, target) => withEffortString(body, target, losses);

/** The rewrites that a request may need, in order: the effort must be a string before it can be rounded. */
function fitsNeeded(dialect: Dialect, request: ChatRequest, edits: RequestEdits): readonly Fit[] {
  const { refusals = NOTHING, efforts } = edits;
  const fits: Fit[] = [];
  let { memberNames } = request;
  if (edits.effortAsString === true && memberNames?.includes('reasoning') === true) {
    fits.push(byName);
    memberNames = [...memberNames, 'reasoning_effort'];
  }
  if (efforts && mayHave(memberNames, 'reasoning_effort', 'reasoning')) {
    fits.push((body, losses) => withSupportedEffort(body, efforts, losses));
  }
  if (mayBeRefused(memberNames, refusals)) {
    fits.push((body, losses) => withoutUnsupported(body, refusals, losses));
  }
  const putSchemaInPrompt = edits.schemaInPrompt === true ? dialect.putSchemaInPrompt : undefined;
  if (putSchemaInPrompt && mayHave(memberNames, 'response_format')) fits.push(putSchemaInPrompt);
  return fits;
}

type Names = ChatRequest['memberNames'];

function mayBeRefused(names: Names, refusals: readonly UnsupportedParams[]): boolean {
  return refusals.some(
    ({ members }) => names === undefined || names.some((name) => Object.hasOwn(members, name)),
  );
}

function mayHave(names: Names, ...members: readonly string[]): boolean {
  return names === undefined || members.some((member) => names.includes(member));
}

function lossesFor(
  { onLoss, model, provider }: Target,
  asWritten?: ReadonlyMap<string, string>,
): Losses {
  return new Losses(onLoss, `${model} (${provider})`, asWritten);
}

function normalised(events: readonly AnswerEvent[], prepared: PreparedRequest): AnswerEvent[] {
  const ordered: AnswerEvent[] = [];
  const order = new EventNormaliser((event) => ordered.push(event));
  const add = restored((event) => {
    order.add(event);
  }, prepared);
  for (const event of events) add(event);
  order.end();
  return ordered;
}

function restored(add: Emit, { restoring }: PreparedRequest): Emit {
  return restoring === null ? add : restoring(add);
}

/** `JSON.parse` has no depth limit but `JSON.stringify` has one: too deep an answer counts as the provider's failure. */
function withDepthCheck<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) throw toReadError(error);
    throw error;
  }
}

function remember({ collected }: ReasoningCollector, { memory }: PreparedRequest): void {
  if (collected !== null) memory?.store(collected.callId, collected.thoughts);
}

function writeRequest(
  provider: ProviderDialect,
  request: NeutralRequest,
  target: Target,
  losses: Losses,
): { readonly written: WrittenRequest; readonly restoring: EventTransform | null } {
  try {
    const { request: fitted, restoreAnswer } = fitRequest(request, target, provider.limits);
    return { written: provider.writeRequest(fitted, target, losses), restoring: restoreAnswer };
  } catch (cause) {
    // `JSON.parse` has no depth limit, `JSON.stringify` has one.
    if (!(cause instanceof RangeError)) throw cause;
    throw new GatewayError('invalid_request', 'The request is nested too deeply.', { cause });
  }
}
