import { createHash } from 'node:crypto';
import { translated } from '../../support/translated.js';

const HI = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };

describe.each([
  { door: 'openai' as const, member: 'user' },
  { door: 'responses' as const, member: 'safety_identifier' },
])('of whoever asks, a provider of $door', ({ door, member }) => {
  const told = (id: string) =>
    translated('anthropic', door, { ...HI, metadata: { user_id: id } }).json[member];

  test('is told the word of the client, as far as OpenAI takes it', () => {
    expect(told('u'.repeat(64))).toBe('u'.repeat(64));
  });

  test('is told a digest of a longer word, such as that of Claude Code', () => {
    const uuid = '11111111-2222-3333-4444-555555555555';
    const id = `user_${'a'.repeat(64)}_account_${uuid}_session_${uuid}`;

    expect(told(id)).toBe(createHash('sha256').update(id).digest('hex'));
    expect(told(`${id}0`)).not.toBe(told(id));
  });
});
