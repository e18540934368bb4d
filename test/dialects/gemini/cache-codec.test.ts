import { codePoint, fc } from '../../support/fast-check.js';
import type { Frame } from '../../../src/dialects/cache-codec.js';
import { geminiCacheCodec as forms } from '../../../src/dialects/gemini/cache-codec.js';

const candidate = (parts: unknown, more: object = {}) => ({
  content: { role: 'model', parts },
  finishReason: 'STOP',
  index: 0,
  ...more,
});
const usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 4, totalTokenCount: 7 };
const response = (...candidates: object[]) => ({
  candidates,
  usageMetadata,
  modelVersion: 'gemini',
  responseId: 'r1',
});
const thought = { text: 'Let me see.', thought: true };
const call = (args: object) => ({ functionCall: { id: 'c', name: 'f', args } });
const bytesOf = (answer: unknown) => Buffer.from(JSON.stringify(answer));
const parsed = (bytes: Buffer | null) =>
  bytes === null ? null : (JSON.parse(bytes.toString()) as unknown);
const frame = (event: unknown): Frame => ({
  bytes: Buffer.from(`data: ${JSON.stringify(event)}\r\n\r\n`),
  usageOnly: false,
});
/** A chunk of a stream other than the last. */
const piece = (parts: unknown, more: object = {}) => ({
  candidates: [candidate(parts, { finishReason: null, ...more })],
});

describe('Gemini cache codec: whole answers', () => {
  test.each([
    ['text', response(candidate([{ text: 'Hello' }]))],
    ['thoughts', response(candidate([thought, { text: 'x', thoughtSignature: 'abc' }]))],
    [
      'function calls',
      response(candidate([{ ...call({ a: 1 }), thoughtSignature: 's' }, call({})])),
    ],
    ['several candidates', response(candidate([{ text: 'x' }]), candidate([], { index: 1 }))],
    [
      'safety ratings',
      response(candidate([{ text: 'x' }], { safetyRatings: [{ category: 'c' }] })),
    ],
    ['log probabilities', response(candidate([{ text: 'x' }], { logprobsResult: { a: [1] } }))],
  ])('round-trips %s through a stream', (_what, answer) => {
    const frames = forms.toFrames(bytesOf(answer)) ?? [];

    expect(parsed(forms.joinFrames(frames))).toEqual(answer);
  });

  test('makes one event of an answer with line breaks', () => {
    const answer = response(candidate([{ text: 'a\r\nb' }]));
    const spread = Buffer.from(JSON.stringify(answer, null, 2).replaceAll('\n', '\r\n'));

    const frames = forms.toFrames(spread) ?? [];

    expect(frames).toHaveLength(1);
    expect(parsed(forms.joinFrames(frames))).toEqual(answer);
  });

  test.each([
    ['complete', response(candidate([thought, { text: 'x' }]))],
    ['empty', response(candidate([]))],
    ['empty', response(candidate([thought]))],
    ['filtered', response(candidate([{ text: 'x' }], { finishReason: 'SAFETY' }))],
    ['filtered', { promptFeedback: { blockReason: 'SAFETY' } }],
    ['truncated', response(candidate([{ text: 'x' }], { finishReason: 'MAX_TOKENS' }))],
    ['truncated', response(candidate([{ text: 'x' }], { finishReason: 'MALFORMED_RESPONSE' }))],
    ['truncated', response(candidate([{ text: 'x' }], { finishReason: null }))],
    ['tool_calls', response(candidate([{ text: 'x' }, call({})]))],
    [
      'truncated',
      response(candidate([{ text: 'x' }]), candidate([call({})], { finishReason: 'MAX_TOKENS' })),
    ],
    [null, response(candidate([{ text: 'x' }], { groundingMetadata: { groundingChunks: [] } }))],
    [null, response(candidate([{ text: 'x' }, { inlineData: { data: '' } }]))],
    [null, response(candidate([{ functionCall: { name: 'f', partialArgs: [] } }]))],
    [null, response(candidate([{ thought: true }]))],
    [null, response(candidate('x'))],
    [null, { candidates: [7] }],
    [null, { candidates: {} }],
    [null, { error: { code: 500 } }],
    [null, 'no answer'],
  ])('classifies an answer as %s (case %#)', (kind, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe(kind);
  });

  test.each([
    ['the text without thoughts', [candidate([thought, { text: 'a' }])], 'a'],
    ['nothing from an answer with function calls', [candidate([{ text: 'a' }, call({})])], null],
    ['nothing from thoughts alone', [candidate([thought])], null],
    [
      'nothing from several candidates',
      [candidate([{ text: 'a' }]), candidate([{ text: 'a' }])],
      null,
    ],
    ['nothing without candidates', [], null],
  ])('extracts %s', (_what, candidates, words) => {
    expect(forms.textOf(bytesOf(response(...candidates)))).toBe(words);
  });

  test('makes no stream of what is not an answer', () => {
    expect(forms.toFrames(Buffer.from('<html>'))).toBeNull();
    expect(forms.toFrames(bytesOf(response()))).toBeNull();
  });
});

