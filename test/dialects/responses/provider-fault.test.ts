import { answered } from '../../support/translated.js';
import { message, over, read, sse } from './wire.js';

describe('Responses provider failure', () => {
  test.each([
    { fault: 'a missing output', body: { id: 'resp_1' } },
    { fault: 'a queued response', body: over([], { status: 'queued' }) },
    { fault: 'a cancelled response', body: over([], { status: 'cancelled' }) },
    { fault: 'an HTML page', body: '<html>' },
  ])('is reported for $fault', ({ body }) => {
    expect(() => answered('openai', 'responses', body)).toThrow(
      expect.objectContaining({ code: 'upstream_failed' }),
    );
  });

  test.each([
    [{ code: 'rate_limit_exceeded', message: 'Later.' }, 'upstream_rate_limited'],
    [{ code: 'insufficient_quota', message: 'Pay.' }, 'upstream_rate_limited'],
    [{ code: 'invalid_prompt', message: 'No.' }, 'upstream_rejected'],
    [{ code: 'server_error', message: 'Oops.' }, 'upstream_failed'],
  ])('is recognised in every form: %j', (error, code) => {
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

  test('is reported for a stream without an end', () => {
    const item = message('Hello');
    const begun = sse({ type: 'response.output_item.done', output_index: 0, item });

    expect(() => read(begun)).toThrow(expect.objectContaining({ code: 'upstream_cut' }));
  });

  test('is not reported for a response sent instead of a stream', () => {
    const [text] = read(JSON.stringify(over([message('Hello')]))).filter(
      ({ kind }) => kind === 'text',
    );

    expect(text).toMatchObject({ text: 'Hello' });
  });
});
