import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { completions } from '../../src/dialects/completions/completions.js';
import { geminiDialect } from '../../src/dialects/gemini/gemini.js';
import { openai } from '../../src/dialects/openai/openai.js';
import { responses } from '../../src/dialects/responses/responses.js';
import { timesTheCost } from '../support/growth.js';

const gemini = geminiDialect({ model: 'auto', stream: false });
const asked = { model: 'auto', max_tokens: 9 };
const messages = [{ role: 'user', content: 'hi' }];

describe('request without its content', () => {
  test.each([
    [
      openai,
      { mesages: messages },
      '`messages` is missing; it must be an array of messages (did you mean `mesages`?).',
    ],
    [
      anthropic,
      { message: messages },
      '`messages` is missing; it must be an array of messages (did you mean `message`?).',
    ],
    [
      completions,
      { prompts: 'hi' },
      '`prompt` is missing; it must be a string (did you mean `prompts`?).',
    ],
    [
      responses,
      { inputs: 'hi' },
      '`input` is missing; it must be a string or an array of items (did you mean `inputs`?).',
    ],
    [
      gemini,
      { content: [] },
      '`contents` is missing; it must be a list of contents (did you mean `content`?).',
    ],
    [
      openai,
      { prompt: 'hi' },
      '`messages` is missing; it must be an array of messages (`prompt` belongs to /v1/completions).',
    ],
    [
      openai,
      { input: 'hi' },
      '`messages` is missing; it must be an array of messages (`input` belongs to /v1/responses).',
    ],
    [
      responses,
      { messages },
      '`input` is missing; it must be a string or an array of items (`messages` belongs to /v1/chat/completions and /v1/messages).',
    ],
    [openai, { temperature: 1 }, '`messages` is missing; it must be an array of messages.'],
    [openai, { messages: null }, '`messages` is missing; it must be an array of messages.'],
  ])('is rejected with a suggestion (case %#)', (dialect, body, message) => {
    const read = () => dialect.readRequest(Buffer.from(JSON.stringify({ ...asked, ...body })));

    expect(read).toThrow(expect.objectContaining({ code: 'invalid_request', message }));
  });

  test('is rejected in little more than parsing time, however many and long its names are', async () => {
    const odd = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, i) => [`${'message'.repeat(100)}${i}`, 1]),
    );
    const body = Buffer.from(JSON.stringify({ ...asked, ...odd }));
    const refused = () => {
      expect(() => openai.readRequest(body)).toThrow('`messages` is missing');
    };

    const cost = await timesTheCost(refused, () => JSON.parse(body.toString()) as unknown);

    // Comparing every name with the missing one would take hundreds of times as long.
    expect(cost).toBeLessThan(20);
  });
});
