import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findAwsKeys } from '../../../src/upstream/auth/aws-lookup.js';
import { awsSignerFor } from '../../../src/upstream/auth/aws.js';
import { systemClock } from '../../../src/core/clock.js';

const UNTIL = '2026-11-21T12:00:00Z';
const UNTIL_MS = Date.parse(UNTIL);
const KEYS = { accessKeyId: 'ASIA1', secretAccessKey: 'secret', sessionToken: 'lent' };
const TEMPORARY = {
  AccessKeyId: 'ASIA1',
  SecretAccessKey: 'secret',
  Token: 'lent',
  Expiration: UNTIL,
};

let folder: string;
let server: Server;
let base: string;
/** Answers by method and path; any other request gets a 404. */
let answers: Record<string, string>;
let asked: { at: string; headers: NodeJS.Dict<string | string[]>; body: string }[];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'suffice-aws-'));
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const at = `${req.method ?? ''} ${req.url ?? ''}`;
      asked.push({ at, headers: req.headers, body: Buffer.concat(chunks).toString() });
      const answer = answers[at];
      res.writeHead(answer === undefined ? 404 : 200).end(answer ?? 'nothing here');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await writeFile(
    file('credentials'),
    '[default]\naws_access_key_id = AKIA0\naws_secret_access_key = s0\n\n[dev]\naws_access_key_id=AKIA1\naws_secret_access_key=s1\naws_session_token=t1\n[empty]\nregion=eu-west-1\n',
  );
  await writeFile(file('none'), '');
  await writeFile(file('token'), 'jwt-of-the-pod\n');
});

