import type { DialectName } from '../../src/dialects/dialect.js';
import { translated } from '../support/translated.js';

const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: `gave ${id}` });
const MESSAGES = [
  { role: 'user', content: 'x' },
  { role: 'assistant', content: [use('a'), use('b')] },
  { role: 'user', content: [result('b'), result('a')] },
  { role: 'assistant', content: [use('c'), use('d')] },
  { role: 'user', content: [result('d')] },
  { role: 'user', content: [result('c'), { type: 'text', text: 'go on' }] },
];

// Local servers give models results without ids, so only their order matches them to calls.
test.each<DialectName>(['ollama', 'openai', 'gemini', 'bedrock'])(
  'tool results are sent to %s in the order of their calls',
  (to) => {
    const body = { model: 'm', max_tokens: 9, messages: MESSAGES };

    const told = JSON.stringify(translated('anthropic', to, body).json);

    expect(told.match(/gave [a-d]/gu)).toEqual(['gave a', 'gave b', 'gave c', 'gave d']);
    expect(told.indexOf('gave d')).toBeLessThan(told.indexOf('go on'));
  },
);
