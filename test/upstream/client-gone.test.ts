import { answers, sse, stalls, streamsAndStalls } from '../support/fake-upstream.js';
import { Bench, bodyOf, readAll, settled } from './support.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('upstream call of a client that disconnects', () => {
  const gone = { code: 'client_closed' };

  test('sends nothing when the client has already disconnected', async () => {
    const signal = AbortSignal.abort();

    await expect(bench.ask({ signal })).rejects.toMatchObject(gone);
    await settled();

    expect(bench.fake.requests).toHaveLength(0);
  });

  test('is cancelled while it waits for a connection', async () => {
    await bench.reopen({ connections: 1 });
    let finish: () => void = () => undefined;
    bench.fake.next((exchange) => {
      finish = () => {
        answers()(exchange);
      };
    });
    const first = bench.ask();
    await bench.fake.received();
    const client = new AbortController();
    const second = bench.ask({ signal: client.signal });

    client.abort();
    await expect(second).rejects.toMatchObject({ ...gone, sent: false });
    finish();
    await first;
    await settled();
    await bench.ask();

    expect(bench.fake.requests).toHaveLength(2);
    expect(bench.fake.connections).toBe(1);
  });

  test.each([true, false])(
    'closes the connection before the response headers (stream: %s)',
    async (stream) => {
      bench.fake.next(stalls);
      const client = new AbortController();
      const answer = bench.ask({ stream, signal: client.signal });
      await bench.fake.received();

      client.abort();

      await expect(answer).rejects.toMatchObject(gone);
      await bench.fake.requests[0]?.closed;
    },
  );

  test('closes the connection while reading a complete response', async () => {
    bench.fake.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"half":');
    });
    const client = new AbortController();
    const answer = bench.ask({ signal: client.signal });
    await bench.fake.received();
    await settled();

    client.abort();

    await expect(answer).rejects.toMatchObject(gone);
    await bench.fake.requests[0]?.closed;
  });

  test('closes the connection in the middle of a stream', async () => {
    bench.fake.next(streamsAndStalls(sse({ i: 1 })));
    const client = new AbortController();
    const answer = await bench.askStream({ signal: client.signal });
    const read = readAll(answer);

    client.abort();

    await expect(read).resolves.toMatchObject({ failure: gone });
    await bench.fake.requests[0]?.closed;
  });

  test('calls no callback after the reader aborts', async () => {
    bench.fake.next(streamsAndStalls(sse({ i: 1 })));
    const answer = await bench.askStream();
    let told = false;
    const tell = (): void => {
      told = true;
    };
    bodyOf(answer).read({ data: () => undefined, end: tell, fail: tell });

    bodyOf(answer).abort();
    bodyOf(answer).abort();
    await bench.fake.requests[0]?.closed;

    expect(told).toBe(false);
  });
});
