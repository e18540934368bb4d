import { CircuitBreakers } from '../../src/upstream/circuit-breakers.js';
import { FakeClock } from '../support/fake-clock.js';
import {
  answers,
  type Behaviour,
  DONE,
  errorEvent,
  hangsUp,
  refuses,
  sends,
  stalls,
  streams,
  streamsAndBreaks,
  textEvents,
} from '../support/fake-upstream.js';
import { BOTH, outcomes, Pair, seen } from './failover-support.js';
import { upstreamAt } from './support.js';

let pair: Pair;

beforeEach(async () => {
  pair = await Pair.start();
});

afterEach(async () => {
  await pair.close();
});

describe('failover with a working first upstream', () => {
  test.each([true, false])('calls no other upstream (stream: %s)', async (stream) => {
    const answer = await pair.ask(stream);

    expect(answer).toMatchObject({ ok: true, upstream: BOTH[0] });
    expect(outcomes(answer)).toEqual(['first/one ok']);
    expect((await seen(answer)).text).toContain('upstream.');
    expect(pair.second.requests).toHaveLength(0);
  });

  test('sends the model name of the upstream and asks for usage in a stream', async () => {
    await seen(await pair.ask(true));

    expect(pair.first.requests[0]?.json).toMatchObject({
      model: 'one',
      stream_options: { include_usage: true },
    });
  });

  test('does not ask for usage from a provider without that option', async () => {
    await seen(await pair.ask(true, { tries: [upstreamAt('second', 'two')] }));

    expect(pair.second.requests[0]?.json).not.toHaveProperty('stream_options');
  });

  test('records usage and finish reason although the client did not ask for usage', async () => {
    const answer = await pair.ask(true);
    const { text } = await seen(answer);

    expect(text).not.toContain('"usage":{');
    expect(answer).toMatchObject({
      stream: { summary: { finishReason: 'stop', usage: { inputTokens: 11, outputTokens: 7 } } },
    });
  });

  test('measures the duration of an attempt', async () => {
    const clock = new FakeClock();
    pair.first.next((exchange) => {
      clock.advance(250);
      answers()(exchange);
    });

    const answer = await pair.ask(false, { clock });

    expect(answer.attempts).toEqual([{ upstream: 'first/one', outcome: 'ok', ms: 250 }]);
  });
});

