import { adapterBetween } from '../../src/dialects/dialects.js';
import type { UnsupportedParams } from '../../src/dialects/unsupported-params.js';
import { DIALECTS, TARGET, translated } from '../support/translated.js';
import { provider } from '../upstream/support.js';

const refusalsOf = (name: string, model: string): readonly UnsupportedParams[] =>
  provider(name, { apiKey: 'k' }).refusalsFor(model);

/** A request whose model the gateway chose, as sent to a provider of the same dialect. */
function chosen(
  dialect: 'openai' | 'anthropic' | 'responses',
  model: string,
  text: string,
  onLoss: 'drop' | 'refuse' = 'drop',
) {
  const refusals = refusalsOf(dialect === 'anthropic' ? 'anthropic' : 'openai', model);
  const request = DIALECTS[dialect].readRequest(Buffer.from(text));
  const efforts = provider(dialect === 'anthropic' ? 'anthropic' : 'openai', {
    apiKey: 'k',
  }).effortsFor(model);
  const edits = { model, askUsage: false, refusals, efforts };
  const asked = adapterBetween(dialect, dialect).prepareRequest(request, edits, () => ({
    ...TARGET,
    model,
    onLoss,
  }));
  return { text: asked.body.toString(), dropped: asked.dropped.map(({ field }) => field) };
}

const HI = '"messages":[{"role":"user","content":"hi"}]';
const SAMPLING = '"temperature": 0.2,"top_p": 0.9,"presence_penalty":1';

test.each([
  ['gpt-5-mini', '', ['temperature', 'top_p', 'presence_penalty']],
  ['o3', '', ['temperature', 'top_p', 'presence_penalty']],
  [
    'o4-mini',
    ',"reasoning_effort":"none"',
    ['temperature', 'top_p', 'presence_penalty', 'reasoning_effort'],
  ],
  ['gpt-5.1', '', ['presence_penalty']],
  ['gpt-5.2', ',"reasoning_effort":"none"', ['presence_penalty']],
  ['gpt-5.4-mini', ',"reasoning_effort":"low"', ['temperature', 'top_p', 'presence_penalty']],
  ['gpt-5.6', '', ['temperature', 'top_p', 'presence_penalty']],
  ['gpt-5.6', ',"reasoning_effort":"none"', ['presence_penalty']],
  [
    'gpt-5.2-pro',
    ',"reasoning_effort":"none"',
    ['temperature', 'top_p', 'presence_penalty', 'reasoning_effort'],
  ],
  ['gpt-5-chat-latest', '', []],
  ['gpt-4o', ',"reasoning_effort":"low"', ['reasoning_effort']],
  [
    'gpt-5',
    ',"reasoning_effort":"none"',
    ['temperature', 'top_p', 'presence_penalty', 'reasoning_effort'],
  ],
])('for %s%s, the parameters %j are dropped', (model, effort, lost) => {
  const { text, dropped } = chosen('openai', model, `{"model":"auto",${HI},${SAMPLING}${effort}}`);

  expect(dropped.toSorted()).toEqual(lost.toSorted());
  const left = JSON.parse(text) as object;
  for (const name of ['temperature', 'top_p', 'presence_penalty']) {
    expect(name in left).toBe(!lost.includes(name));
  }
});

test('all other bytes of a request are unchanged', () => {
  const { text } = chosen(
    'openai',
    'o3',
    `{ "temperature":0.2, "model":"auto",\t${HI}, "top_p":1 , "x":{"temperature":3},"temperature":1}`,
  );

  expect(text).toBe(`{  "model":"o3",\t${HI},  "x":{"temperature":3}}`);
});

test('default values are removed without a report', () => {
  const { text, dropped } = chosen(
    'openai',
    'o3',
    `{"model":"auto",${HI},"temperature":1.0,"top_p":1,"logprobs":false,"logit_bias":{},"frequency_penalty":null}`,
    'refuse',
  );

  expect([text, dropped]).toEqual([`{"model":"o3",${HI}}`, []]);
});

test('an unsupported parameter is an error if nothing may be dropped', () => {
  expect(() => chosen('openai', 'o3', `{"model":"auto",${HI},"temperature":0}`, 'refuse')).toThrow(
    expect.objectContaining({ code: 'invalid_request', param: 'temperature' }),
  );
});