describe('Gemini cache codec: streams', () => {
  test('joins an answer from its chunks', () => {
    const stream = [
      piece([{ text: 'Let me ', thought: true }]),
      piece([{ text: 'see.', thought: true }], { safetyRatings: [1] }),
      piece([{ text: 'Hel' }], { safetyRatings: [2] }),
      piece([{ text: 'lo' }]),
      piece([{ text: '', thoughtSignature: 'abc' }]),
      { ...response(candidate(undefined)), usageMetadata: { promptTokenCount: 1 } },
      { usageMetadata },
    ].map(frame);

    expect(parsed(forms.joinFrames(stream))).toEqual(
      response(
        candidate([thought, { text: 'Hello' }, { text: '', thoughtSignature: 'abc' }], {
          safetyRatings: [2],
        }),
      ),
    );
  });

  test('joins any text, regardless of chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: codePoint, minLength: 1 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, size) => {
          const pieces = [...texts.map((text) => piece([{ text }])), response(candidate([]))];
          const stream = Buffer.concat(pieces.map((each) => frame(each).bytes));
          const cuts = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
            stream.subarray(i * size, (i + 1) * size),
          );

          const whole = forms.joinFrames(cuts.flatMap((bytes) => forms.splitFrames(bytes)));

          expect(parsed(whole)).toEqual(response(candidate([{ text: texts.join('') }])));
        },
      ),
      { numRuns: 50 },
    );
  });

  const done = response(candidate([{ text: 'x' }]));

  test.each<[string, unknown[]]>([
    ['has no end', [piece([{ text: 'x' }])]],
    ['is empty', []],
    ['has an unfinished candidate', [done, piece([{ text: 'x' }], { index: 1 })]],
    ['contains an error', [done, { error: { code: 500 } }]],
    ['contains an event that is not an object', [done, 7]],
    ['has unknown parts', [piece([{ executableCode: {} }]), done]],
    ['has grounding metadata', [piece([{ text: 'x' }], { groundingMetadata: {} }), done]],
    [
      'has log probabilities twice',
      [
        piece([{ text: 'x' }], { logprobsResult: 1 }),
        response(candidate([], { logprobsResult: 2 })),
      ],
    ],
  ])('rejects a stream that %s', (_what, events) => {
    expect(forms.joinFrames(events.map(frame))).toBeNull();
  });
});

describe('Gemini request identity', () => {
  const asking = (...parts: unknown[]) => ({ contents: [{ role: 'user', parts }] });
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ ...asking({ text: 'x' }), ...request })));

  test.each([
    ['labels and model', { labels: { team: 'a' }, model: 'models/m' }],
    ['null and empty members', { systemInstruction: null, tools: [] }],
    ['the form of contents', { contents: { parts: { text: 'x' } } }],
  ])('does not depend on %s', (_what, more) => {
    expect(identity(more).members).toEqual(identity({}).members);
  });

  test.each([
    ['sampling', { generationConfig: { topK: 1 } }],
    ['the system prompt', { systemInstruction: 'x' }],
    ['tools', { tools: [{ functionDeclarations: [] }] }],
    ['earlier turns', { contents: [{ parts: [] }, ...asking({ text: 'x' }).contents] }],
    ['unknown members', { x_new: 1 }],
    ['both spellings of a member', { system_instruction: 'x', systemInstruction: 'y' }],
  ])('depends on %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test.each([
    [{ generationConfig: { temperature: 0.7 } }, true],
    [{ generation_config: { temperature: 0.7 } }, true],
    [{ generationConfig: { temperature: 0.7, seed: 1 } }, false],
    [{ generationConfig: { temperature: 0 } }, false],
    [{}, false],
  ])('is sampled for %j: %s', (more, sampled) => {
    expect(identity(more).sampled).toBe(sampled);
  });

  test('has the last user text as its question', () => {
    expect(identity({}).question).toEqual({
      text: 'x',
      rest: { contents: [{ role: 'user', parts: null }] },
    });
    expect(identity(asking({ text: 'x' }, { text: 'y' })).question).toBeNull();
    expect(identity(asking({ text: 'x', thought: true })).question).toBeNull();
    expect(identity({ contents: [{ role: 'model', parts: [{ text: 'I' }] }] }).question).toBeNull();
  });
});
