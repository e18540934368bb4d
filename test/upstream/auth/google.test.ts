import { createVerify, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.js';
import { googleSigner } from '../../../src/upstream/auth/google.js';
import { openUpstreams } from '../../../src/upstream/call.js';
import { FakeUpstream, sends, type Behaviour } from '../../support/fake-upstream.js';
import { provider, upstreamAt } from '../support.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const NOON_S = Date.UTC(2026, 10, 21, 12) / 1_000;

let folder: string;
let tokens: FakeUpstream;
let nowMs: number;
const clock = { ...systemClock, now: () => nowMs, wallMs: () => NOON_S * 1_000 };

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-google-'));
  tokens = await FakeUpstream.start();
  nowMs = 1_000;
});

afterEach(async () => {
  await tokens.close();
  await rm(folder, { recursive: true });
});

const gives = (token: string, expires_in = 3_600): Behaviour =>
  sends(200, JSON.stringify({ access_token: token, expires_in, token_type: 'Bearer' }));

async function file(content: unknown): Promise<string> {
  const at = path.join(folder, 'key.json');
  await writeFile(at, typeof content === 'string' ? content : JSON.stringify(content));
  return at;
}

const account = (more: object = {}) => ({
  type: 'service_account',
  client_email: 'bot@p.iam.gserviceaccount.com',
  private_key: PEM,
  private_key_id: 'k1',
  token_uri: `${tokens.baseUrl}/token`,
  project_id: 'p',
  ...more,
});

const ANY = { method: 'POST', url: 'https://aiplatform.example/x', body: Buffer.alloc(0) };

describe('Google access tokens', () => {
  test('exchanges a JWT signed by the service account for a bearer token', async () => {
    tokens.always(gives('ya29.first'));
    const sign = googleSigner({ path: await file(account()) }, clock);

    const proof = await sign(ANY);

    expect(proof).toEqual(['authorization', 'Bearer ya29.first']);
    const form = new URLSearchParams(tokens.requests[0]?.body);
    expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [head = '', claims = '', mark = ''] = form.get('assertion')?.split('.') ?? [];
    const read = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString());
    expect(read(head)).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'k1' });
    expect(read(claims)).toEqual({
      iss: 'bot@p.iam.gserviceaccount.com',
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: `${tokens.baseUrl}/token`,
      iat: NOON_S,
      exp: NOON_S + 3_600,
    });
    const verifier = createVerify('RSA-SHA256').update(`${head}.${claims}`);
    expect(verifier.verify(publicKey, mark, 'base64url')).toBe(true);
  });

  test('fetches a token once for concurrent requests and caches it until it expires', async () => {
    tokens.next(gives('one'), gives('two'));
    const sign = googleSigner({ path: await file(account()) }, clock);

    const first = await Promise.all([sign(ANY), sign(ANY), sign(ANY)]);
    nowMs += 54 * 60_000;
    const kept = await sign(ANY);
    nowMs += 6 * 60_000;
    const renewed = await sign(ANY);

    expect(first.map(([, token]) => token)).toEqual(['Bearer one', 'Bearer one', 'Bearer one']);
    expect(kept[1]).toBe('Bearer one');
    expect(renewed[1]).toBe('Bearer two');
    expect(tokens.requests).toHaveLength(2);
  });

  test('refreshes the credentials of an authorized user', async () => {
    tokens.always(gives('ya29.mine', 60));
    const credentials = {
      type: 'authorized_user',
      client_id: 'c',
      client_secret: 's',
      refresh_token: 'r',
    };
    const at = await file(credentials);
    const sign = googleSigner({ path: at, tokenUrl: `${tokens.baseUrl}/elsewhere` }, clock);

    const proof = await sign(ANY);

    expect(proof[1]).toBe('Bearer ya29.mine');
    expect(tokens.requests[0]?.path).toBe('/v1/elsewhere');
    expect(tokens.requests[0]?.body).toBe(
      'grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=r',
    );
  });

  test('retries a failed exchange with the next request', async () => {
    tokens.next(sends(400, '{"error":"invalid_grant"}'), gives('later'));
    const sign = googleSigner({ path: await file(account()) }, clock);

    await expect(sign(ANY)).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      message: expect.stringContaining('invalid_grant') as string,
    });
    await expect(sign(ANY)).resolves.toEqual(['authorization', 'Bearer later']);
  });

  test.each([
    ['that are not JSON', '{', 'neither those of a service account'],
    ['of an unsupported type', { type: 'external_account' }, '(at "type")'],
    [
      'without a private key',
      { type: 'service_account', client_email: 'a@b' },
      '(at "private_key")',
    ],
    [
      'with an invalid private key',
      { ...incompleteAccount(), private_key: 'sk-secret' },
      'cannot be used to sign',
    ],
  ])('rejects credentials %s, without leaking them', async (_what, content, said) => {
    const sign = googleSigner({ path: await file(content) }, clock);

    const refusal = await sign(ANY).catch((error: unknown) => error as Error);

    expect(refusal).toMatchObject({ code: 'upstream_auth_failed' });
    expect(String(refusal)).toContain(said);
    expect(String(refusal)).not.toContain('sk-secret');
  });

  function incompleteAccount() {
    return { type: 'service_account', client_email: 'a@b' };
  }

  test.each([
    ['a missing credentials file', { path: '/nowhere/key.json' }, 'cannot be read'],
    ['an unreachable token endpoint', { tokenUrl: 'http://127.0.0.1:1/t' }, 'could not be reached'],
  ])('reports %s', async (_what, given, said) => {
    const at = await file(account());

    await expect(googleSigner({ path: at, ...given }, clock)(ANY)).rejects.toThrow(said);
  });

  test('sends the token with a call and makes no call without one', async () => {
    const fake = await FakeUpstream.start();
    const settings = { baseUrl: fake.baseUrl, google: { path: await file(account()) } };
    const vertex = provider('vertex', settings);
    const upstreams = openUpstreams({
      providers: new Map([['vertex', vertex]]),
      clock,
      version: '1',
    });
    const ask = () =>
      upstreams.call({
        upstream: upstreamAt('vertex', 'gemini-3-pro'),
        body: Buffer.from('{}'),
        stream: false,
        signal: new AbortController().signal,
      });
    tokens.next(sends(503, 'down'), gives('ya29.call'));

    try {
      await expect(ask()).rejects.toMatchObject({ code: 'upstream_auth_failed', sent: false });
      await ask();

      expect(fake.requests).toHaveLength(1);
      expect(fake.requests[0]?.path).toBe('/v1/models/gemini-3-pro:generateContent');
      expect(fake.requests[0]?.headers.authorization).toBe('Bearer ya29.call');
    } finally {
      await upstreams.close();
      await fake.close();
    }
  });
});
