import { FakeClock } from '../support/fake-clock.js';
import { sse, stalls, streamsAndStalls } from '../support/fake-upstream.js';
import { Bench, bodyOf, readAll, settled } from './support.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('upstream timeouts', () => {
  const timeouts = { connectMs: 100, firstByteMs: 1_000, idleMs: 500, totalMs: 5_000 };
  let clock: FakeClock;

  beforeEach(async () => {
    clock = new FakeClock();
    await bench.reopen({ clock, timeouts });
  });

  test('fail a request without a first byte in time', async () => {
    bench.fake.next(stalls);
    const answer = bench.ask();
    await bench.fake.received();

    clock.advance(999);
    clock.advance(1);

    await expect(answer).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: 'openai/model: no first byte within 1000 ms',
      sent: true,
    });
    await bench.fake.requests[0]?.closed;
    expect(clock.waiting).toBe(0);
  });

  test('do not count headers as the first byte', async () => {
    bench.fake.next(streamsAndStalls());
    const answer = bench.askStream();
    await bench.fake.received();
    await settled();

    clock.advance(1_000);

    await expect(answer).rejects.toMatchObject({ message: expect.stringContaining('first byte') });
  });

  test('fail a stream that goes idle', async () => {
    bench.fake.next(streamsAndStalls(sse({ i: 1 })));
    const answer = await bench.askStream();
    const read = readAll(answer);
    clock.advance(499);
    clock.advance(1);

    await expect(read).resolves.toEqual({
      text: sse({ i: 1 }),
      failure: { code: 'upstream_timeout', message: 'openai/model: no further data for 500 ms' },
    });
    await bench.fake.requests[0]?.closed;
  });

  test('let a slow stream continue up to the total limit', async () => {
    let drip: () => void = () => undefined;
    bench.fake.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      drip = () => response.write(sse({ drip: true }));
      drip();
    });
    const answer = await bench.askStream();
    let chunks = 0;
    let failure: string | null = null;
    let onChunk: () => void = () => undefined;
    bodyOf(answer).read({
      data: () => {
        chunks += 1;
        onChunk();
      },
      end: () => undefined,
      fail: (error) => {
        failure = error.message;
      },
    });

    for (let i = 0; i < 12; i++) {
      clock.advance(400);
      const next = new Promise<void>((resolve) => {
        onChunk = resolve;
      });
      drip();
      await next;
    }
    expect(failure).toBeNull();
    clock.advance(200);

    expect(chunks).toBe(13);
    expect(failure).toBe('openai/model: no complete answer within 5000 ms');
  });

  test('do not count pauses by the reader as idle time', async () => {
    bench.fake.next(streamsAndStalls(sse({ i: 1 })));
    const answer = await bench.askStream();
    let failed = false;
    bodyOf(answer).read({
      data: () => {
        bodyOf(answer).pause();
      },
      end: () => undefined,
      fail: () => {
        failed = true;
      },
    });

    clock.advance(3_000);
    expect(failed).toBe(false);
    bodyOf(answer).resume();
    clock.advance(499);
    expect(failed).toBe(false);
    clock.advance(1);

    expect(failed).toBe(true);
  });

  test('fail a request that gets no connection in time', async () => {
    await bench.reopen({ clock, timeouts, connections: 1 });
    bench.fake.next(stalls);
    const first = bench.ask();
    const outcome = first.catch((error: unknown) => error);
    await bench.fake.received();
    const second = bench.ask();

    clock.advance(100);

    await expect(second).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: 'openai/model: no connection within 100 ms',
      sent: false,
    });
    clock.advance(900);
    await expect(outcome).resolves.toMatchObject({ code: 'upstream_timeout' });
    expect(bench.fake.requests).toHaveLength(1);
  });

  test('leave no timer after success', async () => {
    await bench.ask();
    await readAll(await bench.askStream());

    expect(clock.waiting).toBe(0);
  });
});
