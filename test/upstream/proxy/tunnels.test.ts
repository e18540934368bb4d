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

/** Reopens the upstreams with these settings for the provider. */
async function reach(settings: ProviderSettings, more: Parameters<Bench['reopen']>[0] = {}) {
  const openai = provider('openai', { apiKey: KEY, baseUrl: bench.fake.baseUrl, ...settings });
  await bench.reopen({ providers: new Map([['openai', openai]]), ...more });
}

describe('provider behind a proxy', () => {
  test('is called through a tunnel that is reused for the next request', async () => {
    await reach({ proxy: proxy.url });

    await bench.ask();
    await settled();
    const answer = await bench.ask();

    expect(bytesOf(answer).toString()).toContain('Hello from upstream.');
    expect(proxy.targets).toEqual([`127.0.0.1:${bench.fake.port}`]);
    expect(proxy.others).toBe(0);
    expect(bench.fake.connections).toBe(1);
  });

  test('streams without seeing the proxy password or showing the proxy its API key', async () => {
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

  test('shares no tunnel with a provider of the same URL behind another proxy or none', async () => {
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

  test('gets a request again when a reused tunnel closes without a response', async () => {
    await reach({ proxy: proxy.url });
    await bench.ask();
    await settled();
    bench.fake.next(hangsUp);

    const answer = await bench.ask();

    expect(answer.status).toBe(200);
    expect(bench.fake.requests).toHaveLength(3);
    expect(proxy.targets).toHaveLength(2);
  });

  test('gets a new tunnel when the idle one was closed', async () => {
    await reach({ proxy: proxy.url });
    await bench.ask();
    await settled();
    proxy.dropTunnels();

    expect((await bench.ask()).status).toBe(200);
    expect(proxy.targets).toHaveLength(2);
  });

  test('does not get a request again that failed on a fresh tunnel', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(hangsUp);

    await expect(bench.ask()).rejects.toMatchObject({ code: 'upstream_failed', sent: true });
    expect(bench.fake.requests).toHaveLength(1);
  });

  test('sees the connection close when the client disconnects', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    bodyOf(answer).abort();
    await expect(bench.fake.requests[0]?.closed).resolves.toBeUndefined();
  });

  test('reports a broken stream when the proxy closes the tunnel', async () => {
    await reach({ proxy: proxy.url });
    bench.fake.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    proxy.dropTunnels();

    const { failure } = await readAll(answer);
    expect(failure).toMatchObject({ code: 'upstream_cut' });
  });

  test.each(['opening', 'open'])('leaves no %s tunnel after close', async (when) => {
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

describe('TLS provider behind a proxy', () => {
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

  test('is called by TLS within the tunnel, and streams', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });

    const { text } = await readAll(await bench.askStream());
    await settled();
    await bench.ask();

    expect(text).toContain('[DONE]');
    expect(secure.requests[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(proxy.targets).toEqual([`127.0.0.1:${secure.port}`]);
    expect(secure.connections).toBe(1);
  });

  test('sees the connection close when the client disconnects', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });
    secure.next(streamsAndStalls(sse({ choices: [] })));
    const answer = await bench.askStream();

    bodyOf(answer).abort();

    await expect(secure.requests[0]?.closed).resolves.toBeUndefined();
  });

  test('gets a request again when a reused tunnel closes without a response', async () => {
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });
    await bench.ask();
    await settled();
    secure.next(hangsUp);

    expect((await bench.ask()).status).toBe(200);
    expect(proxy.targets).toHaveLength(2);
  });

  test('is named, not the proxy, when its certificate is not trusted', async () => {
    distrust();
    await reach({ baseUrl: secure.baseUrl, proxy: proxy.url });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringMatching(/^openai\/model has a self-signed certificate/u),
      sent: false,
    });
    await proxy.until(() => proxy.openSockets === 0);
  });

  test('is reached through a TLS proxy', async () => {
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

  test('is not reached through a TLS proxy with an untrusted certificate', async () => {
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

describe('proxy failure', () => {
  const basic = 'proxy-authenticate: Basic realm="x"';

  test.each([
    ['required credentials', says('407 No', basic), 'requires a user name and a password (407)'],
    [
      'an unsupported authentication scheme',
      says('407 No', 'proxy-authenticate: Negotiate', 'proxy-authenticate: NTLM'),
      'accepts only Negotiate, NTLM authentication (407)',
    ],
    ['a forbidden connection', says('403 Forbidden'), 'does not allow connections to it (403)'],
    [
      'a failed connection to the upstream',
      says('502 Bad gateway'),
      'could not connect to it (502)',
    ],
    ['an unexpected status', says('302 Found'), 'answered with status 302 instead of a tunnel'],
    [
      'a response that is not HTTP',
      utters('220 smtp ready\r\n'),
      'answered with something that is not HTTP',
    ],
    ['a closed connection', dies, 'closed the connection without an answer'],
  ])('is reported for %s', async (_what, behaviour, says) => {
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

  test('is reported for rejected credentials without quoting them', async () => {
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

  test('is reported for a refused connection', async () => {
    await reach({ proxy: `127.0.0.1:${await freePort()}` });

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_failed',
      message:
        'openai/model cannot be reached: the proxy set by providers.openai.proxy refused the connection',
      cause: { code: 'PROXY_ECONNREFUSED' },
      sent: false,
    });
  });

  test('is reported for a host name that does not resolve', async () => {
    await reach({ proxy: 'http://no-such-proxy.invalid:3128' });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringContaining('proxy has a host name that does not resolve'),
      sent: false,
    });
  });

  test('is reported for a plain HTTP proxy with an https URL', async () => {
    await reach({ proxy: proxy.url.replace('http:', 'https:') });

    await expect(bench.ask()).rejects.toMatchObject({
      message: expect.stringContaining(
        'proxy does not speak TLS; should its URL begin with http:// instead of https://?',
      ),
      sent: false,
    });
  });

  test('is reported for a proxy that does not respond in time', async () => {
    proxy.behaviour = hangs;
    await reach({ proxy: proxy.url }, { timeouts: { connectMs: 30 } });

    await expect(bench.ask()).rejects.toMatchObject({
      code: 'upstream_timeout',
      message: expect.stringContaining('the proxy set by providers.openai.proxy does not answer'),
      sent: false,
    });
    await proxy.until(() => proxy.openSockets === 0);
  });

  test('does not affect later requests once the proxy works', async () => {
    proxy.behaviour = says('503 Busy');
    await reach({ proxy: proxy.url });
    await expect(bench.ask()).rejects.toMatchObject({ sent: false });

    proxy.behaviour = grants;

    expect((await bench.ask()).status).toBe(200);
  });
});
