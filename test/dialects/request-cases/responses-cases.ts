import { PIXEL, SCHEMA, simple, type Case, type Parts } from './case.js';

const FUNCTION = { name: 'f', parameters: { type: 'object', properties: {} } };
const RESPONSES_TOOLS = { tools: [{ type: 'function', ...FUNCTION }] };

const NAMESPACE = { type: 'namespace', name: 'crm', tools: RESPONSES_TOOLS.tools };

export const RESPONSES_MEMBERS: readonly Case[] = [
  ...simple({
    temperature: 0.5,
    top_p: 0.5,
    top_logprobs: 3,
    max_output_tokens: 99,
    max_tool_calls: 3,
    instructions: 'Be brief.',
    user: 'u',
    safety_identifier: 'u',
    service_tier: 'flex',
    reasoning: { effort: 'low' },
    text: { format: { type: 'json_schema', name: 'a', schema: SCHEMA } },
    truncation: 'auto',
    prompt: { id: 'p' },
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    prompt_cache_options: { a: 1 },
    moderation: { model: 'm' },
    context_management: [{ type: 'compaction' }],
    ...RESPONSES_TOOLS,
  }),
  { member: 'text.format', with: { text: { format: { type: 'regex', pattern: 'a' } } } },
  { member: 'reasoning.hologram', with: { reasoning: { hologram: 1 } } },
  {
    member: 'tools[0].defer_loading',
    with: { tools: [{ ...RESPONSES_TOOLS.tools[0], defer_loading: true }] },
    beside: RESPONSES_TOOLS,
  },
  {
    member: 'tools[0].description',
    with: { tools: [{ ...NAMESPACE, description: 'Only for customers.' }] },
    beside: { tools: [NAMESPACE] },
  },
  {
    member: 'input[0].hologram',
    with: { input: [{ role: 'user', content: 'hi', hologram: 1 }] },
    beside: { input: [{ role: 'user', content: 'hi' }] },
  },
  { member: 'text.verbosity', with: { text: { verbosity: 'low' } } },
  { member: 'include', with: { include: ['file_search_call.results'] } },
  { member: 'include', with: { include: ['message.output_text.logprobs'] } },
  { member: 'tool_choice', with: { tool_choice: 'required' }, beside: RESPONSES_TOOLS },
  {
    member: 'tool_choice',
    with: { tool_choice: { type: 'web_search' } },
    beside: RESPONSES_TOOLS,
  },
  {
    member: 'parallel_tool_calls',
    with: { parallel_tool_calls: false },
    beside: RESPONSES_TOOLS,
  },
  { member: 'tools[0]', with: { tools: [{ type: 'web_search' }] } },
  {
    member: 'tools[0].strict',
    with: { tools: [{ ...RESPONSES_TOOLS.tools[0], strict: true }] },
    beside: { tools: [{ ...RESPONSES_TOOLS.tools[0], strict: false }] },
  },
  ...['web_search_call', 'mcp_call', 'compaction', 'hologram'].map((type) => ({
    member: `input of ${type}`,
    with: {
      input: [
        { role: 'user', content: 'hi' },
        { type, id: 'x' },
      ],
    },
    beside: { input: [{ role: 'user', content: 'hi' }] },
  })),
];

export const RESPONSES_PARTS: Parts = {
  image: { type: 'input_image', image_url: `data:image/png;base64,${PIXEL}` },
  'image by id': { type: 'input_image', file_id: 'file-1' },
  document: {
    type: 'input_file',
    filename: 'a.pdf',
    file_data: 'data:application/pdf;base64,AA==',
  },
  'document by URL': { type: 'input_file', file_url: 'https://a.example/a.pdf' },
  'file by id': { type: 'input_file', file_id: 'file-1' },
  unknown: { type: 'hologram' },
};
