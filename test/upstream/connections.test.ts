import { type Socket } from 'node:net';
import { answers, type Behaviour, hangsUp, stalls, writesRaw } from '../support/fake-upstream.js';
import { Bench, KEY, provider, settled, upstreamAt } from './support.js';
import { freePort } from '../support/free-port.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('connection pool', () => {
  test('reuses a connection for the next request', async () => {
    await bench.ask();
    await settled();
    await bench.ask();

    expect(bench.fake.connections).toBe(1);
  });

  test('stays within its limit and serves all requests', async () => {
    await bench.reopen({ connections: 3 });

    const all = await Promise.all(Array.from({ length: 20 }, () => bench.ask()));

    expect(all.map((answer) => answer.status)).toEqual(Array(20).fill(200));
    expect(bench.fake.connections).toBeLessThanOrEqual(3);
  });

  test('replaces an idle connection that the upstream has closed', async () => {
    await bench.ask();
    await settled();
    bench.fake.dropConnections();

    const answer = await bench.ask();

    expect(answer.status).toBe(200);
    expect(bench.fake.connections).toBe(2);
  });

  test('resends a request when a reused connection closes without a response', async () => {
    await bench.ask();
    await settled();
    bench.fake.next(hangsUp);

    const answer = await bench.ask();

    expect(answer.status).toBe(200);
    expect(bench.fake.requests).toHaveLength(3);
  });

  test('resends on a fresh connection when several connections have gone stale', async () => {
    bench.fake.always(answersOnce());
    await Promise.all([bench.ask(), bench.ask(), bench.ask()]);
    await settled();

    const later = await Promise.all([bench.ask(), bench.ask()]);

    expect(later.map(({ status }) => status)).toEqual([200, 200]);
    expect(bench.fake.requests).toHaveLength(7);
  });

  test('closes the fresh connection after its response', async () => {
    bench.fake.always(answersOnce());
    await bench.ask();
    await settled();

    await bench.ask();

    await bench.fake.until(() => bench.fake.openSockets === 0);
    expect(bench.fake.requests.at(-1)?.headers.connection).toBe('close');
  });

  test('ends a resent request on close', async () => {
    bench.fake.always(answersOnce(stalls));
    await bench.ask();
    await settled();
    const pending = bench.ask();
    await bench.fake.received(3);

    await bench.upstreams.close();

    await expect(pending).rejects.toMatchObject({ code: 'upstream_failed' });
    await bench.fake.until(() => bench.fake.openSockets === 0);
  });

  test('resends a request only once', async () => {
    await Promise.all([bench.ask(), bench.ask()]);
    await settled();
    bench.fake.always(hangsUp);

    await expect(bench.ask()).rejects.toMatchObject({ code: 'upstream_failed', sent: true });
    expect(bench.fake.requests).toHaveLength(4);
  });

  test('does not resend a request that failed on a fresh connection', async () => {
    bench.fake.next(hangsUp);

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'openai/model closed the connection without an answer',
      sent: true,
    });
    expect(bench.fake.requests).toHaveLength(1);
  });

  test('leaves no socket open after close', async () => {
    bench.fake.next(answers(), stalls);
    await bench.ask();
    const pending = bench.ask();
    await bench.fake.received(2);

    await bench.upstreams.close();

    await expect(pending).rejects.toMatchObject({ code: 'upstream_failed' });
    await bench.fake.until(() => bench.fake.openSockets === 0);
    expect(bench.fake.openSockets).toBe(0);
  });
});

describe('unreachable upstream', () => {
  test('reports a refused connection and that nothing was sent', async () => {
    const port = await freePort();
    const gone = provider('gone', { baseUrl: `http://127.0.0.1:${port}` });
    await bench.reopen({ providers: new Map([['gone', gone]]) });

    await expect(bench.ask({ upstream: upstreamAt('gone') })).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'gone/model refused the connection',
      sent: false,
    });
  });

  test('reports a host name that does not resolve', async () => {
    const lost = provider('lost', { baseUrl: 'http://no-such-host.invalid' });
    await bench.reopen({ providers: new Map([['lost', lost]]) });

    await expect(bench.ask({ upstream: upstreamAt('lost') })).rejects.toMatchObject({
      code: 'upstream_failed',
      message: expect.stringContaining('does not resolve'),
      sent: false,
    });
  });

  test('reports a response that is not HTTP', async () => {
    bench.fake.next(writesRaw('220 smtp.example.com ESMTP\r\n', 'stay'));

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'openai/model answered with something that is not HTTP',
    });
  });

  test('keeps the API key out of errors', async () => {
    bench.fake.always(hangsUp);

    const error: unknown = await bench.ask().catch((thrown: unknown) => thrown);

    expect(`${String(error)} ${JSON.stringify(error)}`).not.toContain(KEY);
    expect(JSON.stringify(provider('openai', { apiKey: KEY }))).not.toContain(KEY);
  });
});

/** Answers the first request on each connection and hangs up on the second, as firewalls do with idle ones. */
function answersOnce(laterConnections: Behaviour = answers()): Behaviour {
  const used = new WeakSet<Socket>();
  let isFirst = true;
  return (exchange) => {
    const isUsed = used.has(exchange.socket);
    used.add(exchange.socket);
    if (isUsed) {
      isFirst = false;
      hangsUp(exchange);
    } else (isFirst ? answers() : laterConnections)(exchange);
  };
}
