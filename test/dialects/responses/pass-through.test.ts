import { GatewayError } from '../../../src/core/errors.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { answered, eventsIn, streamed } from '../../support/translated.js';
import { message, over, sse } from './wire.js';

describe('Responses provider for a Responses client', () => {
  const events = sse(
    { type: 'response.created', sequence_number: 0, response: over([], { status: 'in_progress' }) },
    {
      type: 'response.output_text.delta',
      sequence_number: 1,
      output_index: 0,
      content_index: 0,
      delta: 'Hel',
      obfuscation: 'xyz',
    },
    { type: 'response.some_future.event', sequence_number: 2 },
    { type: 'response.completed', sequence_number: 3, response: over([message('Hello')]) },
  );

  test('has its events passed on unchanged up to the end of the response', () => {
    const bytes = Buffer.from(`: comment\n\n${events.replaceAll('\n', '\r\n')}data: [DONE]\n\n`);

    const { text, stream } = streamed('responses', 'responses', [bytes]);

    expect(text).toBe(events);
    expect(stream.summary).toMatchObject({ finishReason: 'stop', outputChars: 5 });
  });

  test('has missing event names added, and a failure numbered next', () => {
    const nameless = events.replaceAll(/^event: .*\n/gm, '');
    const half = nameless.slice(0, nameless.indexOf('data: {"type":"response.some_future'));

    const { text, stream } = streamed('responses', 'responses', [Buffer.from(half)]);

    expect(text).toBe(events.slice(0, events.indexOf('event: response.some_future')));
    const failure = stream.failure ?? new GatewayError('internal_error', '');
    expect(eventsIn(stream.fail(failure).toString())).toEqual([
      expect.objectContaining({ type: 'error', sequence_number: 2, code: 'upstream_cut' }),
    ]);
  });

  test('has its non-streamed answers passed on', () => {
    const body = ` ${JSON.stringify(over([message('Hello')]))}\n`;

    const { json, summary } = answered('responses', 'responses', body);

    expect(json).toEqual(JSON.parse(body));
    expect(summary).toMatchObject({ finishReason: 'stop', outputChars: 5 });
  });

  const sent = (body: string) => {
    const request = responses.readRequest(Buffer.from(body));
    return responses.editRequest(request, {
      model: 'there',
      askUsage: true,
      renames: { input: 'x' },
    });
  };

  test('gets the request unchanged but for the model', () => {
    const body = `{"input" : "caf\\u00e9","model":"auto", "x_future": [{"model":1}],"stream":true}`;

    expect(sent(body).toString()).toBe(body.replace('"auto"', '"there"'));
  });

  test('gets neither reasoning of other vendors nor ids assigned by the gateway', () => {
    const id = (prefix: string) => `${prefix}_${'a'.repeat(48)}_0`;
    const input = [
      { role: 'user', content: 'Hi' },
      { type: 'reasoning', id: id('rs'), summary: [], encrypted_content: 'suffice1.e30' },
      { type: 'reasoning', id: id('rs'), summary: [] },
      { type: 'reasoning', id: id('rs'), summary: [], encrypted_content: 'gAAAA' },
      { ...message('Hello'), id: id('msg') },
      { type: 'reasoning', id: 'rs_1', summary: [] },
    ];

    const body = sent(JSON.stringify({ model: 'auto', input })).toString();

    const unnamed: Record<string, unknown> = { ...message('Hello') };
    delete unnamed['id'];
    expect((JSON.parse(body) as { input: unknown }).input).toEqual([
      input[0],
      { type: 'reasoning', summary: [], encrypted_content: 'gAAAA' },
      unnamed,
      input[5],
    ]);
  });
});
