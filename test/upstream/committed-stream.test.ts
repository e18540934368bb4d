import { GatewayError } from '../../src/core/errors.js';
import {
  type Behaviour,
  DONE,
  errorEvent,
  sse,
  streams,
  streamsAndBreaks,
  streamsAndStalls,
  textEvents,
} from '../support/fake-upstream.js';
import { FakeClock } from '../support/fake-clock.js';
import { BOTH, Pair, seen, streamOf } from './failover-support.js';
import { settled } from './support.js';

let pair: Pair;

beforeEach(async () => {
  pair = await Pair.start();
});

afterEach(async () => {
  await pair.close();
});

describe('CommittedStream', () => {
  const WORDS = textEvents('One two three.');
  const [role = '', one = '', two = ''] = WORDS;

  test.each([
    ['an error event', streams(role, one, errorEvent('broke'))],
    ['a broken connection', streamsAndBreaks(role, one)],
    ['a premature end', streams(role, one)],
    ['malformed JSON', streams(role, one, 'data: {"half\n\n')],
  ])('ends with an error event after %s and does not fail over', async (_, behaviour) => {
    pair.first.next(({ response, ...exchange }) => {
      // The error must not arrive with the first words, or the gateway would still fail over.
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(role + one, () => {
        setTimeout(() => {
          behaviour({ ...exchange, response: withoutHead(response, [role, one]) });
        }, 5);
      });
    });

    const answer = await pair.ask(true);
    const { text, failure } = await seen(answer);

    expect(answer).toMatchObject({ ok: true, upstream: BOTH[0] });
    expect(text).toContain('One');
    expect(text).toContain('data: {"error":');
    expect(text).not.toContain('[DONE]');
    expect(failure).toBeInstanceOf(GatewayError);
    expect(pair.second.requests).toHaveLength(0);
  });

  test('delivers the words that arrive together with an error event', async () => {
    pair.first.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(role + one, () => {
        setTimeout(() => response.end(two + errorEvent('broke')), 5);
      });
    });

    const { text, failure } = await seen(await pair.ask(true));

    expect(text).toContain('"content":" two"');
    expect(failure).toMatchObject({ message: expect.stringContaining('broke') });
  });

  test('closes the upstream connection after an error event', async () => {
    pair.first.next(streamsAndStalls(errorEvent('overloaded')));

    const answer = await pair.ask(true);
    await pair.first.requests[0]?.closed;

    expect(answer).toMatchObject({ ok: true, upstream: BOTH[1] });
  });

  test('makes no further call to a client that disconnects during the last write', async () => {
    pair.first.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(role + one, () => {
        setTimeout(() => response.end(WORDS.slice(2).join('') + DONE), 5);
      });
    });
    const stream = streamOf(await pair.ask(true));
    let told = 0;
    const tell = (): void => {
      told += 1;
    };

    await new Promise<void>((resolve) => {
      stream.pipe({
        write: (bytes) => {
          if (!bytes.includes(DONE)) return true;
          stream.abort();
          resolve();
          return false;
        },
        end: tell,
        fail: tell,
      });
    });
    await settled();

    expect(told).toBe(0);
  });

  test('delivers events that arrived before it was read', async () => {
    pair.first.next(streams(...WORDS, DONE));

    const answer = await pair.ask(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    const { text } = await seen(answer);

    expect(text.match(/"content":"[^"]+"/gu)).toEqual([
      '"content":"One"',
      '"content":" two"',
      '"content":" three."',
    ]);
    expect(text.endsWith(DONE)).toBe(true);
  });

  test('waits for a slow client and loses no events', async () => {
    const events = textEvents('word '.repeat(2_000));
    pair.first.next(streams(...events, DONE));
    const answer = await pair.ask(true);
    const stream = streamOf(answer);

    let words = 0;
    let isFull = false;
    let wroteWhileFull = 0;
    await new Promise<void>((resolve, reject) => {
      stream.pipe({
        write: (bytes) => {
          words += bytes.toString().split('"content":').length - 1;
          if (isFull) wroteWhileFull += 1;
          isFull = true;
          setImmediate(() => {
            isFull = false;
            stream.drained();
          });
          return false;
        },
        end: resolve,
        fail: reject,
      });
    });

    // Every word, and the empty content of the opening chunk.
    expect(words).toBe(2_001);
    // A read in progress still completes; without back-pressure there would be far more.
    expect(wroteWhileFull).toBeLessThan(100);
  });

  test('closes the upstream connection when aborted', async () => {
    pair.first.next(streamsAndStalls(role, one, two));
    const answer = await pair.ask(true);
    const stream = streamOf(answer);
    let told = 0;
    const tell = (): void => {
      told += 1;
    };
    stream.pipe({ write: () => true, end: tell, fail: tell });

    stream.abort();
    await pair.first.requests[0]?.closed;
    stream.drained();

    expect(told).toBe(0);
    expect(stream.summary.outputChars).toBeGreaterThan(0);
  });

  test('is committed after a very long opening without text', async () => {
    const padding = sse({
      id: 'x',
      object: 'chat.completion.chunk',
      choices: [],
      pad: 'p'.repeat(70_000),
    });
    pair.first.next(streamsAndStalls(role, padding));

    const answer = await pair.ask(true);

    expect(answer).toMatchObject({ ok: true, kind: 'stream', upstream: BOTH[0] });
    streamOf(answer).abort();
  });
});

