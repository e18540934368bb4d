import { createHash, createHmac } from 'node:crypto';
import { awsSignerFor } from '../../../src/upstream/auth/aws.js';
import { openUpstreams } from '../../../src/upstream/call.js';
import { systemClock } from '../../../src/core/clock.js';
import { FakeUpstream } from '../../support/fake-upstream.js';
import { provider, upstreamAt } from '../support.js';

const KEYS = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'very/secret', sessionToken: 'lent' };
const NOON = Date.UTC(2026, 10, 21, 12, 0, 0);
const clock = { ...systemClock, wallMs: () => NOON };

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) =>
  createHmac('sha256', key).update(data).digest();

/** The signature as AWS documents it, computed with hashes only. */
function signature(host: string, path: string, body: string, secret: string): string {
  // Each segment is encoded once more than on the wire.
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/');
  const headers = [
    ['host', host],
    ['x-amz-date', '20261121T120000Z'],
    ['x-amz-security-token', KEYS.sessionToken],
  ];
  const names = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', canonicalPath, '', lines, names, sha256(body)].join('\n');
  const scope = '20261121/eu-central-1/bedrock/aws4_request';
  const toSign = ['AWS4-HMAC-SHA256', '20261121T120000Z', scope, sha256(canonical)].join('\n');
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secret}`);
  return hmac(key, toSign).toString('hex');
}

describe('AWS request signing', () => {
  test('signs the body and the path as sent on the wire', async () => {
    const sign = awsSignerFor(KEYS, 'eu-central-1', clock);
    const path = '/model/arn%3Aaws%3Abedrock%3A%3Aprofile%2Fx-v1%3A0/converse';
    const body = '{"messages":[{"text":"Grüße"}]}';

    const proof = await sign({
      method: 'POST',
      url: `https://bedrock.example:8443${path}`,
      body: Buffer.from(body),
    });

    const headers = Object.fromEntries(
      proof.flatMap((name, i) => (i % 2 === 0 ? [[name, proof[i + 1]]] : [])),
    );
    const expected = signature('bedrock.example:8443', path, body, KEYS.secretAccessKey);
    expect(headers).toEqual({
      'x-amz-date': '20261121T120000Z',
      'x-amz-security-token': 'lent',
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/20261121/eu-central-1/bedrock/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=${expected}`,
    });
  });

  test('adds the signature to a Bedrock call, asks for an event stream and does not send the secret key', async () => {
    const fake = await FakeUpstream.start();
    const settings = { baseUrl: fake.baseUrl, aws: KEYS, place: { region: 'eu-central-1' } };
    const bedrock = provider('bedrock', settings);
    const upstreams = openUpstreams({
      providers: new Map([['bedrock', bedrock]]),
      clock,
      version: '1',
    });
    const body = '{"messages":[]}';

    try {
      await upstreams.call({
        upstream: upstreamAt('bedrock', 'm:0'),
        body: Buffer.from(body),
        stream: true,
        signal: new AbortController().signal,
      });

      const [seen] = fake.requests;
      const expected = signature(
        `127.0.0.1:${fake.port}`,
        '/v1/model/m%3A0/converse-stream',
        body,
        KEYS.secretAccessKey,
      );
      expect(seen?.headers).toMatchObject({ accept: 'application/vnd.amazon.eventstream' });
      expect(seen?.headers.authorization).toContain(`Signature=${expected}`);
      expect(JSON.stringify(seen?.headers)).not.toContain(KEYS.secretAccessKey);
    } finally {
      await upstreams.close();
      await fake.close();
    }
  });
});
