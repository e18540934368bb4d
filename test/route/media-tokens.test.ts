import { readConversation } from '../../src/dialects/openai/conversation.js';
import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { estimateTokens } from '../../src/route/token-estimate.js';
import { audioTokens, fileTokens } from '../../src/route/media-tokens.js';
import { growthOf } from '../support/growth.js';

const media = (mediaType: string, bytes: Buffer) => ({
  mediaType,
  base64: bytes.toString('base64'),
});

/** A PDF in which each page is followed by `bytesEach` bytes. */
function pdf(pages: number, bytesEach: number, head = ''): Buffer {
  const page = (i: number) => `${i} 0 obj << /Type /Page /Parent 2 0 R >> endobj\n`;
  const parts = Array.from({ length: pages }, (_, i) => page(i) + 'x'.repeat(bytesEach));
  return Buffer.from(`%PDF-1.4\n${head}<< /Type /Pages /Count 1 >>\n${parts.join('')}`);
}

const APDF = 'application/pdf';

describe('fileTokens', () => {
  test('counts the pages of a PDF', () => {
    expect(fileTokens(media(APDF, pdf(12, 100)))).toBe(12 * 1500);
  });

  test('samples a long PDF', () => {
    const tokens = fileTokens(media(APDF, pdf(200, 20_000)));

    expect(tokens / 1500).toBeGreaterThan(190);
    expect(tokens / 1500).toBeLessThan(210);
  });

  test('uses the page count of a linearized PDF', () => {
    const head = '<< /Linearized 1 /L 9 /H [ 1 2 ] /O 3 /E 4 /N 37 /T 5 >>\n';

    expect(fileTokens(media(APDF, pdf(2, 0, head)))).toBe(37 * 1500);
  });

  test('takes linear time for repeated input', async () => {
    const repeated = (count: number) => media(APDF, Buffer.from('/Linearized '.repeat(count)));

    expect(fileTokens(repeated(16_000))).toBe(3 * 1500);
    expect(await growthOf(repeated, fileTokens, { small: 800, large: 16_000 })).toBeLessThan(120);
  });

  test.each([
    ['small', 3_000, 1],
    ['medium', 700_000, 10],
    ['large', 20_000_000, 50],
  ])('estimates by size when a PDF shows no pages: %s', (_, bytes, pages) => {
    expect(fileTokens(media(APDF, Buffer.alloc(bytes, 'z')))).toBe(pages * 1500);
  });

  test('counts a text file as text', () => {
    expect(fileTokens(media('text/csv', Buffer.alloc(4_000, 'a')))).toBeCloseTo(1_000, -1);
  });

  test('uses the default for a file that is not included', () => {
    expect(fileTokens(undefined)).toBe(1500);
  });
});

describe('audioTokens', () => {
  const wav = Buffer.alloc(44 + 10 * 32_000);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(32_000, 28);

  test.each([
    ['audio/wav', wav],
    ['audio/mp3', Buffer.alloc(160_000)],
    ['audio/pcm16', Buffer.alloc(480_000)],
    ['audio/ogg', Buffer.alloc(80_000)],
  ])('estimates ten seconds of %s', (type, bytes) => {
    expect(audioTokens(media(type, bytes))).toBeCloseTo(200, -1);
  });
});

test('media of a request are counted in every dialect', () => {
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
