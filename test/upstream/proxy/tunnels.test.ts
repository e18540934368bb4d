import type { ProviderSettings } from '../../../src/upstream/providers.js';
import { selfSigned, trust, type Certificate } from '../../support/certificate.js';
import { FakeProxy, demands, dies, grants, hangs, says, utters } from '../../support/fake-proxy.js';
import {
  FakeUpstream,
  hangsUp,
  stalls,
  streamsAndStalls,
  sse,
} from '../../support/fake-upstream.js';
import { Bench, bodyOf, bytesOf, KEY, provider, readAll, settled, upstreamAt } from '../support.js';
import { freePort } from '../../support/free-port.js';

const PASSWORD = 'p@ss/word 1';
const USER = 'gate:p%40ss%2Fword%201';

let bench: Bench;
let proxy: FakeProxy;
let certificate: Certificate;

beforeAll(async () => {
  certificate = await selfSigned();
});

afterAll(async () => {
  await certificate.close();
});

beforeEach(async () => {
  bench = await Bench.start();
  proxy = await FakeProxy.start();
});

afterEach(async () => {
  await bench.close();
  await proxy.close();
});

/** Has the provider be reached by way of a proxy. */
async function reach(settings: ProviderSettings, more: Parameters<Bench['reopen']>[0] = {}) {
  const openai = provider('openai', { apiKey: KEY, baseUrl: bench.fake.baseUrl, ...settings });
  await bench.reopen({ providers: new Map([['openai', openai]]), ...more });
}

describe('a provider by way of a proxy', () => {
  test('is asked through a tunnel, which is kept for the next request', async () => {
    await reach({ proxy: proxy.url });

    await bench.ask();
    await settled();
    const answer = await bench.ask();

    expect(bytesOf(answer).toString()).toContain('Hello from upstream.');
    expect(proxy.targets).toEqual([`127.0.0.1:${bench.fake.port}`]);
    expect(proxy.others).toBe(0);
    expect(bench.fake.connections).toBe(1);
  });

  test('streams, and is shown neither the proxy’s password nor the proxy its key', async () => {
    const heads: string[] = [];
    proxy.behaviour = (asked) => {
      heads.push(JSON.stringify(asked.request.headers));
      demands(`gate:${PASSWORD}`)(asked);
    };
    await reach({ proxy: proxy.urlWith(USER) });

    const { text, failure } = await readAll(await bench.askStream());

    expect(failure).toBeNull();
    expect(text).toContain('[DONE]');
    expect(heads.join()).not.toContain(KEY);
    expect(bench.fake.requests[0]?.headers['proxy-authorization']).toBeUndefined();
  });

  test('shares no tunnel with one at the same place behind another proxy, or behind none', async () => {
    const other = await FakeProxy.start();
    const { baseUrl } = bench.fake;
    const at = (name: string, way: string | null) =>
      [name, provider(name, { baseUrl, proxy: way })] as const;
    const providers = new Map([at('a', proxy.url), at('b', other.url), at('c', null)]);
    await bench.reopen({ providers });
    const askAll = async () => {
      for (const name of providers.keys()) await bench.ask({ upstream: upstreamAt(name) });
      await settled();
    };

    await askAll();
    await askAll();

    expect([proxy, other].map(({ targets }) => targets.length)).toEqual([1, 1]);
    expect(bench.fake.connections).toBe(3);
    await other.close();
  });

  test('sends the request again when a kept tunnel is closed under it', async () => {
    await reach({ proxy: proxy.url });
    await bench.ask();
    await settled();
    bench.fake.next(hangsUp);

    const answer = await bench.ask();

    expect(answer.status).toBe(200);
    expect(bench.fake.requests).toHaveLength(3);
    expect(proxy.targets).toHaveLength(2);
  });

  test('opens another tunnel when the kept one was dropped meanwhile', async () => {
    await reach({ proxy: proxy.url });
    await bench.ask();
    await settled();
    proxy.dropTunnels();

    expect((await bench.ask()).status).toBe(200);
    expect(proxy.targets).toHaveLength(2);
  });

  test('does not send again what failed on a fresh tunnel', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(hangsUp);

    await expect(bench.ask()).rejects.toMatchObject({ code: 'upstream_failed', sent: true });
    expect(bench.fake.requests).toHaveLength(1);
  });

  test('is told at once that the client has gone', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    bodyOf(answer).abort();
    await expect(bench.fake.requests[0]?.closed).resolves.toBeUndefined();
  });

  test('breaks off where the proxy does', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    proxy.dropTunnels();

    const { failure } = await readAll(answer);
    expect(failure).toMatchObject({ code: 'upstream_cut' });
  });

  test.each(['opening', 'open'])('leaves no tunnel %s after close', async (when) => {
    if (when === 'opening') proxy.behaviour = hangs;
    bench.fake.next(stalls);
    await reach({ proxy: proxy.url });
    const failed = bench.ask().catch((error: unknown) => error);
    await (when === 'open' ? bench.fake.received() : proxy.until(() => proxy.targets.length > 0));

    await bench.upstreams.close();

    expect(await failed).toMatchObject({ code: 'upstream_failed' });
    await proxy.until(() => proxy.openSockets === 0);
  });
});

