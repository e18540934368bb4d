import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '../../../src/core/clock.js';
import { findAwsKeys } from '../../../src/upstream/auth/aws-lookup.js';
import { openUpstreams } from '../../../src/upstream/call.js';
import { ProxyChoice } from '../../../src/upstream/proxy/proxy-choice.js';
import { demands, FakeProxy, grants } from '../../support/fake-proxy.js';
import { FakeUpstream, sends } from '../../support/fake-upstream.js';
import { provider, upstreamAt } from '../support.js';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const TEMPORARY = {
  AccessKeyId: 'ASIA1',
  SecretAccessKey: 'secret',
  SessionToken: 'lent',
  Expiration: '2026-11-21T12:00:00Z',
};

let folder: string;
let place: FakeUpstream;
let proxy: FakeProxy;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-proxied-'));
  await writeFile(path.join(folder, 'none'), '');
  await writeFile(path.join(folder, 'token'), 'jwt-of-the-pod');
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  place = await FakeUpstream.start();
  proxy = await FakeProxy.start();
});

afterEach(async () => {
  await place.close();
  await proxy.close();
});

test('fetches a Google access token through the proxy of the provider', async () => {
  const file = path.join(folder, 'key.json');
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  const account = { type: 'service_account', client_email: 'a@b', private_key: key };
  await writeFile(file, JSON.stringify(account));
  const google = { path: file, tokenUrl: `${place.baseUrl}/token` };
  const settings = { baseUrl: 'http://vertex.invalid/v1', google, proxy: proxy.urlWith('u:pw-1') };
  const providers = new Map([['vertex', provider('vertex', settings)]]);
  const upstreams = openUpstreams({ providers, clock: systemClock, version: '1' });
  const ask = () =>
    upstreams.call({
      upstream: upstreamAt('vertex'),
      body: Buffer.from('{}'),
      stream: false,
      signal: new AbortController().signal,
    });
  place.always(sends(200, JSON.stringify({ access_token: 'ya29', expires_in: 3_600 })));

  try {
    proxy.behaviour = demands('u:pw-2');
    await expect(ask()).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      message:
        "vertex/model: The token endpoint for the gateway's own credentials could not be reached: the proxy set by providers.vertex.proxy rejects the user name or the password in its URL (407).",
      sent: false,
    });

    proxy.behaviour = grants;
    await expect(ask()).rejects.toMatchObject({ code: 'upstream_failed' });

    expect(place.requests.map(({ path: at }) => at)).toEqual(['/v1/token']);
    const token = `127.0.0.1:${place.port}`;
    expect(proxy.targets).toEqual([token, token, 'vertex.invalid:80']);
  } finally {
    await upstreams.close();
  }
});

describe('AWS credential lookup', () => {
  const found = (variables: Record<string, string>) => {
    const none = path.join(folder, 'none');
    const files = { AWS_SHARED_CREDENTIALS_FILE: none, AWS_CONFIG_FILE: none };
    const choice = { own: proxy.url, source: 'providers.bedrock.proxy', variables: {} };
    return findAwsKeys({ variables: { ...files, ...variables } }, new ProxyChoice(choice));
  };

  test('calls STS through the proxy', async () => {
    const tags = Object.entries(TEMPORARY).map(([tag, value]) => `<${tag}>${value}</${tag}>`);
    place.always(sends(200, tags.join('')));

    const { keys } = await found({
      AWS_WEB_IDENTITY_TOKEN_FILE: path.join(folder, 'token'),
      AWS_ROLE_ARN: 'r',
      AWS_ENDPOINT_URL_STS: place.baseUrl,
    });

    expect(keys.accessKeyId).toBe('ASIA1');
    expect(proxy.targets).toEqual([`127.0.0.1:${place.port}`]);
  });

  test('calls the container endpoint directly', async () => {
    const { SessionToken: Token, ...others } = TEMPORARY;
    place.always(sends(200, JSON.stringify({ ...others, Token })));

    await found({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${place.baseUrl}/keys` });

    expect(place.requests).toHaveLength(1);
    expect(proxy.targets).toEqual([]);
  });
});