test.each([
  ['claude-haiku-4-5', SAMPLING, ['top_p']],
  ['claude-opus-4-1-20250805', SAMPLING, ['top_p']],
  ['claude-opus-4-20250514', SAMPLING, []],
  ['claude-3-7-sonnet-20250219', SAMPLING, []],
  ['claude-sonnet-4-5', '"top_p":0.9', []],
  ['claude-opus-4-7', '"top_p":0.9,"top_k":3,"temperature":0', ['temperature', 'top_p', 'top_k']],
  ['claude-sonnet-5', '"top_p":0.9,"top_k":3,"temperature":1', ['top_p', 'top_k']],
  ['claude-fable-5-1', '"temperature":0.3', ['temperature']],
  ['claude-haiku-5-5', '"temperature":0.3', ['temperature']],
  ['claude-haiku-4-5', '"thinking":{"type":"adaptive"}', ['thinking']],
  ['claude-sonnet-4-20250514', '"thinking":{"type":"adaptive"}', ['thinking']],
  // As Vertex AI calls it.
  ['claude-sonnet-4@20250514', '"thinking":{"type":"adaptive"}', ['thinking']],
  ['claude-opus-4-6', '"thinking":{"type":"adaptive"}', []],
  ['claude-opus-4-6', '"thinking":{"type":"enabled","budget_tokens":2000}', []],
  ['claude-opus-5', '"thinking":{"type":"disabled"}', []],
  ['claude-haiku-5-5', '"thinking":{"type":"disabled"}', []],
  ['claude-sonnet-5-5', '"thinking":{"type":"disabled"}', ['thinking']],
  ['claude-fable-5', '"thinking":{"type":"disabled"}', ['thinking']],
  ['claude-sonnet-5', '"tool_choice":{"type":"any"}', []],
  ['claude-opus-5-5', '"tool_choice":{"type":"auto"}', []],
  ['claude-opus-5-5', '"tool_choice":{"type":"tool","name":"f"}', ['tool_choice']],
])('for %s with %s, the parameters %j are dropped', (model, params, lost) => {
  const body = `{"model":"auto","max_tokens":9,${HI},${params}}`;

  expect(chosen('anthropic', model, body).dropped.toSorted()).toEqual([...lost].toSorted());
});

test('a thinking budget becomes adaptive thinking and is reported', () => {
  const thinking = '"thinking": {"type":"enabled","budget_tokens":31999}';
  const { text, dropped } = chosen(
    'anthropic',
    'claude-opus-4-8',
    `{"model":"auto",${thinking}, "max_tokens":32000,${HI}, "temperature":0.3}`,
  );

  expect(text).toBe(
    `{"model":"claude-opus-4-8","thinking": {"type":"adaptive","display":"summarized"}, "max_tokens":32000,${HI}}`,
  );
  expect(dropped).toEqual(['temperature', 'thinking']);
});

test('log probabilities are dropped for Mistral', () => {
  const target = { refusals: refusalsOf('mistral', 'mistral-large-latest') };
  const request = {
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generationConfig: { responseLogprobs: true, logprobs: 2 },
  };

  const { json, dropped } = translated('gemini', 'openai', request, target);

  expect(Object.keys(json)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/logprobs/)]),
  );
  expect(dropped).toEqual(['logprobs']);
});

test.each([
  ['grok-4-0709', ['stop_sequences', 'thinking'], []],
  ['grok-4-fast-reasoning', ['stop_sequences', 'thinking'], []],
  ['grok-code-fast-1', ['stop_sequences', 'thinking'], []],
  ['grok-4.20-reasoning', ['stop_sequences', 'thinking'], []],
  ['grok-4.7', ['stop_sequences'], ['reasoning_effort']],
  ['grok-3-mini', ['stop_sequences'], ['reasoning_effort']],
  ['grok-4-fast-non-reasoning', ['thinking'], ['stop']],
  ['grok-3', [], ['stop', 'reasoning_effort']],
])('for %s of xAI, the parameters %j are dropped', (model, lost, told) => {
  const request = {
    model,
    max_tokens: 9,
    messages: [{ role: 'user', content: 'hi' }],
    stop_sequences: ['END'],
    thinking: { type: 'enabled', budget_tokens: 1024 },
  };
  const target = { refusals: refusalsOf('xai', model) };

  const { json, dropped } = translated('anthropic', 'openai', request, target);

  expect(dropped.toSorted()).toEqual(lost);
  expect(Object.keys(json).filter((name) => /stop|reasoning/.test(name))).toEqual(told);
});

