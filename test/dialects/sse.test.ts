import { fc } from '../support/fast-check.js';

import { GatewayError } from '../../src/core/errors.js';
import { SseReader } from '../../src/dialects/sse.js';
import { growthOf } from '../support/growth.js';

interface Seen {
  name: string;
  data: string;
  frame: string | null;
}

function read(chunks: readonly Buffer[], maxEventBytes?: number): Seen[] {
  const seen: Seen[] = [];
  const reader = new SseReader(({ name, bytes, start, end, frameStart }) => {
    seen.push({
      name,
      data: bytes.toString('utf8', start, end),
      frame: frameStart < 0 ? null : bytes.toString('utf8', frameStart, end + 2),
    });
  }, maxEventBytes);
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return seen;
}

function cut(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((c) => c % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
}

const dataOf = (text: string) => read([Buffer.from(text)]).map(({ data }) => data);

describe('SseReader', () => {
  test.each([
    { what: 'LF', text: 'data: a\n\ndata: b\n\n', data: ['a', 'b'] },
    { what: 'CRLF', text: 'data: a\r\n\r\ndata: b\r\n\r\n', data: ['a', 'b'] },
    { what: 'CR', text: 'data: a\r\rdata: b\r\r', data: ['a', 'b'] },
    { what: 'mixed line ends', text: 'data: a\r\n\ndata: b\n\r\n', data: ['a', 'b'] },
    { what: 'no space after the colon', text: 'data:a\n\n', data: ['a'] },
    { what: 'two spaces after the colon', text: 'data:  a\n\n', data: [' a'] },
    { what: 'several data lines', text: 'data: a\ndata: b\ndata:\n\n', data: ['a\nb\n'] },
    { what: 'a field without a colon', text: 'data\n\n', data: [''] },
    { what: 'comments', text: ': HELLO\n\n: again\ndata: a\n\n', data: ['a'] },
    { what: 'ids and retry times', text: 'id: 7\nretry: 3\ndata: a\n\n', data: ['a'] },
    { what: 'fields that only look alike', text: 'database: x\ndat: y\ndata: a\n\n', data: ['a'] },
    { what: 'a byte order mark', text: '\uFEFFdata: a\n\ndata: b\n\n', data: ['a', 'b'] },
    { what: 'blank lines first', text: '\n\r\n\ndata: a\n\n', data: ['a'] },
    { what: 'no blank line at the end', text: 'data: a\n\ndata: b', data: ['a', 'b'] },
    { what: 'events without data', text: 'event: ping\n\ndata: a\n\n', data: ['a'] },
    { what: 'no bytes', text: '', data: [] },
  ])('reads a stream with $what', ({ text, data }) => {
    expect(dataOf(text)).toEqual(data);
  });

  test('gives each event its name', () => {
    const text = 'event: error\ndata: a\n\ndata: b\n\nevent:x\ndata: c\n\n';

    const names = read([Buffer.from(text)]).map(({ name }) => name);

    expect(names).toEqual(['error', '', 'x']);
  });

  test('offers only plain frames for forwarding', () => {
    const text =
      'data: a\n\ndata:b\n\ndata: c\r\n\r\n: x\ndata: d\n\nevent: e\ndata: f\n\ndata: g\n\n';

    const frames = read([Buffer.from(text)]).map(({ frame }) => frame);

    expect(frames).toEqual(['data: a\n\n', null, null, null, null, 'data: g\n\n']);
  });

  test('gives the same events regardless of chunking', () => {
    const line = fc.constantFrom(
      'data: {"a":"é你\u{1F6A6}"}',
      'data:x',
      'data:',
      'event: error',
      ': c',
      'id: 1',
      'junk',
      '',
      '',
    );
    const stream = fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\r')), { maxLength: 20 });

    fc.assert(
      fc.property(
        stream,
        fc.boolean(),
        fc.array(fc.nat(), { maxLength: 30 }),
        (lines, bom, cuts) => {
          const bytes = Buffer.from((bom ? '\uFEFF' : '') + lines.flat().join(''));

          const whole = read([bytes]);

          expect(read(cut(bytes, cuts))).toEqual(whole);
          expect(read([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
        },
      ),
      { numRuns: 100 },
    );
  });

  test('keeps emitted events intact while later bytes arrive', () => {
    const kept: { bytes: Buffer; start: number; end: number }[] = [];
    const reader = new SseReader((event) => kept.push(event));

    for (const byte of Buffer.from('data: one\n\ndata: two\n\ndata: three\n\n')) {
      reader.push(Buffer.from([byte]));
    }

    const texts = kept.map(({ bytes, start, end }) => bytes.toString('utf8', start, end));
    expect(texts).toEqual(['one', 'two', 'three']);
  });

  test.each([
    { how: 'in one piece', size: 1000 },
    { how: 'in small pieces', size: 7 },
  ])('rejects an event above its limit, sent $how', ({ size }) => {
    const bytes = Buffer.from(`data: ${'x'.repeat(200)}\n\n`);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));

    const reading = () => read(chunks, 100);

    expect(reading).toThrow(GatewayError);
  });

  test('reads a long event in linear time', async () => {
    const inChunks = (length: number): Buffer[] => {
      const bytes = Buffer.from(`data: ${'x'.repeat(length)}\n\n`);
      const chunks: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += 10) chunks.push(bytes.subarray(at, at + 10));
      return chunks;
    };

    expect(read(inChunks(800_000))[0]?.data).toHaveLength(800_000);
    expect(await growthOf(inChunks, read, { small: 40_000, large: 800_000 })).toBeLessThan(120);
  });

  test('reads many CR line ends in linear time', async () => {
    const lines = (count: number) => `data: a${'\r'.repeat(count)}`;

    expect(dataOf(lines(300_000))).toEqual(['a']);
    expect(await growthOf(lines, dataOf, { small: 15_000, large: 300_000 })).toBeLessThan(120);
  });
});