beforeEach(() => {
  answers = {};
  asked = [];
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const file = (name: string) => path.join(folder, name);
const found = (variables: Record<string, string>, profile?: string) =>
  findAwsKeys({
    profile,
    variables: {
      AWS_SHARED_CREDENTIALS_FILE: file('none'),
      AWS_CONFIG_FILE: file('none'),
      ...variables,
    },
  });
const FILES = () => ({ AWS_SHARED_CREDENTIALS_FILE: file('credentials') });

describe('AWS credential lookup', () => {
  test.each([
    [undefined, undefined, { accessKeyId: 'AKIA0', secretAccessKey: 's0' }],
    ['dev', undefined, { accessKeyId: 'AKIA1', secretAccessKey: 's1', sessionToken: 't1' }],
    [undefined, 'dev', { accessKeyId: 'AKIA1', secretAccessKey: 's1', sessionToken: 't1' }],
  ])(
    'reads the shared credentials file: profile %s, AWS_PROFILE %s',
    async (profile, variable, keys) => {
      const variables = { ...FILES(), ...(variable !== undefined && { AWS_PROFILE: variable }) };

      expect(await found(variables, profile)).toEqual({ keys, untilMs: null });
    },
  );

  test('fails when the named profile has no access key, without falling back to the default profile', async () => {
    await expect(found(FILES(), 'empty')).rejects.toMatchObject({
      code: 'upstream_auth_failed',
      message: 'The profile "empty" has no access key.',
    });
  });

  test('exchanges a web identity token for temporary credentials at STS', async () => {
    const { Token, ...others } = TEMPORARY;
    const tags = Object.entries({ ...others, SessionToken: Token });
    const inner = tags.map(([tag, value]) => `<${tag}>${value}</${tag}>`).join('\n');
    answers['POST /'] = `<Result><Credentials>${inner}</Credentials></Result>`;
    const role = 'arn:aws:iam::1:role/pods';

    const got = await found({
      AWS_WEB_IDENTITY_TOKEN_FILE: file('token'),
      AWS_ROLE_ARN: role,
      AWS_ENDPOINT_URL_STS: base,
    });

    expect(got).toEqual({ keys: KEYS, untilMs: UNTIL_MS });
    expect(Object.fromEntries(new URLSearchParams(asked[0]?.body))).toMatchObject({
      Action: 'AssumeRoleWithWebIdentity',
      RoleArn: role,
      RoleSessionName: 'suffice',
      WebIdentityToken: 'jwt-of-the-pod',
    });
  });

  test.each([
    ['pass', { AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pass' }],
    ['jwt-of-the-pod', () => ({ AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file('token') })],
    [undefined, {}],
  ])(
    'sends the authorization %s to the container credentials endpoint',
    async (authorization, more) => {
      answers['GET /keys'] = JSON.stringify(TEMPORARY);
      const proof = typeof more === 'function' ? more() : more;

      const got = await found({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/keys`, ...proof });

      expect(got).toEqual({ keys: KEYS, untilMs: UNTIL_MS });
      expect(asked[0]?.headers['authorization']).toBe(authorization);
    },
  );

  test('reads EC2 instance credentials with an IMDSv2 session token', async () => {
    const roles = '/latest/meta-data/iam/security-credentials/';
    answers['PUT /latest/api/token'] = 'session';
    answers[`GET ${roles}`] = 'my-role\n';
    answers[`GET ${roles}my-role`] = JSON.stringify(TEMPORARY);

    const got = await found({ AWS_EC2_METADATA_SERVICE_ENDPOINT: base });

    expect(got).toEqual({ keys: KEYS, untilMs: UNTIL_MS });
    expect(asked.map(({ headers }) => headers['x-aws-ec2-metadata-token'])).toEqual([
      undefined,
      'session',
      'session',
    ]);
  });

  test.each([
    ['an error status', {}, 'returned no access key (404): nothing here'],
    [
      'an incomplete response',
      { 'GET /keys': '{"AccessKeyId":"sensitive"}' },
      'no valid "SecretAccessKey"',
    ],
    ['a response that is not JSON', { 'GET /keys': 'sensitive' }, 'not a JSON object'],
    [
      'an invalid expiration',
      { 'GET /keys': JSON.stringify({ ...TEMPORARY, Expiration: 'soon' }) },
      'no valid "Expiration"',
    ],
  ])(
    'fails on %s from the container endpoint without leaking credentials',
    async (_what, told, message) => {
      answers = told;

      const finding = found({ AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/keys` });

      const error = await finding.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'upstream_auth_failed' });
      expect(String(error)).toContain(message);
      expect(String(error)).not.toContain('sensitive');
    },
  );

  test.each([
    [{ AWS_EC2_METADATA_DISABLED: 'true' }, 'AWS_EC2_METADATA_DISABLED'],
    [{ AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' }, 'could not be reached'],
    [{ AWS_WEB_IDENTITY_TOKEN_FILE: '/nowhere', AWS_ROLE_ARN: 'r' }, 'cannot be read'],
  ])('fails when the only source is disabled or unavailable: %j', async (variables, message) => {
    await expect(found(variables)).rejects.toThrow(message);
  });

  test('fetches credentials once for concurrent requests and caches them until they expire', async () => {
    answers['GET /keys'] = JSON.stringify(TEMPORARY);
    let nowMs = UNTIL_MS - 60 * 60_000;
    const clock = { ...systemClock, wallMs: () => nowMs };
    const variables = {
      AWS_SHARED_CREDENTIALS_FILE: file('none'),
      AWS_CONFIG_FILE: file('none'),
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${base}/keys`,
    };
    const sign = awsSignerFor({ variables }, 'eu-west-1', clock);
    const request = { method: 'POST', url: 'https://x.test/', body: Buffer.alloc(0) };

    const [first] = await Promise.all([sign(request), sign(request)]);
    nowMs = UNTIL_MS - 6 * 60_000;
    await sign(request);
    const before = asked.length;
    nowMs = UNTIL_MS;
    await sign(request);

    expect(first).toEqual(expect.arrayContaining(['x-amz-security-token', 'lent']));
    expect([before, asked.length]).toEqual([1, 2]);
  });
});
