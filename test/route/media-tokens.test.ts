import { readConversation } from '../../src/dialects/openai/conversation.js';
import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { estimateTokens } from '../../src/route/token-estimate.js';
import { audioTokens, fileTokens } from '../../src/route/media-tokens.js';
import { growthOf } from '../support/growth.js';

const media = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  base64: bytes.toString('base64'),
});

/** A PDF in which each page is followed by as many bytes. */
function pdf(pages: number, bytesEach: number, head = ''): Buffer {
  const page = (i: number) => `${i} 0 obj << /Type /Page /Parent 2 0 R >> endobj\n`;
  const parts = Array.from({ length: pages }, (_, i) => page(i) + 'x'.repeat(bytesEach));
  return Buffer.from(`%PDF-1.4\n${head}<< /Type /Pages /Count 1 >>\n${parts.join('')}`);
}

const APDF = 'application/pdf';

describe('a document', () => {
  test('counts by its pages', () => {
    expect(fileTokens(media(APDF, pdf(12, 100)))).toBe(12 * 1500);
  });

  test('is not read through for them where it is long', () => {
    const tokens = fileTokens(media(APDF, pdf(200, 20_000)));

    expect(tokens / 1500).toBeGreaterThan(190);
    expect(tokens / 1500).toBeLessThan(210);
  });

  test('counts by what it says of its pages, where it says so first', () => {
    const head = '<< /Linearized 1 /L 9 /H [ 1 2 ] /O 3 /E 4 /N 37 /T 5 >>\n';

    expect(fileTokens(media(APDF, pdf(2, 0, head)))).toBe(37 * 1500);
  });

  test('is looked at in time proportional to it, whatever it repeats', async () => {
    const repeated = (count: number) => media(APDF, Buffer.from('/Linearized '.repeat(count)));

    expect(fileTokens(repeated(16_000))).toBe(3 * 1500);
    expect(await growthOf(repeated, fileTokens, { small: 800, large: 16_000 })).toBeLessThan(120);
  });

  test.each([
    ['a little', 3_000, 1],
    ['some', 700_000, 10],
    ['much', 20_000_000, 50],
  ])('that shows no pages counts by its bytes: %s', (_, bytes, pages) => {
    expect(fileTokens(media(APDF, Buffer.alloc(bytes, 'z')))).toBe(pages * 1500);
  });

  test('of text counts as text', () => {
    expect(fileTokens(media('text/csv', Buffer.alloc(4_000, 'a')))).toBeCloseTo(1_000, -1);
  });

  test('that is elsewhere counts as any', () => {
    expect(fileTokens(undefined)).toBe(1500);
  });
});

describe('a recording', () => {
  const wav = Buffer.alloc(44 + 10 * 32_000);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(32_000, 28);

  test.each([
    ['audio/wav', wav],
    ['audio/mp3', Buffer.alloc(160_000)],
    ['audio/pcm16', Buffer.alloc(480_000)],
    ['audio/ogg', Buffer.alloc(80_000)],
  ])('of ten seconds counts as such, as %s', (type, bytes) => {
    expect(audioTokens(media(type, bytes))).toBeCloseTo(200, -1);
  });
});

test('what came with a request is looked at in any dialect', () => {
  const data = pdf(30, 10).toString('base64');
  const openai = readConversation({
    messages: [
      {
        role: 'user',
        content: [{ type: 'file', file: { file_data: `data:application/pdf;base64,${data}` } }],
      },
    ],
  });
  const source = { type: 'base64', media_type: APDF, data };
  const asked = anthropic.readRequest(
    Buffer.from(
      JSON.stringify({
        model: 'auto',
        max_tokens: 9,
        messages: [{ role: 'user', content: [{ type: 'document', source }] }],
      }),
    ),
  );

  const estimates = [openai, asked.conversation()].map(estimateTokens);

  expect(estimates).toEqual([30 * 1500 + 4, 30 * 1500 + 4]);
});
