import { fc } from '../../support/fast-check.js';
import { listForm } from '../../../src/dialects/gemini/list-form.js';
import { answered, eventsIn, streamed } from '../../support/translated.js';

describe('Gemini answer for a Gemini client', () => {
  const response = (said: string, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text: said, future: 1 }], role: 'model' }, ...more }],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 3 },
    responseId: 'r1',
  });
  const end = { finishReason: 'STOP' };
  const event = (json: object) => `data: ${JSON.stringify(json)}\r\n\r\n`;

  test('is passed on unchanged and summarised', () => {
    const body = JSON.stringify(response('hi', end), null, 2);

    const { json, summary } = answered('gemini', 'gemini', body);

    expect(json).toEqual(JSON.parse(body));
    expect(summary).toMatchObject({ finishReason: 'stop', usage: { inputTokens: 5 } });
  });

  test('is streamed unchanged, regardless of chunking', () => {
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

  test('can arrive as a JSON list, or with multi-line events', () => {
    const responses = [response('a'), response('b', end)];
    const spread = `data: ${JSON.stringify(responses[1], null, 1).replaceAll('\n', '\ndata: ')}\n\n`;

    const asList = streamed('gemini', 'gemini', [Buffer.from(JSON.stringify(responses))]);
    const overLines = streamed('gemini', 'gemini', [Buffer.from(spread)]);

    expect(asList.text).toBe(responses.map(event).join(''));
    expect(eventsIn(overLines.text)).toEqual([responses[1]]);
  });

  test('fails without a finish reason but keeps its usage', () => {
    const { text: out, stream } = streamed('gemini', 'gemini', [Buffer.from(event(response('a')))]);

    expect(out).toBe(event(response('a')));
    expect(stream.failure).toMatchObject({ code: 'upstream_cut' });
    expect(stream.summary).toMatchObject({ finishReason: null, usage: { inputTokens: 5 } });
  });

  test('fails with the error of the provider', () => {
    const error = { code: 503, message: 'overloaded', status: 'UNAVAILABLE' };

    const { stream } = streamed('gemini', 'gemini', [Buffer.from(event({ error }))]);

    expect(stream.failure).toMatchObject({ code: 'upstream_failed', message: 'overloaded' });
  });
});

describe('Gemini list form', () => {
  test('is valid JSON, regardless of chunking and even when empty', () => {
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
