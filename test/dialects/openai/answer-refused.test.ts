import { GatewayError } from '../../../src/core/errors.js';
import { openai } from '../../../src/dialects/openai/openai.js';
import { fc } from '../../support/fast-check.js';
import { answer, read, RULES } from './whole-answer.js';

function refusal(body: string): GatewayError {
  try {
    openai.readAnswer(Buffer.from(body), RULES);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the answer was accepted');
}

describe('invalid OpenAI answer', () => {
  test.each([
    { what: 'an empty body', body: '', says: 'empty answer' },
    { what: 'white space', body: ' \n', says: 'empty answer' },
    { what: 'an HTML page', body: '<!doctype html><p>x', says: 'web page' },
    { what: 'a truncated body', body: '{"choices":[{"mess', says: 'not valid JSON' },
    { what: 'a number', body: '7', says: 'not an object' },
    { what: 'missing choices', body: '{"id":"x"}', says: 'without any choice' },
    { what: 'an empty list of choices', body: '{"choices":[]}', says: 'without any choice' },
    { what: 'an error', body: '{"error":{"message":"boom"}}', says: 'boom' },
    {
      what: 'a choice that broke off',
      body: '{"choices":[{"finish_reason":"error","message":{}}]}',
      says: 'ended its answer with an error',
    },
    {
      what: 'a choice that was aborted',
      body: '{"choices":[{"finish_reason":"abort","message":{"content":"Half"}}]}',
      says: 'ended its answer with an error',
    },
    {
      what: 'a choice with an error',
      body: '{"choices":[{"finish_reason":"error","error":{"message":"boom"}}]}',
      says: 'boom',
    },
  ])('is rejected for $what', ({ body, says }) => {
    const error = refusal(body);

    expect(error.code).toBe('upstream_failed');
    expect(error.message).toContain(says);
  });

  test.each([
    [1004, 'upstream_auth_failed'],
    [1002, 'upstream_rate_limited'],
    [2013, 'upstream_rejected'],
    [1000, 'upstream_failed'],
  ])('is rejected for error %d of MiniMax with status 200', (status, code) => {
    const body = { choices: null, base_resp: { status_code: status, status_msg: 'no such luck' } };

    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
    expect(
      read({ ...answer({ content: 'a' }), base_resp: { status_code: 0 } }).first,
    ).toBeDefined();
  });

  test('is rejected with the status, code and param of an error inside a 200', () => {
    const error = { message: 'filtered', status: 400, code: 'content_filter', param: 'prompt' };

    expect(refusal(JSON.stringify({ error }))).toMatchObject({
      code: 'upstream_rejected',
      status: 400,
      upstreamCode: 'content_filter',
      param: 'prompt',
    });
  });

  test('is rejected when it is nested too deeply', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const error = refusal(`{"id":"x","choices":[{"message":{"content":"a"}}],"x":${deep}}`);

    expect(error).toMatchObject({ code: 'upstream_failed' });
  });

  test('is read or rejected, whatever its JSON', () => {
    const message = fc.record({
      content: fc.jsonValue(),
      tool_calls: fc.jsonValue(),
      function_call: fc.jsonValue(),
      annotations: fc.jsonValue(),
      audio: fc.jsonValue(),
    });
    const odd = fc.record({
      choices: fc.array(
        fc.record({ message: fc.oneof(message, fc.jsonValue()), index: fc.jsonValue() }),
      ),
      usage: fc.jsonValue(),
      error: fc.jsonValue(),
    });

    fc.assert(
      fc.property(fc.oneof(odd, fc.jsonValue()), fc.boolean(), (value, trusted) => {
        const reading = () => read(value, { ...RULES, trusted });

        expect(outcomeOf(reading)).toMatch(/^(read|refused)$/);
      }),
      { numRuns: 100 },
    );
  });
});

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (error) {
    return error instanceof GatewayError ? 'refused' : String(error);
  }
}
