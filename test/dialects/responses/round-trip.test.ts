import { fc } from '../../support/fast-check.js';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { RULES } from '../../support/translated.js';
import { finish, START, USAGE } from './events.js';

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const said = (kind: 'text' | 'refusal' | 'reasoning') =>
  words.map((text): AnswerEvent[] => [{ kind, choice: 0, text }]);
const called = fc
  .record({ name: fc.stringMatching(/^[a-z]{1,6}$/), input: fc.dictionary(words, words) })
  .map(({ name, input }): AnswerEvent[] => [
    { kind: 'call', choice: 0, call: 0, id: 'c', name },
    { kind: 'arguments', choice: 0, call: 0, text: JSON.stringify(input) },
  ]);
const proven = words.map((signature): AnswerEvent[] => [
  { kind: 'reasoning', choice: 0, text: 'Hm.' },
  { kind: 'signature', choice: 0, signature, vendor: 'openai' },
]);
const cited = words.map((title): AnswerEvent[] => [
  {
    kind: 'citation',
    choice: 0,
    citation: { url: 'https://a.example', title, citedText: null, native: {} },
  },
]);
const steps = fc.array(
  fc.oneof(said('text'), said('refusal'), said('reasoning'), called, proven, cited),
  { minLength: 1, maxLength: 8 },
);

/** Numbers calls in order, and joins text that comes in pieces. */
function merged(events: readonly AnswerEvent[]): unknown[] {
  const out: Record<string, unknown>[] = [];
  for (const event of events) {
    const last = out.at(-1);
    const isMore = last?.['kind'] === event.kind && 'text' in event && event.kind !== 'arguments';
    if (isMore) last['text'] = `${String(last['text'])}${event.text}`;
    else if (event.kind === 'citation') out.push({ kind: 'citation', title: event.citation.title });
    else if (event.kind !== 'start') out.push({ ...event });
  }
  return out;
}

function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

/** An answer's events, as a writer gets them: several calls one after the other. */
function answerOf(all: readonly (readonly AnswerEvent[])[]): AnswerEvent[] {
  let calls = -1;
  const numbered = all.flat().map((event): AnswerEvent => {
    if (event.kind === 'call') calls += 1;
    return event.kind === 'call' || event.kind === 'arguments' ? { ...event, call: calls } : event;
  });
  return [START, ...numbered, USAGE, finish('length')];
}

/** Text joined across other events: a whole message does not say where its sources occurred. */
function gist(events: readonly AnswerEvent[]): unknown {
  const joined = (kind: string) =>
    events.map((event) => (event.kind === kind && 'text' in event ? event.text : '')).join('');
  const all = (kind: string) => events.filter((event) => event.kind === kind);
  return {
    texts: ['text', 'refusal', 'reasoning', 'arguments'].map(joined),
    others: ['call', 'signature', 'usage'].map(all),
    citations: all('citation').length,
  };
}

const native = { native: 'max_output_tokens' };
const expected = (events: readonly AnswerEvent[]) =>
  merged(events.map((event) => (event.kind === 'finish' ? { ...event, ...native } : event)));

describe('Responses round trip', () => {
  test('reads a written stream back unchanged, regardless of chunking', () => {
    fc.assert(
      fc.property(steps, fc.array(fc.nat(), { maxLength: 30 }), (all, cuts) => {
        const events = answerOf(all);
        const writer = responses.openWriter(RULES);
        for (const event of events) writer.add(event);
        writer.finish();
        const read: AnswerEvent[] = [];
        const reader = responses.openReader({ ...RULES, answerTool: null }, (event) => {
          read.push(event);
        });

        for (const piece of pieces(writer.take(), cuts)) reader.push(piece);
        reader.end();

        expect(reader.isComplete).toBe(true);
        expect(merged(read)).toEqual(expected(events));
      }),
      { numRuns: 60 },
    );
  });

  test('reads a written response back with the same content', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const events = answerOf(all);

        const read = responses.readEvents(responses.writeAnswer(events, RULES), {
          ...RULES,
          answerTool: null,
        });

        expect(gist(read)).toEqual(gist(events));
      }),
      { numRuns: 60 },
    );
  });
});
