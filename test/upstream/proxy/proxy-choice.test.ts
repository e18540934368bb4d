import { isExempt } from '../../../src/upstream/proxy/no-proxy.js';
import { OutgoingProxy } from '../../../src/upstream/proxy/outgoing-proxy.js';
import { ProxyChoice } from '../../../src/upstream/proxy/proxy-choice.js';
import { resolveProvider } from '../../../src/upstream/providers.js';
import { provider } from '../support.js';

const HTTPS = 'https://api.example.com/v1';

describe('NO_PROXY', () => {
  test.each([
    ['api.example.com', HTTPS],
    ['example.com', HTTPS],
    ['.example.com', HTTPS],
    ['*.example.com', HTTPS],
    ['EXAMPLE.com.', HTTPS],
    ['other.org, example.com', HTTPS],
    ['other.org example.com', HTTPS],
    ['*', HTTPS],
    ['.api.example.com', HTTPS],
    ['example.com:443', HTTPS],
    ['example.com:8000', 'http://api.example.com:8000'],
    ['10.1.2.3', 'http://10.1.2.3:8000'],
    ['10.1.2.3:8000', 'http://10.1.2.3:8000'],
    ['10.0.0.0/8', 'http://10.1.2.3'],
    ['10.1.2.2/31', 'http://10.1.2.3'],
    ['fd00::/8', 'http://[fd12::1]:8000'],
    ['2001:db8::1', 'http://[2001:db8:0::1]'],
    ['[2001:db8::1]:8000', 'http://[2001:db8::1]:8000'],
  ])('%s exempts %s', (list, url) => {
    expect(isExempt(list, new URL(url))).toBe(true);
  });

  test.each([
    ['', HTTPS],
    [' , ', HTTPS],
    ['.', HTTPS],
    ['ample.com', HTTPS],
    ['www.api.example.com', HTTPS],
    ['example.com:80', HTTPS],
    ['example.*', HTTPS],
    ['10.0.0.0/8', 'http://11.1.2.3'],
    ['10.0.0.0/33', 'http://10.0.0.0'],
    ['10.0.0.0/x', 'http://10.0.0.0'],
    ['1.2.3', 'http://10.1.2.3'],
    ['2.3', 'http://10.1.2.3'],
    ['[2001:db8::1]:8001', 'http://[2001:db8::1]:8000'],
    ['10.0.0.0/8', HTTPS],
  ])('%s does not exempt %s', (list, url) => {
    expect(isExempt(list, new URL(url))).toBe(false);
  });
});

describe('proxy selection', () => {
  const choice = (variables: Record<string, string>, own?: string | null) =>
    new ProxyChoice({ own, source: 'providers.p.proxy', variables });
  const source = (chosen: ProxyChoice, url: string) =>
    chosen.proxyFor(new URL(url))?.source ?? null;
  const P = 'http://proxy:3128';

  test.each([
    [{ https_proxy: P, HTTPS_PROXY: P }, HTTPS, 'https_proxy'],
    [{ HTTPS_PROXY: P, ALL_PROXY: P }, HTTPS, 'HTTPS_PROXY'],
    [{ ALL_PROXY: P, http_proxy: P }, HTTPS, 'ALL_PROXY'],
    [{ http_proxy: P, HTTP_PROXY: P }, HTTPS, null],
    [{ HTTPS_PROXY: P }, 'http://vllm.example', null],
    [{ HTTP_PROXY: P }, 'http://vllm.example', 'HTTP_PROXY'],
    [{ HTTPS_PROXY: P, NO_PROXY: 'example.com' }, HTTPS, null],
    [{ HTTPS_PROXY: P, no_proxy: 'other', NO_PROXY: '*' }, HTTPS, 'HTTPS_PROXY'],
    [{ ALL_PROXY: P }, 'http://127.0.0.1:11434', null],
    [{ ALL_PROXY: P }, 'http://localhost:8000', null],
    [{ ALL_PROXY: P }, 'http://LLM.localhost:8000', null],
    [{ ALL_PROXY: P }, 'http://[::1]:8000', null],
  ])('with %j for %s uses %s', (variables, url, from) => {
    expect(source(choice(variables), url)).toBe(from);
  });

  test('prefers the configured proxy over the environment', () => {
    const variables = { HTTPS_PROXY: P, NO_PROXY: '*' };

    expect(source(choice(variables, P), HTTPS)).toBe('providers.p.proxy');
    expect(source(choice(variables, P), 'http://127.0.0.1')).toBe('providers.p.proxy');
    expect(source(choice({ HTTPS_PROXY: P }, null), HTTPS)).toBeNull();
  });

  test.each([
    ['http://proxy:3128', 'http://proxy:3128', 3_128],
    ['proxy.corp:8080', 'http://proxy.corp:8080', 8_080],
    ['u:p@proxy:3128', 'http://proxy:3128', 3_128],
    ['https://proxy', 'https://proxy', 443],
    ['http://[::1]:3128/', 'http://[::1]:3128', 3_128],
  ])('accepts %s', (text, origin, port) => {
    expect(OutgoingProxy.parse(text, 'x')).toMatchObject({ origin, port });
  });

  test.each([
    'socks5://proxy:1080',
    'ftp://proxy',
    'http://:3128',
    'http://proxy:0',
    'http://u:pa#ss@proxy:3128',
    'http://u:12/34@proxy:3128',
    'http://proxy:3128/path',
  ])('rejects %s without quoting it', (text) => {
    const settings = { apiKey: 'k', proxyVariables: { ALL_PROXY: text } };
    const resolved = resolveProvider('openai', settings);

    const why = resolved.ok ? '' : resolved.why;
    expect(why).toMatch(/^Provider openai uses the proxy set by ALL_PROXY, which/u);
    expect(why).not.toContain(text);
  });

  test('hides the proxy password when serialised', () => {
    const openai = provider('openai', { apiKey: 'k', proxy: 'http://u:secret-1@proxy:3128' });

    expect(JSON.stringify([openai, openai.proxy])).not.toContain('secret-1');
    expect(openai.proxy?.origin).toBe('http://proxy:3128');
  });
});
