import { translated } from '../../support/translated.js';

const user = (content: unknown) => ({ role: 'user', content });

function toAnthropic(body: object) {
  return translated('openai', 'anthropic', { model: 'auto', ...body }, { provider: 'anthropic' });
}

describe('Anthropic conversation', () => {
  test('starts with a placeholder user turn if the assistant spoke first', () => {
    const { json } = toAnthropic({
      messages: [{ role: 'assistant', content: 'Hello!' }, user('hi')],
    });

    expect(json['messages']).toEqual([
      { role: 'user', content: '.' },
      { role: 'assistant', content: 'Hello!' },
      { role: 'user', content: 'hi' },
    ]);
  });

  test('reports names of speakers and assistant audio as dropped', () => {
    const { dropped } = toAnthropic({
      messages: [
        { role: 'user', name: 'Ann', content: 'hi' },
        { role: 'assistant', name: 'Bot', content: 'hi', audio: { id: 'audio_1' } },
        { role: 'user', name: 'Ann', content: '' },
      ],
    });

    expect(dropped).toEqual(['messages[0].name', 'messages[1].audio', 'messages[1].name']);
  });

  test('has search results of its client as text for OpenAI', () => {
    const found = { type: 'search_result', source: 'https://a.example', title: 'A' };
    const content = [{ ...found, content: [{ type: 'text', text: 'It is so.' }] }];
    const body = { model: 'auto', max_tokens: 9, messages: [user(content)] };

    const { json, dropped } = translated('anthropic', 'openai', body);

    expect(dropped).toEqual([]);
    expect(JSON.stringify(json['messages'])).toContain('A\\n\\nhttps://a.example\\n\\nIt is so.');
  });
});
