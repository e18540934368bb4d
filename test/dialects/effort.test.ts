import { translated } from '../support/translated.js';
import { provider } from '../upstream/support.js';

test.each([
  ['openai', 'gpt-5.5', { thinking: { type: 'disabled' } }, 'none', []],
  ['openai', 'o3', { thinking: { type: 'disabled' } }, 'low', ['thinking']],
  ['openai', 'gpt-4o', { output_config: { effort: 'high' } }, undefined, ['output_config.effort']],
  ['openai', 'gpt-5.5', { output_config: { effort: 'max' } }, 'xhigh', ['output_config.effort']],
  [
    'mistral',
    'mistral-small-latest',
    { output_config: { effort: 'low' } },
    'high',
    ['output_config.effort'],
  ],
  ['mistral', 'mistral-small-latest', { thinking: { type: 'disabled' } }, 'none', []],
  [
    'groq',
    'openai/gpt-oss-120b',
    { output_config: { effort: 'max' } },
    'high',
    ['output_config.effort'],
  ],
  ['groq', 'openai/gpt-oss-120b', { thinking: { type: 'disabled' } }, undefined, ['thinking']],
])('for %s, model %s, %j becomes the effort %s', (name, model, more, effort, lost) => {
  const efforts = provider(name, { apiKey: 'k' }).effortsFor(model);
  const body = { model, max_tokens: 9_000, messages: [{ role: 'user', content: 'hi' }], ...more };

  for (const dialect of ['openai', 'responses'] as const) {
    const { json, dropped } = translated('anthropic', dialect, body, { efforts });
    const told = dialect === 'openai' ? json['reasoning_effort'] : json['reasoning'];

    expect(told).toEqual(dialect === 'openai' || effort === undefined ? effort : { effort });
    expect(dropped).toEqual(lost);
  }
});
