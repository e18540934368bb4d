import { responses } from '../../../src/dialects/responses/responses.js';

const read = (body: unknown) => responses.readRequest(Buffer.from(JSON.stringify(body)));
const hi = { model: 'm', input: 'Hi' };
const IMAGE = { type: 'input_image', image_url: 'data:image/png;base64,AAAA', detail: 'low' };
const weather = {
  type: 'function',
  name: 'weather',
  parameters: { type: 'object', properties: {} },
  strict: null,
};

describe('Responses request', () => {
  test.each([
    { fault: 'a missing model', body: { input: 'Hi' }, param: 'model' },
    { fault: 'a missing input', body: { model: 'm' }, param: 'input' },
    { fault: 'an empty input', body: { model: 'm', input: [] }, param: 'input' },
    { fault: 'input of another type', body: { model: 'm', input: 7 }, param: 'input' },
    {
      fault: 'an item that is not an object',
      body: { model: 'm', input: ['Hi'] },
      param: 'input[0]',
    },
    {
      fault: 'an item with an invalid type',
      body: { model: 'm', input: [{ type: 7 }] },
      param: 'input[0].type',
    },
    {
      fault: 'a message without a role',
      body: { model: 'm', input: [{ content: 'Hi' }] },
      param: 'input[0].role',
    },
    {
      fault: 'a message without content',
      body: { model: 'm', input: [{ role: 'user' }] },
      param: 'input[0].content',
    },
    {
      fault: 'an item reference',
      body: { model: 'm', input: [{ type: 'item_reference', id: 'msg_1' }] },
      param: 'input[0]',
    },
    {
      fault: 'an item reference without its type',
      body: { model: 'm', input: [{ id: 'msg_1' }] },
      param: 'input[0]',
    },
    { fault: 'tools that are not a list', body: { ...hi, tools: {} }, param: 'tools' },
    { fault: 'a tool that is not an object', body: { ...hi, tools: ['web'] }, param: 'tools[0]' },
    {
      fault: 'a limit that is not a number',
      body: { ...hi, max_output_tokens: 'few' },
      param: 'max_output_tokens',
    },
    { fault: 'stream that is not a boolean', body: { ...hi, stream: 'yes' }, param: 'stream' },
    {
      fault: 'instructions that are not text',
      body: { ...hi, instructions: [] },
      param: 'instructions',
    },
    { fault: 'text that is not an object', body: { ...hi, text: 'json' }, param: 'text' },
    { fault: 'a conversation', body: { ...hi, conversation: 'conv_1' }, param: 'conversation' },
    { fault: 'background mode', body: { ...hi, background: true }, param: 'background' },
    {
      fault: 'an unknown previous response',
      body: { ...hi, previous_response_id: 'resp_1' },
      param: 'previous_response_id',
    },
  ])('is rejected for $fault, with the field named', ({ body, param }) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  test('is presented to the router as a conversation', () => {
    const request = read({
      model: 'auto',
      instructions: 'Be brief.',
      input: [{ role: 'user', content: [{ type: 'input_text', text: 'Look' }, IMAGE] }],
      tools: [weather],
      tool_choice: 'required',
      parallel_tool_calls: true,
      max_output_tokens: 99,
      reasoning: { effort: 'high' },
      text: { format: { type: 'json_object' } },
      metadata: { team: 'a', odd: 7 },
    });

    expect(request.metadata).toEqual({ team: 'a' });
    expect(request.conversation()).toEqual({
      messages: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ kind: 'text', text: 'Look' }, { kind: 'image' }] },
      ],
      tools: [expect.objectContaining({ name: 'weather' })],
      toolRequired: true,
      parallelTools: true,
      format: 'json_object',
      maxOutputTokens: 99,
      choices: 1,
      reasoningEffort: 'high',
    });
  });
});
