import { CLIENTS, findFault, type Input } from '../../bench/fuzz/check.js';
import { runInputs, inputAt } from '../../bench/fuzz/campaign.js';
import { GRAMMARS } from '../../bench/fuzz/grammar/grammar.js';
import { encodePieces } from '../../bench/fuzz/piece.js';
import { bundledRecordings } from '../../bench/fuzz/recordings.js';
import { parseInput, shrinkInput, serializeInput } from '../../bench/fuzz/shrink.js';

const RECORDINGS = bundledRecordings();
const asInput = (text: string): Input => ({
  provider: 'openai',
  isStream: true,
  bytes: Buffer.from(text),
  cuts: [],
  isCut: false,
});

test('mutated answers cause no fault for any client', () => {
  const found = [...runInputs(RECORDINGS, 20, [0, 60])].filter((finding) => finding !== null);

  expect(found.map(({ index, fault }) => `${index}: ${fault}`)).toEqual([]);
});

test.each(RECORDINGS)('an unmodified recording has no fault: $id', (recording) => {
  const { provider, isStream, pieces } = recording;
  const bytes = encodePieces(recording, pieces);

  const fault = findFault({ provider, isStream, bytes, cuts: [7], isCut: false });

  expect(fault).toBeNull();
});

test('the same seed generates the same input', () => {
  const [one, same, other] = [1, 1, 2].map((seed) => inputAt(RECORDINGS, seed, 17).input.bytes);

  expect(one).toEqual(same);
  expect(one).not.toEqual(other);
});

test('a faulty input shrinks, keeps its fault and survives serialisation', () => {
  const cut = 'data: {"choices":[{"index":0,"delta":{"content":"Hello there"}}]}\n\n';
  const done =
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  const input = { ...asInput(cut + done), cuts: [3, 9], isCut: true };
  const fault = findFault(input) ?? '';

  const small = shrinkInput(input, fault);

  expect(fault).toContain('a clean end after a cut');
  expect(small.cuts).toEqual([]);
  expect(parseInput(serializeInput(small, fault))).toEqual(small);
});

/** Invalid streams, each with its fault. */
const WRONG: readonly (readonly [(typeof CLIENTS)[number], string, string])[] = [
  ['openai', 'no end', 'data: {"id":"a"}\n\n'],
  ['openai', 'an incomplete event', 'data: [DONE]\n'],
  ['openai', 'no choice', 'data: [DONE]\n\n'],
  [
    'openai',
    'no role',
    `data: ${JSON.stringify({ id: 'a', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\ndata: [DONE]\n\n`,
  ],
  ['completions', 'no end', 'data: {"id":"cmpl-a"}\n\n'],
  ['anthropic', 'no start', 'event: message_stop\ndata: {"type":"message_stop"}\n\n'],
  ['anthropic', 'a mismatched event name', 'event: ping\ndata: {"type":"message_stop"}\n\n'],
  ['gemini', 'no event', ''],
  [
    'gemini',
    'no finish reason',
    'data: {"responseId":"r","modelVersion":"m","candidates":[{"index":0,"content":{"role":"model","parts":[{"text":""}]}}]}\r\n\r\n',
  ],
  ['responses', 'no event', ''],
  [
    'responses',
    'a gap in its sequence numbers',
    'event: error\ndata: {"type":"error","sequence_number":1,"message":"m"}\n\n',
  ],
];

test.each(WRONG)('the grammar of %s rejects a stream with %s', (client, _fault, text) => {
  expect(() => GRAMMARS[client].stream(text, 'complete')).toThrow();
});
