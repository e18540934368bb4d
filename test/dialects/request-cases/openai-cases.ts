import { conversation, PIXEL, SCHEMA, simple, type Case, type Parts } from './case.js';

const FUNCTION = { name: 'f', parameters: { type: 'object', properties: {} } };
const THOUGHT = { type: 'reasoning.encrypted', data: 'x', format: 'google-gemini-v1' };
const OPENAI_TOOLS = { tools: [{ type: 'function', function: FUNCTION }] };

export const OPENAI_MEMBERS: readonly Case[] = [
  ...simple({
    temperature: 0.5,
    top_p: 0.5,
    frequency_penalty: 0.5,
    presence_penalty: 0.5,
    seed: 7,
    n: 2,
    logprobs: true,
    logit_bias: { 1: 5 },
    max_tokens: 99,
    max_completion_tokens: 99,
    stop: ['x'],
    user: 'u',
    safety_identifier: 'u',
    service_tier: 'flex',
    reasoning_effort: 'low',
    verbosity: 'low',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } },
    audio: { voice: 'a', format: 'wav' },
    modalities: ['text', 'audio'],
    moderation: { model: 'm' },
    prediction: { type: 'content', content: 'x' },
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    prompt_cache_options: { a: 1 },
    store: true,
    web_search_options: {},
    functions: [FUNCTION],
    ...OPENAI_TOOLS,
  }),
  { member: 'response_format', with: { response_format: { type: 'json_object' } } },
  { member: 'response_format', with: { response_format: { type: 'grammar', grammar: 'a' } } },
  {
    member: 'reasoning.exclude',
    with: { reasoning: { effort: 'low', exclude: true } },
    beside: { reasoning: { effort: 'low' } },
  },
  ...[
    { type: 'function', function: FUNCTION, defer: true },
    { type: 'function', function: { ...FUNCTION, hologram: 1 } },
  ].map((tool) => ({ member: 'tools[0]', with: { tools: [tool] }, beside: OPENAI_TOOLS })),
  ...[
    { role: 'user', content: 'hi', cache_control: { type: 'ephemeral' } },
    { role: 'user', content: 'hi', weight: 1 },
    { role: 'user', content: [{ type: 'text', text: 'hi', hologram: 1 }] },
  ].map((message) => ({ member: 'messages[0]', with: { messages: [message] } })),
  ...calls([{ extra_content: { google: { thought_signature: 's' } } }, { hologram: 1 }]),
  { member: 'top_logprobs', with: { top_logprobs: 3, logprobs: true } },
  { member: 'tool_choice', with: { tool_choice: 'required' }, beside: OPENAI_TOOLS },
  {
    member: 'tool_choice',
    with: { tool_choice: { type: 'function', function: { name: 'f' } } },
    beside: OPENAI_TOOLS,
  },
  { member: 'tool_choice', with: { tool_choice: 'none' }, beside: OPENAI_TOOLS },
  {
    member: 'tool_choice',
    with: { tool_choice: { type: 'custom', custom: { name: 'c' } } },
    beside: OPENAI_TOOLS,
  },
  { member: 'parallel_tool_calls', with: { parallel_tool_calls: false }, beside: OPENAI_TOOLS },
  { member: 'tools[0]', with: { tools: [{ type: 'custom', custom: { name: 'c' } }] } },
  {
    member: 'function_call',
    with: { function_call: { name: 'f' } },
    beside: { functions: [FUNCTION] },
  },
  {
    member: 'tools[0].strict',
    with: { tools: [{ type: 'function', function: { ...FUNCTION, strict: true } }] },
    beside: OPENAI_TOOLS,
  },
  {
    member: 'tool_choice.allowed_tools',
    with: {
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: {
          mode: 'required',
          tools: [{ type: 'function', function: { name: 'f' } }],
        },
      },
    },
    beside: OPENAI_TOOLS,
  },
  {
    member: 'messages[0].name',
    with: { messages: [{ role: 'user', name: 'Ann', content: 'hi' }] },
  },
  ...conversation({ role: 'assistant', content: 'yes' }, [
    { role: 'assistant', content: 'yes', audio: { id: 'a' } },
    { role: 'assistant', content: 'yes', refusal: 'No.' },
    { role: 'assistant', content: 'yes', reasoning_content: 'Hm.' },
    { role: 'assistant', content: 'yes', name: 'Bob' },
    {
      role: 'assistant',
      content: 'yes',
      images: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } }],
    },
    {
      role: 'assistant',
      content: 'yes',
      tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'f', input: 'x' } }],
    },
    { role: 'assistant', content: 'yes', function_call: { name: 'f', arguments: '{}' } },
  ]),
];

/** What a client may send in an assistant's call, and in the reasoning before it. */
function calls(members: readonly object[]): Case[] {
  const called = { id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } };
  const around = (call: object, thought: object = {}): object => ({
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [{ ...called, ...call }], ...thought },
      { role: 'tool', tool_call_id: 'c', content: 'ok' },
    ],
  });
  return [...members.map((more) => around(more)), around({}, { reasoning_details: [THOUGHT] })].map(
    (more) => ({ member: 'a call', with: more, beside: around({}) }),
  );
}

export const OPENAI_PARTS: Parts = {
  image: { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
  'image by URL': { type: 'image_url', image_url: { url: 'https://a.example/a.png' } },
  audio: { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
  document: {
    type: 'file',
    file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AA==' },
  },
  'file by id': { type: 'file', file: { file_id: 'file-1' } },
  unknown: { type: 'hologram', hologram: {} },
};