describe('CommittedStream with a complete answer', () => {
  const WHOLE = [...textEvents('One two.'), DONE].join('');
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    await pair.reopen({ clock });
  });

  /** Resolves when no attempt has a pending timer. */
  async function timersCleared(): Promise<void> {
    while (clock.waiting > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  test('ends although the upstream keeps its connection open', async () => {
    pair.first.next(streamsAndStalls(WHOLE));

    const { text, failure } = await seen(await pair.ask(true));

    expect(failure).toBeNull();
    expect(text.endsWith(DONE)).toBe(true);
  });

  test('closes an open connection a second later and leaves no timer', async () => {
    pair.first.next(streamsAndStalls(WHOLE));
    await seen(await pair.ask(true));

    clock.advance(999);
    const openBefore = pair.first.openSockets;
    clock.advance(1);
    await pair.first.requests[0]?.closed;
    await timersCleared();

    expect(openBefore).toBe(1);
  });

  test('ignores a connection reset afterwards', async () => {
    pair.first.next(({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(WHOLE, () => setTimeout(() => socket.resetAndDestroy(), 20));
    });
    const answer = await pair.ask(true);

    const { text, failure } = await seen(answer);
    await timersCleared();

    expect(failure).toBeNull();
    expect(text.endsWith(DONE)).toBe(true);
  });

  test('reuses a connection whose response ends shortly afterwards', async () => {
    pair.first.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(WHOLE, () => setTimeout(() => response.end(': bye\n\n'), 20));
    });
    await seen(await pair.ask(true));
    await timersCleared();
    await settled();

    await seen(await pair.ask(true));

    expect(pair.first.connections).toBe(1);
  });

  test('ends for a slow client that starts reading after completion', async () => {
    pair.first.next(streamsAndStalls(WHOLE));
    const stream = streamOf(await pair.ask(true));
    await settled();

    const ends = new Promise<string>((resolve) => {
      let text = '';
      stream.pipe({
        write: (bytes) => {
          text += bytes.toString();
          return false;
        },
        end: () => {
          resolve(text);
        },
        fail: () => {
          resolve('failed');
        },
      });
      stream.drained();
    });

    expect((await ends).endsWith(DONE)).toBe(true);
  });

  test('records usage that arrives after the finish reason', async () => {
    pair.first.next((exchange) => {
      streamsAndStalls(...textEvents('One two.', exchange.request), DONE)(exchange);
    });
    const answer = await pair.ask(true);

    await seen(answer);

    expect(streamOf(answer).summary.usage).toMatchObject({ inputTokens: 11, outputTokens: 7 });
  });
});

type Response = Parameters<Behaviour>[0]['response'];

/** The response, with its head and first chunks already sent. */
function withoutHead(response: Response, sent: readonly string[]): Response {
  return new Proxy(response, {
    get: (target, name) => {
      if (name === 'writeHead') return () => target;
      if (name === 'write') {
        return (chunk: string) => sent.includes(chunk) || target.write(chunk);
      }
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
