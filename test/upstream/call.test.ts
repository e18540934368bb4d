import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type Behaviour, refuses, sends } from '../support/fake-upstream.js';
import { Bench, bytesOf, KEY, provider, readAll, upstreamAt } from './support.js';

let bench: Bench;

beforeEach(async () => {
  bench = await Bench.start();
});

afterEach(async () => {
  await bench.close();
});

describe('upstream request', () => {
  test('sends the body unchanged, with the default headers and the API key', async () => {
    await bench.ask({ body: Buffer.from('{"model":"model","x":1}') });

    const [seen] = bench.fake.requests;
    expect(seen).toMatchObject({ method: 'POST', path: '/v1/chat/completions' });
    expect(seen?.body).toBe('{"model":"model","x":1}');
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${KEY}`,
      'content-type': 'application/json',
      'content-length': '23',
      accept: 'application/json',
      'accept-encoding': 'identity',
      'user-agent': 'suffice/9.9.9',
    });
  });

  test('asks for an event stream when streaming', async () => {
    await readAll(await bench.askStream());

    expect(bench.fake.requests[0]?.headers.accept).toBe('text/event-stream');
  });

  test('sends configured headers and keeps the query of the base URL', async () => {
    const custom = provider('custom', {
      baseUrl: `${bench.fake.baseUrl}/deep/?api-version=7`,
      headers: { 'X-Team': 'blue', 'User-Agent': 'other' },
    });
    await bench.reopen({ providers: new Map([['custom', custom]]) });

    await bench.ask({ upstream: upstreamAt('custom') });

    const [seen] = bench.fake.requests;
    expect(seen?.path).toBe('/v1/deep/chat/completions?api-version=7');
    expect(seen?.headers).toMatchObject({ 'x-team': 'blue', 'user-agent': 'other' });
    expect(seen?.headers.authorization).toBeUndefined();
  });

  test('throws for a provider that is not configured', async () => {
    await expect(bench.ask({ upstream: upstreamAt('nowhere') })).rejects.toThrow('not configured');
  });
});

describe('upstream response', () => {
  test('resolves with status, headers and body', async () => {
    bench.fake.next(sends(200, '{"a":1}', { 'X-Thing': 'yes' }));

    const answer = await bench.ask();

    expect(answer.status).toBe(200);
    expect(answer.header('x-thing')).toBe('yes');
    expect(answer.header('retry-after')).toBeUndefined();
    expect(bytesOf(answer).toString()).toBe('{"a":1}');
  });

  test('joins a body that arrives in several chunks', async () => {
    const body = JSON.stringify({ text: 'x'.repeat(300_000) });
    bench.fake.next(sends(200, body));

    const answer = await bench.ask();

    expect(bytesOf(answer).toString()).toBe(body);
  });

  test('fails when the body exceeds 64 MiB', async () => {
    bench.fake.next(({ response }) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      const piece = Buffer.alloc(8 * 1024 * 1024, 'x');
      for (let i = 0; i < 9; i++) response.write(piece);
    });

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: expect.stringContaining('67108864'),
      sent: true,
    });
    await bench.fake.requests[0]?.closed;
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('decodes %s although it was not requested', async (encoding, compress) => {
    bench.fake.next(sends(200, compress('{"plain":true}'), { 'content-encoding': encoding }));

    const answer = await bench.ask();

    expect(bytesOf(answer).toString()).toBe('{"plain":true}');
  });

  test.each([
    ['an unknown encoding', sends(200, 'x', { 'content-encoding': 'pigeon' }), 'upstream_failed'],
    [
      'a body that does not match its encoding',
      sends(200, 'x', { 'content-encoding': 'gzip' }),
      'upstream_cut',
    ],
    [
      'a truncated compressed body',
      sends(200, gzipSync('{"plain":true}').subarray(0, 20), { 'content-encoding': 'gzip' }),
      'upstream_cut',
    ],
  ] satisfies [string, Behaviour, string][])('fails on %s', async (_, behaviour, code) => {
    bench.fake.next(behaviour);

    await expect(bench.ask()).rejects.toMatchObject({ code });
  });

  test('names an encoding that it cannot decode', async () => {
    bench.fake.next(sends(200, 'x', { 'content-encoding': 'zstd' }));

    await expect(bench.ask()).rejects.toThrow(
      'answered with an unsupported content-encoding: zstd',
    );
  });
});

describe('upstream error response', () => {
  test.each([400, 401, 404, 408, 429, 500, 503])(
    'resolves with status %d and the whole body, even for a streaming request',
    async (status) => {
      bench.fake.next(refuses(status, 'no', { 'retry-after': '7' }));

      const answer = await bench.askStream();

      expect(answer).toMatchObject({ kind: 'whole', status });
      expect(answer.header('retry-after')).toBe('7');
      expect(bytesOf(answer).toString()).toContain('"message":"no"');
    },
  );

  test('passes on the HTML error page of an intermediate proxy', async () => {
    bench.fake.next(sends(502, '<html>Bad Gateway</html>', { 'content-type': 'text/html' }));

    const answer = await bench.ask();

    expect(bytesOf(answer).toString()).toBe('<html>Bad Gateway</html>');
  });

  test('reads at most 64 KiB and closes the connection', async () => {
    bench.fake.next(({ response }) => {
      response.writeHead(500, { 'content-type': 'text/plain' });
      response.write('e'.repeat(200_000));
    });

    const answer = await bench.ask();

    expect(bytesOf(answer)).toHaveLength(65_536);
    await bench.fake.requests[0]?.closed;
  });

  test('does not follow a redirect', async () => {
    bench.fake.next(sends(307, '', { location: 'http://127.0.0.1:1/steal' }));

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'openai/model: answered with a redirect (307)',
    });
    expect(bench.fake.requests).toHaveLength(1);
  });
});
