import { conversation, PIXEL, SCHEMA, simple, type Case, type Parts } from './case.js';

const ANTHROPIC_TOOLS = { tools: [{ name: 'f', input_schema: { type: 'object' } }] };

export const ANTHROPIC_MEMBERS: readonly Case[] = [
  ...simple({
    temperature: 0.5,
    top_p: 0.5,
    top_k: 5,
    stop_sequences: ['x'],
    system: 'Be brief.',
    metadata: { user_id: 'u' },
    service_tier: 'standard_only',
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    output_config: { effort: 'low' },
    output_format: { type: 'json_schema', schema: SCHEMA },
    cache_control: { type: 'ephemeral' },
    container: 'c',
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    mcp_servers: [{ type: 'url', url: 'https://a.example', name: 'a' }],
    inference_geo: 'us',
    speed: 'fast',
    ...ANTHROPIC_TOOLS,
  }),
  { member: 'tool_choice', with: { tool_choice: { type: 'any' } }, beside: ANTHROPIC_TOOLS },
  {
    member: 'tool_choice.disable_parallel_tool_use',
    with: { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    beside: { ...ANTHROPIC_TOOLS, tool_choice: { type: 'auto' } },
  },
  { member: 'tools[0]', with: { tools: [{ type: 'web_search_20250305', name: 'web_search' }] } },
  {
    member: 'tools[0].input_examples',
    with: { tools: [{ ...ANTHROPIC_TOOLS.tools[0], input_examples: [{ a: 1 }] }] },
    beside: ANTHROPIC_TOOLS,
  },
  {
    member: 'tools[0].defer_loading',
    with: { tools: [{ ...ANTHROPIC_TOOLS.tools[0], defer_loading: true }] },
    beside: ANTHROPIC_TOOLS,
  },
  {
    member: 'tools[0].strict',
    with: { tools: [{ ...ANTHROPIC_TOOLS.tools[0], strict: true }] },
    beside: ANTHROPIC_TOOLS,
  },
  {
    member: 'tools[0].cache_control',
    with: { tools: [{ ...ANTHROPIC_TOOLS.tools[0], cache_control: { type: 'ephemeral' } }] },
    beside: ANTHROPIC_TOOLS,
  },
  {
    member: 'output_config.format',
    with: { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
  },
  { member: 'output_config.format', with: { output_config: { format: { type: 'regex' } } } },
  {
    member: 'tool_choice',
    with: { tool_choice: { type: 'hologram' } },
    beside: ANTHROPIC_TOOLS,
  },
  { member: 'metadata.hologram', with: { metadata: { hologram: 1 } } },
  {
    member: 'messages[0].content[0].hologram',
    with: { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi', hologram: 1 }] }] },
  },
  { member: 'output_config.task_budget', with: { output_config: { task_budget: { total: 9 } } } },
  { member: 'fallbacks', with: { fallbacks: [{ model: 'n' }] } },
  { member: 'hologram', with: { hologram: 1 } },
  ...conversation({ role: 'assistant', content: 'yes' }, [
    ...[
      { type: 'redacted_thinking', data: 'x' },
      { type: 'server_tool_use', id: 's', name: 'web_search', input: {} },
    ].map((block) => ({ role: 'assistant', content: [{ type: 'text', text: 'yes' }, block] })),
    { role: 'system', content: 'Be brief.' },
  ]),
  ...results([{ is_error: true }, { cache_control: { type: 'ephemeral' } }]),
  ...documents([{ title: 'T' }, { context: 'C' }, { citations: { enabled: true } }]),
];

export const ANTHROPIC_PARTS: Parts = {
  image: { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } },
  'image by URL': { type: 'image', source: { type: 'url', url: 'https://a.example/a.png' } },
  'image by id': { type: 'image', source: { type: 'file', file_id: 'file_1' } },
  document: {
    type: 'document',
    source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
  },
  'document of text': {
    type: 'document',
    source: { type: 'text', media_type: 'text/plain', data: 'words' },
  },
  'document of blocks': {
    type: 'document',
    source: { type: 'content', content: [{ type: 'text', text: 'words' }] },
  },
  'document by id': { type: 'document', source: { type: 'file', file_id: 'file_1' } },
  'search result': {
    type: 'search_result',
    source: 'https://a.example',
    title: 'A',
    content: [{ type: 'text', text: 'words' }],
  },
  upload: { type: 'container_upload', file_id: 'file_1' },
  unknown: { type: 'hologram' },
};

/** What an Anthropic client may send in a tool result. */
function results(members: readonly object[]): Case[] {
  const around = (more: object): object => ({
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok', ...more }],
      },
    ],
  });
  return members.map((more) => ({ member: 'a result', with: around(more), beside: around({}) }));
}

/** What an Anthropic client may send in a document. */
function documents(members: readonly object[]): Case[] {
  const text = { type: 'text', media_type: 'text/plain', data: 'words' };
  const blocks = { type: 'content', content: [{ type: 'text', text: 'words' }] };
  return [text, blocks].flatMap((source) => documentsOf(source, members));
}

function documentsOf(source: object, members: readonly object[]): Case[] {
  const around = (more: object): object => ({
    messages: [
      {
        role: 'user',
        content: [
          { type: 'document', source, ...more },
          { type: 'text', text: 'hi' },
        ],
      },
    ],
  });
  return members.map((more) => ({ member: 'a document', with: around(more), beside: around({}) }));
}