describe('a provider that speaks TLS', () => {
  let secure: FakeUpstream;
  let distrust: () => void;

  beforeEach(async () => {
    secure = await FakeUpstream.start(certificate);
    distrust = trust(certificate);
  });

  afterEach(async () => {
    distrust();
    await secure.close();
  });

  test('is spoken to by TLS within the tunnel, and streams', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });

    const { text } = await readAll(await bench.askStream());
    await settled();
    await bench.ask();

    expect(text).toContain('[DONE]');
    expect(secure.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(proxy.targets).toEqual([`127.0.0.1:${secure.port}`]);
    expect(secure.connections).toBe(1);
  });

  test('is told at once that the client has gone', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });
    secure.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    bodyOf(answer).abort();

    await expect(secure.requests[0]?.closed).resolves.toBeUndefined();
  });

  test('sends the request again when a kept tunnel is closed under it', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });
    await bench.ask();
    await settled();
    secure.next(hangsUp);

    expect((await bench.ask()).status).toBe(200);
    expect(proxy.targets).toHaveLength(2);
  });

  test('is told from the proxy when its certificate is not trusted', async () => {
    distrust();
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringMatching(/^openai\/model has a self-signed certificate/u),
      sent: false,
    });
    await proxy.until(() => proxy.openSockets === 0);
  });

  test('is reached by way of a proxy that speaks TLS itself', async () => {
    const safe = await FakeProxy.start(certificate);
    safe.behaviour = demands(`gate:${PASSWORD}`);
    try {
      await reach({ baseUrl: secure.baseUrl, proxy: safe.urlWith(USER) });

      const { text } = await readAll(await bench.askStream());

      expect(text).toContain('[DONE]');
      expect(safe.targets).toEqual([`127.0.0.1:${secure.port}`]);
    } finally {
      await bench.upstreams.close();
      await safe.until(() => safe.openSockets === 0);
      await safe.close();
    }
  });

  test('is not reached by way of a proxy whose certificate is not trusted', async () => {
    distrust();
    const safe = await FakeProxy.start(certificate);
    try {
      await reach({ baseUrl: secure.baseUrl, proxy: safe.url });

      await expect(bench.ask()).rejects.toMatchObject({
        message: expect.stringContaining('proxy has a self-signed certificate'),
        sent: false,
      });
    } finally {
      await safe.close();
    }
  });
});

describe('a proxy that gives no tunnel is said to', () => {
  const basic = 'proxy-authenticate: Basic realm="x"';

  test.each([
    ['ask for a password', says('407 No', basic), 'requires a user name and a password (407)'],
    [
      'want another proof than a password',
      says('407 No', 'proxy-authenticate: Negotiate', 'proxy-authenticate: NTLM'),
      'accepts only Negotiate, NTLM authentication (407)',
    ],
    ['forbid it', says('403 Forbidden'), 'does not allow connections to it (403)'],
    ['reach it no better', says('502 Bad gateway'), 'could not connect to it (502)'],
    ['answer something else', says('302 Found'), 'answered with status 302 instead of a tunnel'],
    ['speak no HTTP', utters('220 smtp ready\r\n'), 'answered with something that is not HTTP'],
    ['die', dies, 'closed the connection without an answer'],
  ])('%s', async (_what, behaviour, says) => {
    proxy.behaviour = behaviour;
    await reach({ proxy: proxy.url });

    const message = `openai/model cannot be reached: the proxy set by providers.openai.proxy ${says}`;
    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: expect.stringContaining(message),
      sent: false,
    });
    expect(proxy.targets).toHaveLength(1);
  });

  test('reject a password, without saying which', async () => {
    proxy.behaviour = demands('gate:another');
    await reach({ proxy: proxy.urlWith(USER) });

    const error: unknown = await bench.ask().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({
      message:
        'openai/model cannot be reached: the proxy set by providers.openai.proxy rejects the user name or the password in its URL (407)',
      cause: { code: 'PROXY_407' },
      sent: false,
    });
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/p@ss|p%40ss/u);
  });

  test('refuse the connection', async () => {
    await reach({ proxy: `127.0.0.1:${await freePort()}` });

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message:
        'openai/model cannot be reached: the proxy set by providers.openai.proxy refused the connection',
      cause: { code: 'PROXY_ECONNREFUSED' },
      sent: false,
    });
  });

  test('have a name that does not resolve', async () => {
    await reach({ proxy: 'http://no-such-proxy.invalid:3128' });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringContaining('proxy has a host name that does not resolve'),
      sent: false,
    });
  });

  test('speak no TLS where its URL says so', async () => {
    await reach({ proxy: proxy.url.replace('http:', 'https:') });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringContaining(
        'proxy does not speak TLS; should its URL begin with http:// instead of https://?',
      ),
      sent: false,
    });
  });

  test('give no answer in time', async () => {
    proxy.behaviour = hangs;
    await reach({ proxy: proxy.url }, { timeouts: { connectMs: 30 } });

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('the proxy set by providers.openai.proxy does not answer'),
      sent: false,
    });
    await proxy.until(() => proxy.openSockets === 0);
  });

  test('be well again, once it is', async () => {
    proxy.behaviour = says('503 Busy');
    await reach({ proxy: proxy.url });
    await expect(bench.ask()).rejects.toMatchObject({ sent: false });

    proxy.behaviour = grants;

    expect((await bench.ask()).status).toBe(200);
  });
});