describe('failover before the first token', () => {
  const failures: [string, Behaviour, string][] = [
    ['drops the connection', hangsUp, 'upstream_failed'],
    ['is overloaded (503)', refuses(503, 'later'), 'upstream_failed'],
    ['fails (500)', refuses(500, 'oops'), 'upstream_failed'],
    [
      'limits the rate (429)',
      refuses(429, 'slow down', { 'retry-after': '9' }),
      'upstream_rate_limited',
    ],
    ['times out itself (408)', refuses(408, 'late'), 'upstream_timeout'],
    ['rejects the API key (401)', refuses(401, 'bad key'), 'upstream_auth_failed'],
    ['forbids the request (403)', refuses(403, 'not you'), 'upstream_auth_failed'],
    ['requires payment (402)', refuses(402, 'insufficient balance'), 'upstream_rejected'],
    [
      'rejects the request size (413)',
      refuses(413, 'Limit 6000, Requested 9000'),
      'upstream_rejected',
    ],
    ['reports a failed model (424)', refuses(424, 'model error'), 'upstream_failed'],
    ['does not know the model (404)', refuses(404, 'no such model'), 'upstream_rejected'],
    ['returns an HTML error page (502)', sends(502, '<html>502</html>'), 'upstream_failed'],
    ['redirects (302)', sends(302, '', { location: '/' }), 'upstream_failed'],
  ];

  test.each(
    failures.flatMap(([what, behaviour, code]) =>
      [true, false].map((stream) => ({ what, behaviour, code, stream })),
    ),
  )(
    'tries the next upstream when the first $what (stream: $stream)',
    async ({ behaviour, code, stream }) => {
      pair.first.next(behaviour);

      const answer = await pair.ask(stream);

      expect(outcomes(answer)).toEqual([`first/one ${code}`, 'second/two ok']);
      expect(answer).toMatchObject({ ok: true, upstream: BOTH[1] });
      expect((await seen(answer)).text).toContain('second.');
      expect(pair.second.requests[0]?.json).toMatchObject({ model: 'two' });
    },
  );

  test.each([
    ['an error as the first event', streams(errorEvent('overloaded'))],
    ['an error after an empty chunk', streams(textEvents('x')[0] ?? '', errorEvent('overloaded'))],
    ['an error body with status 200', sends(200, '{"error":{"message":"inside","code":500}}')],
    ['a broken connection after an empty chunk', streamsAndBreaks(textEvents('x')[0] ?? '')],
    ['an empty stream', streams()],
    ['a stream of nothing but [DONE]', streams(DONE)],
    ['an HTML page', sends(200, '<html>Welcome</html>', { 'content-type': 'text/html' })],
  ])('tries the next upstream after %s', async (_, behaviour) => {
    pair.first.next(behaviour);

    const answer = await pair.ask(true);

    expect(answer).toMatchObject({ ok: true, upstream: BOTH[1] });
    expect(answer.attempts).toHaveLength(2);
    expect(await seen(answer)).toMatchObject({ failure: null });
  });

  test.each([
    [
      'is cut',
      ({ response, socket }) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write('{"id":"half', () => socket.destroy());
      },
    ],
    ['is not JSON', sends(200, 'Hello!')],
    ['is an error', sends(200, '{"error":{"message":"inside"}}')],
  ] satisfies [string, Behaviour][])(
    'tries the next upstream when a non-streamed answer %s',
    async (_, behaviour) => {
      pair.first.next(behaviour);

      const answer = await pair.ask(false);

      expect(answer).toMatchObject({ ok: true, upstream: BOTH[1] });
    },
  );

  test('does not open the circuit breaker for requests that are too large', async () => {
    const resting = new CircuitBreakers(new FakeClock());
    for (let i = 0; i < 3; i++) {
      pair.first.next(refuses(413, 'Limit 6000, Requested 9000'));
      await pair.ask(false, { circuitBreakers: resting });
    }

    expect(resting.openIds).toEqual([]);
  });

  test('tries the next upstream after the first-byte timeout', async () => {
    const clock = new FakeClock();
    await pair.reopen({ clock, timeouts: { firstByteMs: 3_000 } });
    pair.first.next(stalls);
    const answer = pair.ask(false, { clock });
    await pair.first.received();

    clock.advance(3_000);

    expect(outcomes(await answer)).toEqual(['first/one upstream_timeout', 'second/two ok']);
    expect((await answer).attempts[0]?.ms).toBe(3_000);
  });

  test('returns the last error when every upstream fails', async () => {
    pair.first.next(refuses(500, 'first'));
    pair.second.next(refuses(429, 'second', { 'retry-after': '9' }));

    const answer = await pair.ask(false);

    expect(answer).toMatchObject({
      ok: false,
      error: { code: 'upstream_rate_limited', status: 429, retryAfterS: 9 },
    });
    expect(outcomes(answer)).toEqual([
      'first/one upstream_failed',
      'second/two upstream_rate_limited',
    ]);
  });

  test('makes at most maxAttempts attempts', async () => {
    pair.first.next(refuses(500, 'first'));

    const answer = await pair.ask(false, { maxAttempts: 1 });

    expect(answer).toMatchObject({ ok: false, error: { code: 'upstream_failed' } });
    expect(pair.second.requests).toHaveLength(0);
  });
});

describe('failover that cannot help', () => {
  test.each([400, 422])('returns a rejection of the request itself: %d', async (status) => {
    pair.first.next(refuses(status, 'messages[0] is bad'));

    const answer = await pair.ask(true);

    expect(answer).toMatchObject({ ok: false, error: { code: 'upstream_rejected', status } });
    expect(pair.second.requests).toHaveLength(0);
  });

  test('makes no attempt when the client has already disconnected', async () => {
    const answer = await pair.ask(true, { signal: AbortSignal.abort() });

    expect(answer).toMatchObject({ ok: false, error: { code: 'client_closed' }, attempts: [] });
    expect(pair.first.requests).toHaveLength(0);
  });

  test.each([true, false])(
    'makes no further attempt once the client disconnects (stream: %s)',
    async (stream) => {
      const client = new AbortController();
      pair.first.next(stalls);
      const answer = pair.ask(stream, { signal: client.signal });
      await pair.first.received();

      client.abort();

      expect(outcomes(await answer)).toEqual(['first/one client_closed']);
      await pair.first.requests[0]?.closed;
      expect(pair.second.requests).toHaveLength(0);
    },
  );

  test('throws for a provider that is not configured', async () => {
    await expect(pair.ask(false, { tries: [upstreamAt('nowhere')] })).rejects.toThrow(
      'not configured',
    );
  });

  test('returns an error when there is no upstream', async () => {
    await expect(pair.ask(false, { tries: [] })).resolves.toMatchObject({
      ok: false,
      attempts: [],
    });
  });
});
