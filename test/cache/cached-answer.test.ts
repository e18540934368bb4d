import { decodeChange, encodeChange } from '../../src/cache/answer-record.js';
import { compactPayload, type AnswerPayload } from '../../src/cache/cached-answer.js';
import { keptAnswer } from './kept.js';

/** A small Buffer shares Node's pooled memory. */
const small = (text: string): Buffer => Buffer.from(text);

const stream: AnswerPayload = {
  form: 'stream',
  frames: [
    { bytes: small('one '), atMs: 0, usageOnly: false },
    { bytes: small('two '), atMs: 0.3, usageOnly: false },
    { bytes: small('three '), atMs: 12.4, usageOnly: false },
    { bytes: small('usage'), atMs: 12.4, usageOnly: true },
  ],
};
const whole: AnswerPayload = { form: 'whole', body: small('all at once') };

function bytesIn(payload: AnswerPayload): readonly Buffer[] {
  return payload.form === 'whole' ? [payload.body] : payload.frames.map(({ bytes }) => bytes);
}

/** Bytes of the memory that a payload keeps alive. */
function retainedBytes(payload: AnswerPayload): number {
  const memories = new Set(bytesIn(payload).map(({ buffer }) => buffer));
  return [...memories].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

test.each([
  ['whole', whole],
  ['stream', stream],
])('a %s answer retains no more memory than its bytes', (_form, payload) => {
  const all = Buffer.concat(bytesIn(payload));

  const held = compactPayload(payload);
  const written = encodeChange({
    kind: 'kept',
    answer: { ...keptAnswer('a'), payload: held } as const,
  });
  const read = decodeChange(written, 0);

  expect(retainedBytes(payload)).toBeGreaterThan(all.length);
  expect(Buffer.concat(bytesIn(held))).toEqual(all);
  expect(retainedBytes(held)).toBe(all.length);
  if (read.kind !== 'change' || read.change.kind !== 'kept') throw new Error('nothing was read');
  expect(read.change.answer.payload).toEqual(held);
  expect(retainedBytes(read.change.answer.payload)).toBe(all.length);
});

test('frames of the same millisecond are merged, except usage-only frames', () => {
  const { frames } = compactPayload(stream) as Extract<AnswerPayload, { form: 'stream' }>;

  expect(frames.map(({ bytes, ...rest }) => ({ text: bytes.toString(), ...rest }))).toEqual([
    { text: 'one two ', atMs: 0, usageOnly: false },
    { text: 'three ', atMs: 12, usageOnly: false },
    { text: 'usage', atMs: 12, usageOnly: true },
  ]);
});
