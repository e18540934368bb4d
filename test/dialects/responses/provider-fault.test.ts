import { answered } from '../../support/translated.js';
import { message, over, read, sse } from './wire.js';

describe('a provider that speaks responses', () => {
  test.each([
    { fault: 'no output', body: { id: 'resp_1' } },
    { fault: 'a response under way', body: over([], { status: 'queued' }) },
    { fault: 'a cancelled one', body: over([], { status: 'cancelled' }) },
    { fault: 'a web page', body: '<html>' },
  ])('that sends $fault has failed', ({ body }) => {
    expect(() => answered('openai', 'responses', body)).toThrow(
      expect.objectContaining({ code: 'upstream_failed' }),
    );
  });

  test.each([
    [{ code: 'rate_limit_exceeded', message: 'Later.' }, 'upstream_rate_limited'],
    [{ code: 'insufficient_quota', message: 'Pay.' }, 'upstream_rate_limited'],
    [{ code: 'invalid_prompt', message: 'No.' }, 'upstream_rejected'],
    [{ code: 'server_error', message: 'Oops.' }, 'upstream_failed'],
  ])('says in three ways that it failed: %j', (error, code) => {
    const failed = over([], { status: 'failed', error });
    const failures = [
      sse({ type: 'error', ...error }),
      sse({ type: 'error', error }),
      sse({ type: 'response.failed', response: failed }),
    ];

    for (const stream of failures) {
      expect(() => read(stream)).toThrow(expect.objectContaining({ code, message: error.message }));
    }
    expect(() => answered('openai', 'responses', failed)).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test('that stops before its response is over has broken off', () => {
    const item = message('Hello');
    const begun = sse({ type: 'response.output_item.done', output_index: 0, item });

    expect(() => read(begun)).toThrow(expect.objectContaining({ code: 'upstream_cut' }));
  });

  test('that answers with one response where a stream was asked for has answered', () => {
    const [text] = read(JSON.stringify(over([message('Hello')]))).filter(
      ({ kind }) => kind === 'text',
    );

    expect(text).toMatchObject({ text: 'Hello' });
  });
});
