import { isDeepStrictEqual } from 'node:util';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { eventsIn, RULES } from '../../support/translated.js';

export const START: AnswerEvent = {
  kind: 'start',
  id: 'a1',
  model: 'gpt',
  createdS: 1_700_000_001,
};
export const USAGE: AnswerEvent = {
  kind: 'usage',
  usage: {
    inputTokens: 9,
    outputTokens: 5,
    cacheReadTokens: 4,
    cacheWriteTokens: 1,
    reasoningTokens: 2,
    estimated: false,
  },
};
export const finish = (reason: 'stop' | 'length' | 'content_filter'): AnswerEvent => ({
  kind: 'finish',
  choice: 0,
  reason,
  stopSequence: null,
  native: null,
});
export const text = (said: string): AnswerEvent => ({ kind: 'text', choice: 0, text: said });
export const call = (number: number, id: string, name: string): AnswerEvent => ({
  kind: 'call',
  choice: 0,
  call: number,
  id,
  name,
});
export const args = (number: number, said: string): AnswerEvent => ({
  kind: 'arguments',
  choice: 0,
  call: number,
  text: said,
});

export const rulesFor = (body: object) => ({
  ...RULES,
  request: responses.readRequest(
    Buffer.from(JSON.stringify({ model: 'auto', input: 'Hi', ...body })),
  ),
});

export type Json = Record<string, unknown>;

/** Writes the events as one response and as a stream; throws if these differ. */
export function answer(events: readonly AnswerEvent[], body: object = {}, seed = RULES.seed) {
  const rules = { ...rulesFor(body), seed };
  const whole = JSON.parse(responses.writeAnswer(events, rules).toString()) as Json;
  const writer = responses.openWriter(rules);
  for (const event of events) writer.add(event);
  writer.finish();
  const stream = eventsIn(writer.take().toString());
  if (!isDeepStrictEqual(stream.at(-1)?.['response'], whole))
    throw new Error('stream and response differ');
  return { whole, stream, output: whole['output'] as Json[] };
}

export const types = (stream: readonly Json[]) =>
  stream.map(({ type }) => String(type).replace('response.', ''));
