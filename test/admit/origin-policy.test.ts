import { KeyRing } from '../../src/admit/keys.js';
import type { OriginPolicy } from '../../src/admit/origin-policy.js';

const KEY = { name: 'web', key: 'sk-web-0123456789abcdef', metadata: {} };
const LOCAL: OriginPolicy = { allowed: null, isLocal: true };
const OPEN: OriginPolicy = { allowed: null, isLocal: false };

/** Whether a request is admitted without a key. */
function isAdmitted(headers: Record<string, string>, pages: OriginPolicy): boolean {
  try {
    new KeyRing([], pages).admit(headers);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'page_refused', status: 403 });
    return false;
  }
}

describe('OriginPolicy without API keys', () => {
  test.each([
    ['http://localhost:3000', true],
    ['https://127.0.0.1', true],
    ['app://obsidian.md', true],
    ['chrome-extension://abcdef', true],
    ['https://evil.example', false],
    ['http://localhost.evil.example', false],
    ['null', false],
  ])('admits a page from %s: %s', (origin, may) => {
    expect(isAdmitted({ origin, host: 'localhost:4300' }, LOCAL)).toBe(may);
    expect(isAdmitted({ origin, host: 'llm.corp.example' }, OPEN)).toBe(may);
  });

  test.each([
    ['127.0.0.1:4300', true],
    ['[::1]:4300', true],
    ['localhost', true],
    ['LOCALHOST.:4300', true],
    ['my-laptop:4300', true],
    ['host.docker.internal:4300', true],
    ['my-laptop.local:4300', true],
    ['evil.example:4300', false],
    ['evil.example.:4300', false],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['', false],
  ])('admits the Host %j on a gateway that listens locally only: %s', (host, may) => {
    expect(isAdmitted({ host }, LOCAL)).toBe(may);
    expect(isAdmitted({ host }, OPEN)).toBe(true);
  });

  test.each([
    [['https://llm.corp.example:8443'], true],
    [['*'], true],
    [['https://chat.corp.example'], false],
    [[], false],
  ])('admits its own host name when %j are allowed origins: %s', (allowed, may) => {
    const headers = { host: 'llm.corp.example:8443', origin: 'https://llm.corp.example:8443' };

    expect(isAdmitted(headers, { allowed, isLocal: true })).toBe(may);
  });
});

test('OriginPolicy does not apply when API keys are configured', () => {
  const headers = { origin: 'https://evil.example', host: 'evil.example', 'x-api-key': KEY.key };

  expect(new KeyRing([KEY], LOCAL).admit(headers).name).toBe('web');
});

test('admission of one request does not affect later ones', () => {
  const ring = new KeyRing([], LOCAL);
  const admits = (headers: Record<string, string>) => () => ring.admit(headers);
  const host = 'localhost:4300';

  expect(admits({ host })).not.toThrow();
  expect(admits({ host, origin: 'https://evil.example' })).toThrow(/pages from https:/u);
  expect(admits({ host: 'evil.example:4300' })).toThrow(/with the host name evil/u);
  expect(admits({ host })).not.toThrow();
  expect(admits({ host: 'evil.example:4300' })).toThrow(/with the host name evil/u);
});
