import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { GatewayError } from '../../src/core/errors.js';
import {
  convertAnswer,
  convertStream,
  readProvider,
  type ClientOutput,
  type ProviderEvents,
} from './convert.js';
import { GrammarFault, assertRule, type AnswerContent } from './grammar/fault.js';
import { GRAMMARS } from './grammar/grammar.js';
import { checkEvents, type NeutralContent } from './neutral-grammar.js';

/** All client dialects. */
export const CLIENTS = Object.keys(GRAMMARS) as readonly ClientDialectName[];

/** A provider's bytes, and how they are cut into chunks. */
export interface Input {
  readonly provider: DialectName;
  readonly isStream: boolean;
  readonly bytes: Buffer;
  /** Offsets at which the bytes are cut into chunks. */
  readonly cuts: readonly number[];
  /** Whether the stream was only truncated, before its answer was complete. */
  readonly isCut: boolean;
}

/** Longer than any stream of this size takes on a busy machine. */
const MAX_MS = 4_000;

/** @returns the first fault in the output for any client dialect; `null` if there is none */
export function findFault(input: Input): string | null {
  const fromReader = attempt(() => {
    const read = readProvider(input.provider, input.bytes, input.isStream);
    return { events: read, content: checkEvents(read) };
  });
  if (typeof fromReader === 'string') return `${input.provider}: ${fromReader}`;
  for (const client of CLIENTS) {
    const startedMs = performance.now();
    const fault = attempt(() => {
      checkClient(client, input, fromReader);
      return null;
    });
    if (fault !== null) return `${input.provider} to ${client}: ${fault}`;
    if (performance.now() - startedMs > MAX_MS) return `${input.provider} to ${client}: too slow`;
  }
  return null;
}

interface FromReader {
  readonly events: ProviderEvents;
  readonly content: NeutralContent;
}

function checkClient(client: ClientDialectName, input: Input, fromReader: FromReader): void {
  const { provider, isStream, bytes, cuts, isCut } = input;
  const got = isStream
    ? convertStream([client, provider], bytes, cuts)
    : convertAnswer(client, provider, bytes);
  checkFailure(got);
  assertRule(!isCut || got.failure !== null, 'a clean end after a cut');
  // Answers that pass through unchanged may be as faulty as the provider's; only OpenAI's are repaired.
  if (client !== provider || client === 'openai') checkWords(client, got, isStream, fromReader);
  if (isStream && cuts.length > 0) {
    checkSame(got, convertStream([client, provider], bytes, []));
  }
}

function checkWords(
  client: ClientDialectName,
  got: ClientOutput,
  isStream: boolean,
  fromReader: FromReader,
): void {
  const content = contentFor(client, got, isStream);
  // A writer may fail where a reader does not: reading nested values has no depth limit.
  const isTooDeep = got.failure?.message.endsWith('nested too deeply.') === true;
  const isSame = fromReader.events.isComplete === (got.failure === null);
  assertRule(isSame || isTooDeep, 'another outcome than was read');
  if (content !== null && got.failure === null) compare(client, content, fromReader.content);
}

function checkSame(got: ClientOutput, whole: ClientOutput): void {
  assertRule(whole.text === got.text, 'other bytes in other chunks');
  assertRule(whole.failure?.code === got.failure?.code, 'another failure in other chunks');
  assertRule(whole.summary === got.summary, 'another summary in other chunks');
}

function contentFor(
  client: ClientDialectName,
  got: ClientOutput,
  isStream: boolean,
): AnswerContent | null {
  const { stream, answer } = GRAMMARS[client];
  if (isStream) return stream(got.text, got.failure === null ? 'complete' : 'failed');
  return got.failure === null ? answer(got.text) : null;
}

function checkFailure({ failure }: ClientOutput): void {
  if (failure === null) return;
  assertRule(failure.code.startsWith('upstream_'), `fails with ${failure.code}`);
  assertRule(failure.message !== '', 'a failure without a message');
  // The gateway reports anything a reader throws as a provider error: here it is a bug.
  const { cause } = failure;
  const isHidden = cause instanceof Error && !/Syntax|Error: (Message|Prelude)/.test(String(cause));
  if (failure.message.endsWith('cannot be read.') && isHidden) throw cause;
}

/** Checks that the client gets exactly the text and calls that the provider sent. */
function compare(client: ClientDialectName, got: AnswerContent, read: NeutralContent): void {
  // OpenAI's answers separate refusals from text.
  const text = client === 'openai' ? read.plainText : read.text;
  assertRule(got.text === text, 'another text than was said');
  if (client === 'completions') return;
  const names = (content: AnswerContent) => content.calls.map(([name]) => name).join();
  assertRule(names(got) === names(read), 'other calls than were made');
  if (client !== 'openai' && client !== 'responses') return;
  const args = (content: AnswerContent) => content.calls.map(([, text]) => text.trim() || '{}');
  const [written, expected] = [args(got), args(read)];
  const isSame = (text: string, i: number) =>
    text === expected[i] || (client === 'responses' && isWholeBefore(text, expected[i] ?? ''));
  assertRule(written.every(isSame), 'other arguments than were given');
}

/** A Responses client gets a call once its arguments are complete and something else begins; later arguments are lost. */
function isWholeBefore(text: string, expected: string): boolean {
  if (!expected.startsWith(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function attempt<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    if (error instanceof GrammarFault) return error.message;
    if (error instanceof GatewayError) return `threw ${error.code}: ${error.message}`;
    return `threw ${String(error).split('\n')[0]}${placeOf(error)}`;
  }
}

function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const [, place = ''] = /\/src\/([\w/.-]+:\d+)/.exec(stack) ?? [];
  return place === '' ? '' : ` at ${place}`;
}
