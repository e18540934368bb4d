import { openai } from '../../../src/dialects/openai/openai.js';
import {
  choice,
  chunk,
  contentOf,
  finishesOf,
  HEAD,
  HELLO,
  RULES,
  run,
  sse,
  STOP,
  TRUSTED,
} from '../../support/openai-stream.js';

describe.each([
  { kind: 'a trusted', rules: TRUSTED },
  { kind: 'an untrusted', rules: RULES },
])('failure in a stream of $kind provider', ({ rules }) => {
  test.each([
    {
      what: 'an error object',
      event: { error: { message: 'boom', code: 500 } },
      code: 'upstream_failed',
    },
    { what: 'an error string', event: { error: 'boom' }, code: 'upstream_failed' },
    {
      what: 'an error next to choices',
      event: { ...chunk({}, 'error'), error: { message: 'boom', code: 400 } },
      code: 'upstream_rejected',
    },
    {
      what: 'a rate limit',
      event: { error: { message: 'boom', code: 429 } },
      code: 'upstream_rate_limited',
    },
    { what: 'a typed error', event: { type: 'error', message: 'boom' }, code: 'upstream_failed' },
    {
      what: 'a bare message',
      event: { object: 'error', message: 'boom' },
      code: 'upstream_failed',
    },
  ])('ends the stream with the provider’s message: $what', ({ event, code }) => {
    const result = run(sse(HELLO, event, STOP, '[DONE]'), rules);

    expect(result.stream.failure).toMatchObject({ code });
    expect(result.stream.failure?.message).toContain('boom');
    expect(contentOf(result)).toBe('Hello');
    expect(finishesOf(result)).toEqual([]);
    expect(result.isDone).toBe(false);
  });

  test('is recognised by the name of its event', () => {
    const { stream } = run(
      `${sse(HELLO)}event: error\ndata: {"message":"boom","status_code":400}\n\n`,
      rules,
    );

    expect(stream.failure).toMatchObject({
      code: 'upstream_rejected',
      status: 400,
      message: 'boom',
    });
  });

  test.each([
    { finish: 'error', extra: { error: { message: 'boom' } } },
    { finish: 'insufficient_system_resource', extra: {} },
    { finish: 'network_error', extra: {} },
    { finish: 'ABORT', extra: {} },
  ])('is recognised by the finish_reason $finish', ({ finish, extra }) => {
    const event = { ...HEAD, choices: [{ ...choice({}, finish), ...extra }] };

    const { stream, isDone } = run(sse(HELLO, event), rules);

    expect(stream.failure?.code).toBe('upstream_failed');
    expect(isDone).toBe(false);
  });

  test.each([
    { what: 'an empty stream', input: '', code: 'upstream_failed', says: 'no answer' },
    { what: 'only [DONE]', input: sse('[DONE]'), code: 'upstream_failed', says: 'no answer' },
    {
      what: 'an HTML page',
      input: '<html><title>x</title></html>',
      code: 'upstream_failed',
      says: 'web page',
    },
    {
      what: 'an error document',
      input: ' {"error":{"message":"boom"}}',
      code: 'upstream_failed',
      says: 'boom',
    },
    {
      what: 'a truncated document',
      input: '{"choices":[',
      code: 'upstream_failed',
      says: 'not valid JSON',
    },
    { what: 'plain text', input: 'Bad Gateway', code: 'upstream_failed', says: 'no answer' },
    {
      what: 'malformed JSON in an event',
      input: sse(HELLO, '{"a'),
      code: 'upstream_failed',
      says: 'not JSON',
    },
    {
      what: 'a number in an event',
      input: sse(HELLO, '7'),
      code: 'upstream_failed',
      says: 'not an object',
    },
    {
      what: 'a truncated event',
      input: sse(HELLO, STOP).slice(0, -30),
      code: 'upstream_cut',
      says: 'complete',
    },
  ])('is reported for $what', ({ input, code, says }) => {
    const { stream, isDone } = run(input, rules);

    expect(stream.failure?.code).toBe(code);
    expect(stream.failure?.message).toContain(says);
    expect(isDone).toBe(false);
  });

  test('stops all further output', () => {
    const stream = openai.openStream(rules);

    stream.push(Buffer.from(sse({ error: 'boom' })));

    expect(stream.push(Buffer.from(sse(HELLO)))).toHaveLength(0);
    expect(stream.end()).toHaveLength(0);
  });

  test('reaches the client as one error event', () => {
    const { stream } = run(sse(HELLO), rules);

    const event = stream.failure === null ? '' : stream.fail(stream.failure).toString();

    expect(event).toBe(
      `data: ${JSON.stringify({
        error: {
          message: 'The provider ended the stream before its answer was complete.',
          type: 'server_error',
          param: null,
          code: 'upstream_cut',
        },
      })}\n\n`,
    );
  });
});
