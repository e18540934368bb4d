import type { ReasoningMemory } from '../../src/dialects/neutral/reasoning-store.js';
import { answered } from '../support/translated.js';

/** An answer of OpenRouter, which has models of all vendors. */
const routed = (details: object[], message: object = {}) => ({
  id: 'c',
  model: 'x/y',
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: 'hello',
        reasoning: 'hm',
        reasoning_details: details,
        ...message,
      },
      finish_reason: 'stop',
    },
  ],
});
const sealed = (format: string) => ({ type: 'reasoning.encrypted', data: 'gAAAA', format });
const signed = (format: string) => ({
  type: 'reasoning.text',
  text: 'hm',
  signature: 'SIG',
  format,
});

describe('signed reasoning from OpenRouter', () => {
  test('reaches an Anthropic client if Anthropic encrypted it', () => {
    const { json, summary } = answered(
      'anthropic',
      'openai',
      routed([sealed('anthropic-claude-v1')]),
    );

    expect(json['content']).toContainEqual({ type: 'redacted_thinking', data: 'gAAAA' });
    expect(summary.lost).toEqual([]);
  });

  test.each(['openai-responses-v1', 'xai-responses-v1', 'google-gemini-v1', 'unknown'])(
    'is dropped and reported for an Anthropic client if another vendor encrypted it (%s)',
    (format) => {
      const { json, summary } = answered('anthropic', 'openai', routed([sealed(format)]));

      expect(JSON.stringify(json)).not.toContain('gAAAA');
      expect(json['content']).toEqual([
        { type: 'thinking', thinking: 'hm', signature: 'suffice-unproven-thought' },
        { type: 'text', text: 'hello' },
      ]);
      expect(summary.lost?.map(({ field }) => field)).toEqual(['answer.reasoning']);
    },
  );

  test.each([
    ['anthropic-claude-v1', 'SIG'],
    ['google-gemini-v1', 'suffice-unproven-thought:gemini:SIG'],
    ['xai-responses-v1', 'suffice-unproven-thought'],
    ['unknown', 'suffice-unproven-thought'],
  ])('with the format %s has the signature %s for an Anthropic client', (format, signature) => {
    const { json } = answered('anthropic', 'openai', routed([signed(format)]));

    expect((json['content'] as object[])[0]).toEqual({
      type: 'thinking',
      thinking: 'hm',
      signature,
    });
  });

  test.each([sealed('openai-responses-v1'), signed('xai-responses-v1')])(
    'is not stored for the next turn if its vendor could not get it back: %j',
    (detail) => {
      const kept: string[] = [];
      const memory: ReasoningMemory = {
        store: (callId) => kept.push(callId),
        restore: (turns) => turns,
      };
      const calls = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }];

      answered('responses', 'openai', routed([detail], { tool_calls: calls }), { memory });

      expect(kept).toEqual([]);
    },
  );
});