test('n and log probabilities are dropped for Groq, and the effort for its Qwen', () => {
  const request = {
    contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    generationConfig: {
      candidateCount: 2,
      responseLogprobs: true,
      thinkingConfig: { thinkingLevel: 'LOW' },
    },
  };
  const ask = (model: string) =>
    translated('gemini', 'openai', request, { refusals: refusalsOf('groq', model) });

  const qwen = ask('qwen/qwen3-32b');
  const gptOss = ask('openai/gpt-oss-120b');

  expect(Object.keys(qwen.json).toSorted()).toEqual(['messages', 'model']);
  expect(qwen.dropped).toHaveLength(3);
  expect(gptOss.json['reasoning_effort']).toBe('low');
});

test('the effort of a Responses request decides whether temperature is dropped', () => {
  const body = '{"model":"auto","input":"hi","temperature":0.5';

  const some = chosen('responses', 'gpt-5.1', `${body},"reasoning":{"effort":"high"}}`);
  const none = chosen('responses', 'gpt-5.1', `${body},"reasoning":{"effort":"none"}}`);

  expect([some.dropped, none.dropped]).toEqual([['temperature'], []]);
});

test.each([
  [
    'anthropic' as const,
    { max_tokens: 9, messages: [{ role: 'user', content: 'hi' }], temperature: 0.5, top_p: 0.5 },
    ['temperature', 'top_p'],
  ],
  [
    'gemini' as const,
    {
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      generationConfig: { topP: 0.5, presencePenalty: 1, responseLogprobs: true },
    },
    ['generationConfig.topP', 'logprobs', 'presence_penalty'],
  ],
])(
  'a translated request of %s loses the same parameters, reported under its own names',
  (client, body, lost) => {
    const target = { refusals: refusalsOf('openai', 'o3') };

    const { json, dropped } = translated(client, 'openai', { model: 'o3', ...body }, target);

    expect(dropped.toSorted()).toEqual(lost);
    expect(Object.keys(json)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^(temperature|top_p|presence|logprobs)/)]),
    );
  },
);

test.each([
  ['gpt-5.5', 'minimal', 'low'],
  ['gpt-5.1-2025-11-13', 'xhigh', 'high'],
  ['gpt-5-mini', 'none', 'minimal'],
  ['o3', 'minimal', 'low'],
  ['gpt-5.2-pro', 'low', 'medium'],
  ['gpt-5.3-codex', 'none', 'low'],
  ['gpt-5.6-sol', 'max', 'xhigh'],
  ['gpt-5.4-nano', 'none', 'none'],
  ['gpt-5.5', 'of-tomorrow', 'of-tomorrow'],
  ['model-of-tomorrow', 'minimal', 'minimal'],
])('for %s, chosen by the gateway, the effort %s becomes %s', (model, asked, told) => {
  const chat = chosen('openai', model, `{"model":"auto",${HI},"reasoning_effort": "${asked}"}`);
  const response = chosen(
    'responses',
    model,
    `{"model":"auto","input":"hi","reasoning":{"summary":"auto", "effort" :"${asked}"}}`,
  );

  expect(chat).toEqual({
    text: `{"model":"${model}",${HI},"reasoning_effort": "${told}"}`,
    dropped: asked === told ? [] : ['reasoning_effort'],
  });
  expect(response).toEqual({
    text: `{"model":"${model}","input":"hi","reasoning":{"summary":"auto", "effort" :"${told}"}}`,
    dropped: asked === told ? [] : ['reasoning.effort'],
  });
});

test('reasoning parameters are dropped for a chosen model without reasoning', () => {
  const asked =
    '"reasoning":{"effort":"medium"},"include":["reasoning.encrypted_content","message.output_text.logprobs"]';

  expect(chosen('responses', 'gpt-4.1', `{"model":"auto","input":"hi",${asked}}`)).toEqual({
    text: '{"model":"gpt-4.1","input":"hi","include":["message.output_text.logprobs"]}',
    dropped: ['reasoning'],
  });
  expect(chosen('openai', 'gpt-4o', `{"model":"auto",${HI},"reasoning_effort":"none"}`)).toEqual({
    text: `{"model":"gpt-4o",${HI}}`,
    dropped: [],
  });
});
