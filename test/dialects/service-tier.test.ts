import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { answered, eventsIn, streamed } from '../support/translated.js';
import { CLIENTS, geminiAnswer, lostIn, openaiAnswer } from './odd-parts.js';

/** Answers with a service tier: `default`, by the provider's name for it. */
const SERVED: readonly [DialectName, object][] = [
  ['openai', openaiAnswer({}, { service_tier: 'default' })],
  ['openai', openaiAnswer({}, { service_tier: 'on_demand' })],
  [
    'anthropic',
    {
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 5, service_tier: 'standard' },
    },
  ],
  ['gemini', geminiAnswer([{ text: 'hi' }], {}, { serviceTier: 'standard' })],
  [
    'responses',
    {
      id: 'resp_1',
      status: 'completed',
      service_tier: 'default',
      output: [{ type: 'message', content: [{ type: 'output_text', text: 'hi' }] }],
    },
  ],
  [
    'bedrock',
    {
      output: { message: { content: [{ text: 'hi' }] } },
      stopReason: 'end_turn',
      serviceTier: { type: 'default' },
    },
  ],
];

const TIER: Readonly<Record<ClientDialectName, object>> = {
  openai: { service_tier: 'default' },
  completions: { service_tier: 'default' },
  responses: { service_tier: 'default' },
  anthropic: { usage: { service_tier: 'standard' } },
  gemini: { usageMetadata: { serviceTier: 'standard' } },
};

describe.each(SERVED)('service tier of an answer from %s (case %#)', (provider, answer) => {
  test.each(CLIENTS.filter((client) => client !== (provider as string)))(
    'reaches a client of %s',
    (client) => {
      const { json, summary } = answered(client, provider, answer);

      expect(json).toMatchObject(TIER[client]);
      expect(lostIn(summary)).toEqual([]);
    },
  );
});

test.each([
  ['reserved', 'openai', 'anthropic'],
  ['flex', 'openai', 'anthropic'],
] as const)('a service tier without an equivalent is reported as dropped: %s', (tier, from, to) => {
  const { summary } = answered(to, from, openaiAnswer({}, { service_tier: tier }));

  expect(lostIn(summary)).toEqual(['answer.service_tier']);
});

test('the service tier is streamed, in every chunk or at the end of a message', () => {
  const chunk = openaiAnswer({}, { service_tier: 'priority' });
  const delta = {
    ...chunk,
    choices: [{ index: 0, delta: { content: 'hi' }, finish_reason: 'stop' }],
  };
  const sent = [Buffer.from(`data: ${JSON.stringify(delta)}\n\ndata: [DONE]\n\n`)];
  const message = [
    {
      type: 'message_start',
      message: { id: 'a', usage: { input_tokens: 1, service_tier: 'priority' } },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: 'hi' } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } },
    { type: 'message_stop' },
  ].map((event) => Buffer.from(`data: ${JSON.stringify(event)}\n\n`));

  const toAnthropic = eventsIn(streamed('anthropic', 'openai', sent).text);
  const toOpenai = eventsIn(streamed('openai', 'anthropic', message).text);

  expect(toAnthropic.at(-2)).toMatchObject({ usage: { service_tier: 'priority' } });
  expect(toOpenai.map(({ service_tier: tier }) => tier)).toEqual(toOpenai.map(() => 'priority'));
});
