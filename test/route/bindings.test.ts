import { post, startApp, type TestApp } from '../support/app.js';
import { gemini } from '../../src/dialects/gemini/gemini.js';
import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { responses } from '../../src/dialects/responses/responses.js';
import { openai } from '../../src/dialects/openai/openai.js';
import type { ClientDialect } from '../../src/dialects/dialect.js';

const bound = (dialect: ClientDialect, body: object) =>
  dialect.readRequest(Buffer.from(JSON.stringify({ model: 'auto', ...body }))).conversation().bound;

const call = { type: 'tool_use', id: 't1', name: 'f', input: {} };
const thought = { type: 'thinking', thinking: 'Hm', signature: 'c2ln' };
const result = { type: 'tool_result', tool_use_id: 't1', content: 'ok' };
const CALLED = [
  { role: 'user', content: 'hi' },
  { role: 'assistant', content: [thought, call] },
  { role: 'user', content: [result] },
];
const FILE = { role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] };

describe('provider-bound parts of a request', () => {
  test('include a file given by its id, bound to the client’s dialect', () => {
    const source = { type: 'file', file_id: 'f1' };
    const document = { role: 'user', content: [{ type: 'document', source }] };
    const fileData = { fileUri: 'gs://b/x.pdf', mimeType: 'application/pdf' };

    expect(bound(openai, { messages: [FILE] })).toEqual([
      { at: 'messages[0].content[0]', dialects: ['openai', 'responses'], isFirm: true },
    ]);
    expect(bound(anthropic, { messages: [document] })).toMatchObject([{ dialects: ['anthropic'] }]);
    expect(bound(gemini, { contents: [{ parts: [{ fileData }] }] })).toMatchObject([
      { at: 'contents[0].parts[0]', dialects: ['gemini'], isFirm: true },
    ]);
  });

  test('include an image given by its id, bound to the Responses API', () => {
    const content = [{ type: 'input_image', file_id: 'file-1' }];

    expect(bound(responses, { input: [{ role: 'user', content }] })).toEqual([
      { at: 'input[0].content[0]', dialects: ['responses'], isFirm: true },
    ]);
  });

  test('include references to objects stored at a provider', () => {
    const hi = [{ role: 'user', content: 'hi' }];

    expect(bound(anthropic, { container: 'c1', messages: hi })).toMatchObject([
      { at: 'container' },
    ]);
    expect(
      bound(gemini, { cachedContent: 'cachedContents/1', contents: [{ parts: [{ text: 'hi' }] }] }),
    ).toMatchObject([{ at: 'cachedContent', dialects: ['gemini'] }]);
  });

  test('include a signed thought only until its tool calls are answered', () => {
    const later = [
      ...CALLED,
      { role: 'assistant', content: 'Done.' },
      { role: 'user', content: 'And?' },
    ];

    expect(bound(anthropic, { messages: CALLED })).toEqual([
      { at: 'messages[1].content[0]', dialects: ['anthropic', 'bedrock'], isFirm: false },
    ]);
    expect(bound(anthropic, { messages: later })).toBeUndefined();
  });

  test('include content and tools that only the client’s dialect has, not firmly', () => {
    const video = { inlineData: { mimeType: 'video/mp4', data: 'AAAA' } };
    const still = { inlineData: { mimeType: 'image/png', data: 'AAAA' }, mediaResolution: {} };
    const search = [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }];
    const hi = [{ role: 'user', content: 'hi' }];

    expect(bound(gemini, { contents: [{ parts: [video] }], tools: search })).toEqual([
      { at: 'contents[0].parts[0].inlineData', dialects: ['gemini'], isFirm: false },
      { at: 'tools[0].googleSearch', dialects: ['gemini'], isFirm: false },
    ]);
    expect(bound(gemini, { contents: [{ parts: [still] }] })).toBeUndefined();
    expect(
      bound(anthropic, { messages: hi, tools: [{ type: 'web_search_20250305', name: 'w' }] }),
    ).toEqual([{ at: 'tools[0]', dialects: ['anthropic'], isFirm: false }]);
    expect(bound(responses, { input: hi, tools: [{ type: 'web_search' }] })).toMatchObject([
      { at: 'tools[0]', isFirm: false },
    ]);
  });

  test('are absent from most requests', () => {
    expect(
      bound(openai, { messages: [{ role: 'user', content: 'a file_id, you say' }] }),
    ).toBeUndefined();
    expect(bound(anthropic, { messages: [{ role: 'user', content: 'hi' }] })).toBeUndefined();
  });
});

describe('routing of provider-bound requests', () => {
  let gateway: TestApp;

  const model = (name: string, provider: string) => `
  ${name}:
    capabilities: [tools, vision, pdf, json_mode, json_schema, reasoning]
    hosts: [{ provider: ${provider}, model: m, price: { input: 1, output: 1, as_of: 2026-11-01, source: test } }]`;

  beforeAll(async () => {
    gateway = await startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "http://127.0.0.1:9/v1", models: [m] }
  claude: { base_url: "http://127.0.0.1:9/v1", dialect: anthropic, models: [m] }
models:${model('acme/m', 'acme')}${model('claude/m', 'claude')}
auto: { models: ['acme/*', 'claude/*'] }
`);
  });

  afterAll(() => gateway.close());

  const route = async (messages: readonly object[]) => {
    const { json, status } = await post(`${gateway.url}/v1/route`, { model: 'auto', messages });
    const candidates = (json['candidates'] ?? []) as { model: string; dropped: object | null }[];
    return {
      json,
      status,
      of: (name: string) => candidates.find((one) => one.model === name)?.dropped,
    };
  };

  const details = (format: string) => [
    { type: 'reasoning.text', text: 'Hm', signature: 'c2ln', format },
  ];
  const calls = [{ id: 't1', type: 'function', function: { name: 'f', arguments: '{}' } }];
  const underWay = (format: string) => [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: null, tool_calls: calls, reasoning_details: details(format) },
    { role: 'tool', tool_call_id: 't1', content: 'ok' },
  ];

  test('sends a file only to providers that can read it, with the reason for the others', async () => {
    const { json, of } = await route([FILE]);

    expect(json['model']).toBe('acme/m');
    expect(of('claude/m')).toMatchObject({
      why: 'vendor_bound',
      detail: 'messages[0].content[0] requires a provider of the dialect openai or responses',
    });
    expect(of('acme/m')).toBeNull();
  });

  test('stays with the provider of a signed thought during tool calls', async () => {
    const { json, of } = await route(underWay('anthropic-claude-v1'));

    expect(json['model']).toBe('claude/m');
    expect(of('acme/m')).toMatchObject({ why: 'vendor_bound' });
  });

  test('ignores reasoning that no configured provider can read', async () => {
    const { status, of } = await route(underWay('google-gemini-v1'));

    expect(status).toBe(200);
    expect([of('acme/m'), of('claude/m')]).toEqual([null, null]);
  });
});
