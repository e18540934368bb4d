import { fc } from '../../support/fast-check.js';
import { listForm } from '../../../src/dialects/gemini/list-form.js';
import { answered, eventsIn, streamed } from '../../support/translated.js';

describe('an answer of Gemini to a client of Gemini', () => {
  const response = (said: string, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text: said, future: 1 }], role: 'model' }, ...more }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3 },
    responseId: 'r1',
  });
  const end = { finishReason: 'STOP' };
  const event = (json: object) => `data: ${JSON.stringify(json)}\r\n\r\n`;

  test('is the provider’s own, byte for byte', () => {
    const body = JSON.stringify(response('hi', end), null, 2);

    const { json, summary } = answered('gemini', 'gemini', body);

    expect(json).toEqual(JSON.parse(body));
    expect(summary).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 5 } });
  });

  test('is the same stream, whatever the chunking', () => {
    const sent = event(response('né ')) + event(response('', end));
    const bytes = Buffer.from(sent);

    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 6 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((to, i) => bytes.subarray(at[i], to));
        const { text: out, stream } = streamed('gemini', 'gemini', pieces);
        expect([out, stream.failure]).toEqual([sent, null]);
        expect(stream.summary).toMatchObject({ finishReason: 'stop', usage: { outputTokens: 3 } });
      }),
      { numRuns: 50 },
    );
  });

  test('may come as one list, or spread over lines', () => {
    const responses = [response('a'), response('b', end)];
    const spread = `data: ${JSON.stringify(responses[1], null, 1).replaceAll('\n', '\ndata: ')}\n\n`;

    const asList = streamed('gemini', 'gemini', [Buffer.from(JSON.stringify(responses))]);
    const overLines = streamed('gemini', 'gemini', [Buffer.from(spread)]);

    expect(asList.text).toBe(responses.map(event).join(''));
    expect(eventsIn(overLines.text)).toEqual([responses[1]]);
  });

  test('is cut where it has no end, and its usage is known all the same', () => {
    const { text: out, stream } = streamed('gemini', 'gemini', [Buffer.from(event(response('a')))]);

    expect(out).toBe(event(response('a')));
    expect(stream.failure).toMatchObject({ code: 'upstream_cut' });
    expect(stream.summary).toMatchObject({ finishReason: null, usage: { inputTokens: 5 } });
  });

  test('ends with the error that the provider reports', () => {
    const error = { code: 503, message: 'overloaded', status: 'UNAVAILABLE' };

    const { stream } = streamed('gemini', 'gemini', [Buffer.from(event({ error }))]);

    expect(stream.failure).toMatchObject({ code: 'upstream_failed', message: 'overloaded' });
  });
});

describe('a stream as one list', () => {
  test('is valid JSON, whatever the chunking, and with nothing in it', () => {
    const bytes = Buffer.from('data: {"a":"é"}\r\n\r\ndata: {"b":2}\r\n\r\n');

    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 4 }), (cuts) => {
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const wire = listForm.open();
        const out = at.slice(1).map((to, i) => wire.push(bytes.subarray(at[i], to)));
        const all = Buffer.concat([...out, wire.end() ?? Buffer.alloc(0)]).toString();
        expect(JSON.parse(all)).toEqual([{ a: 'é' }, { b: 2 }]);
      }),
      { numRuns: 50 },
    );
    expect(listForm.open().end()?.toString()).toBe('[]');
  });
});
