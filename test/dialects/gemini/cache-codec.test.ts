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
/** A response of a stream that does not end it. */
const piece = (parts: unknown, more: object = {}) => ({
  candidates: [candidate(parts, { finishReason: null, ...more })],
});

describe('a whole answer', () => {
  test.each([
    ['text', response(candidate([{ text: 'Hello' }]))],
    ['thoughts', response(candidate([thought, { text: 'x', thoughtSignature: 'abc' }]))],
    ['calls', response(candidate([{ ...call({ a: 1 }), thoughtSignature: 's' }, call({})]))],
    ['several choices', response(candidate([{ text: 'x' }]), candidate([], { index: 1 }))],
    ['ratings', response(candidate([{ text: 'x' }], { safetyRatings: [{ category: 'c' }] }))],
    ['likelihoods', response(candidate([{ text: 'x' }], { logprobsResult: { a: [1] } }))],
  ])('with %s is the same after it was a stream', (_what, answer) => {
    const frames = forms.toFrames(bytesOf(answer)) ?? [];

    expect(parsed(forms.joinFrames(frames))).toEqual(answer);
  });

  test('spread over lines is a stream of one event', () => {
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
  ])('is %s', (kind, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe(kind);
  });

  test.each([
    ['what it says, without what it thought', [candidate([thought, { text: 'a' }])], 'a'],
    ['nothing where it calls', [candidate([{ text: 'a' }, call({})])], null],
    ['nothing where it says nothing', [candidate([thought])], null],
    [
      'nothing where there are several',
      [candidate([{ text: 'a' }]), candidate([{ text: 'a' }])],
      null,
    ],
    ['nothing where there is none', [], null],
  ])('has for its text %s', (_what, candidates, words) => {
    expect(forms.textOf(bytesOf(response(...candidates)))).toBe(words);
  });

  test('that is no answer makes no stream', () => {
    expect(forms.toFrames(Buffer.from('<html>'))).toBeNull();
    expect(forms.toFrames(bytesOf(response()))).toBeNull();
  });
});

describe('a stream', () => {
  test('is put together from its pieces', () => {
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

  test('of any text is the same whatever its pieces, and however they are cut', () => {
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
    ['has nothing in it', []],
    ['has a choice without an end', [done, piece([{ text: 'x' }], { index: 1 })]],
    ['has an error in it', [done, { error: { code: 500 } }]],
    ['has an event that is no object', [done, 7]],
    ['has parts that nobody knows', [piece([{ executableCode: {} }]), done]],
    ['tells what was found', [piece([{ text: 'x' }], { groundingMetadata: {} }), done]],
    [
      'tells likelihoods twice',
      [
        piece([{ text: 'x' }], { logprobsResult: 1 }),
        response(candidate([], { logprobsResult: 2 })),
      ],
    ],
  ])('that %s is not put together', (_what, events) => {
    expect(forms.joinFrames(events.map(frame))).toBeNull();
  });
});

describe('what decides an answer', () => {
  const asking = (...parts: unknown[]) => ({ contents: [{ role: 'user', parts }] });
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ ...asking({ text: 'x' }), ...request })));

  test.each([
    ['who asks', { labels: { team: 'a' }, model: 'models/m' }],
    ['members that are null or empty', { systemInstruction: null, tools: [] }],
    ['how contents are written', { contents: { parts: { text: 'x' } } }],
  ])('is not %s', (_what, more) => {
    expect(identity(more).members).toEqual(identity({}).members);
  });

  test.each([
    ['sampling', { generationConfig: { topK: 1 } }],
    ['the system prompt', { systemInstruction: 'x' }],
    ['tools', { tools: [{ functionDeclarations: [] }] }],
    ['what was said before', { contents: [{ parts: [] }, ...asking({ text: 'x' }).contents] }],
    ['a member that nobody knows', { x_new: 1 }],
    ['which of two names is used', { system_instruction: 'x', systemInstruction: 'y' }],
  ])('is %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test.each([
    [{ generationConfig: { temperature: 0.7 } }, true],
    [{ generation_config: { temperature: 0.7 } }, true],
    [{ generationConfig: { temperature: 0.7, seed: 1 } }, false],
    [{ generationConfig: { temperature: 0 } }, false],
    [{}, false],
  ])('is left to chance by %j: %s', (more, sampled) => {
    expect(identity(more).sampled).toBe(sampled);
  });

  test('is asked last by the user, in a text', () => {
    expect(identity({}).question).toEqual({
      text: 'x',
      rest: { contents: [{ role: 'user', parts: null }] },
    });
    expect(identity(asking({ text: 'x' }, { text: 'y' })).question).toBeNull();
    expect(identity(asking({ text: 'x', thought: true })).question).toBeNull();
    expect(identity({ contents: [{ role: 'model', parts: [{ text: 'I' }] }] }).question).toBeNull();
  });
});
