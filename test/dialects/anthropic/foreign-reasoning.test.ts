import { anthropic } from '../../../src/dialects/anthropic/anthropic.js';
import { FOREIGN_MARK } from '../../../src/dialects/anthropic/signature.js';
import { adapterBetween } from '../../../src/dialects/dialects.js';
import { TARGET, translated } from '../../support/translated.js';
import { provider } from '../../upstream/support.js';

describe('Anthropic request with reasoning by another vendor’s model', () => {
  const thought = { type: 'thinking', thinking: 'hm', signature: FOREIGN_MARK };
  const call = { type: 'tool_use', id: 'a', name: 'f', input: {} };
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] };
  const thinking = { type: 'enabled', budget_tokens: 1024 };
  const hi = { role: 'user', content: 'hi' };

  function sent(messages: readonly object[], more: object = { thinking }) {
    const { json, dropped } = translated('anthropic', 'anthropic', {
      ...more,
      model: 'm',
      messages,
    });
    return { json: { ...json, model: 'm' }, dropped };
  }

  test('drops and reports that reasoning', () => {
    const said = { type: 'text', text: 'so' };
    const { json, dropped } = sent([
      hi,
      { role: 'assistant', content: [thought, said] },
      hi,
      { role: 'assistant', content: [thought] },
      { role: 'assistant', content: [said, thought] },
      hi,
    ]);

    expect(json).toEqual({
      model: 'm',
      thinking,
      messages: [
        hi,
        { role: 'assistant', content: [said] },
        hi,
        { role: 'assistant', content: [said] },
        hi,
      ],
    });
    expect(dropped).toEqual([
      'messages[1].content[0]',
      'messages[3].content[0]',
      'messages[4].content[1]',
    ]);
  });

  const underWay = [hi, { role: 'assistant', content: [thought, call] }, result];
  const left = [hi, { role: 'assistant', content: [call] }, result];
  const clear = { type: 'clear_thinking_20251015', keep: 'all' };
  const trim = { type: 'clear_tool_uses_20250919' };

  test.each([
    ['a thinking budget', { thinking }, {}, ['thinking']],
    [
      'a thinking budget and the clear_thinking edit',
      { thinking, context_management: { edits: [clear] } },
      {},
      ['thinking', 'context_management'],
    ],
    [
      'a thinking budget and only the clear_thinking edit',
      { context_management: { edits: [clear, trim] }, thinking },
      { context_management: { edits: [trim] } },
      ['thinking', 'context_management'],
    ],
  ])('drops %s in a tool-use turn that another model began', (_what, more, kept, lost) => {
    const { json, dropped } = sent(underWay, more);

    expect(json).toEqual({ model: 'm', messages: left, ...kept });
    expect(dropped).toEqual(['messages[1].content[0]', ...lost]);
  });

  test('keeps adaptive thinking', () => {
    const more = { thinking: { type: 'adaptive' }, context_management: { edits: [clear] } };

    expect(sent(underWay, more)).toEqual({
      json: { model: 'm', messages: left, ...more },
      dropped: ['messages[1].content[0]'],
    });
  });

  test('keeps every other byte', () => {
    const block = `{"type":"thinking","thinking":"hm","signature":"${FOREIGN_MARK}"}`;
    const input = '{"id": 12345678901234567890, "sum": 1.10}';
    const written = (thoughts: string) =>
      `{"model":"m", "messages":[{"content":[${thoughts}{"type":"tool_use","input":${input}}],"role":"assistant"}]}`;
    const passage = adapterBetween('anthropic', 'anthropic');
    const request = anthropic.readRequest(Buffer.from(written(`${block} ,`)));

    const { body } = passage.prepareRequest(request, { model: 'm', askUsage: false }, () => TARGET);

    expect(body.toString()).toBe(written(''));
  });

  test('drops the clear_thinking edit when the chosen model does not support thinking', () => {
    const more = { thinking: { type: 'adaptive' }, context_management: { edits: [clear, trim] } };
    const request = anthropic.readRequest(
      Buffer.from(JSON.stringify({ model: 'auto', messages: [hi], ...more })),
    );
    const refusals = provider('anthropic', { apiKey: 'k' }).refusalsFor('claude-haiku-4-5');
    const edits = { model: 'claude-haiku-4-5', askUsage: false, refusals };

    const { body, dropped } = adapterBetween('anthropic', 'anthropic').prepareRequest(
      request,
      edits,
      () => TARGET,
    );

    expect(JSON.parse(body.toString())).toEqual({
      model: 'claude-haiku-4-5',
      messages: [hi],
      context_management: { edits: [trim] },
    });
    expect(dropped.map(({ field }) => field)).toEqual(['thinking', 'context_management']);
  });
});
