import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { GatewayError } from '../../core/errors.js';
import { ProxyChoice } from '../proxy/proxy-choice.js';
import { proxyReason } from '../proxy/proxy-error.js';
import { sendCredentialRequest, type CredentialRequest } from './credential-request.js';

/** An AWS access key. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only temporary keys have one. */
  readonly sessionToken?: string | undefined;
}

/** How AWS keys are looked up; the order is that of AWS's own tools. */
export interface AwsLookup {
  /** Only this profile of the shared files is used; absent: all sources are tried. */
  readonly profile?: string | undefined;
  /** The values of {@link AWS_VARIABLES}, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Keys and their expiry. */
export interface ExpiringKeys {
  readonly keys: AwsKeys;
  /** Milliseconds since 1970; `null` if they do not expire. */
  readonly untilMs: number | null;
}

/** The environment variables that a look-up reads. */
export const AWS_VARIABLES: readonly string[] = [
  'AWS_PROFILE',
  'AWS_SHARED_CREDENTIALS_FILE',
  'AWS_CONFIG_FILE',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_REGION',
  'AWS_DEFAULT_REGION',
  'AWS_ENDPOINT_URL_STS',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
  'AWS_EC2_METADATA_DISABLED',
  'AWS_EC2_METADATA_SERVICE_ENDPOINT',
];

/** The metadata service of an EC2 instance. */
const INSTANCE_METADATA = 'http://169.254.169.254';
/** The credentials service of an ECS container. */
const CONTAINER_CREDENTIALS = 'http://169.254.170.2';
/** Link-local addresses: they answer fast, or do not exist. */
const NEAR_MS = 1_000;
const FAR_MS = 10_000;
const MAX_REPLY_CHARS = 200;

const keysReply = z.looseObject({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.string(),
});

/**
 * Looks up keys in a profile of the shared files, by web identity, from the container's and from the instance's
 * metadata service. The first source that is configured is used.
 *
 * @param proxies - for requests to AWS itself; metadata services are link-local, so they are called directly
 * @throws {GatewayError} `upstream_auth_failed` if no source has keys, or the configured one fails
 */
export async function findAwsKeys(
  { profile, variables }: AwsLookup,
  proxies: ProxyChoice = ProxyChoice.none,
): Promise<ExpiringKeys> {
  const named = profile ?? variables['AWS_PROFILE'];
  const found = await inProfile(named ?? 'default', variables);
  if (found !== null) return { keys: found, untilMs: null };
  if (named !== undefined) throw failed(`The profile "${named}" has no access key.`);
  const tokenFile = variables['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const role = variables['AWS_ROLE_ARN'];
  if (tokenFile !== undefined && role !== undefined) {
    return forWebIdentity(tokenFile, role, variables, proxies);
  }
  return (await inContainer(variables)) ?? onInstance(variables);
}

async function inProfile(name: string, variables: AwsLookup['variables']): Promise<AwsKeys | null> {
  const filepath = variables['AWS_SHARED_CREDENTIALS_FILE'];
  const configFilepath = variables['AWS_CONFIG_FILE'];
  // Loaded on demand: it takes a tenth of the gateway's start-up time, and few installations need it.
  const { parseKnownFiles } = await import('@smithy/core/config');
  const profiles = await parseKnownFiles({
    // Keys may be replaced while the gateway runs.
    ignoreCache: true,
    ...(filepath !== undefined && { filepath }),
    ...(configFilepath !== undefined && { configFilepath }),
  });
  const profile = profiles[name];
  const accessKeyId = profile?.['aws_access_key_id'];
  const secretAccessKey = profile?.['aws_secret_access_key'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, sessionToken: profile?.['aws_session_token'] };
}

/** Exchanges the token that a cluster gives its pods for keys; the request needs no signature. */
async function forWebIdentity(
  tokenFile: string,
  role: string,
  variables: AwsLookup['variables'],
  proxies: ProxyChoice,
): Promise<ExpiringKeys> {
  const region = variables['AWS_REGION'] ?? variables['AWS_DEFAULT_REGION'] ?? 'us-east-1';
  const url = variables['AWS_ENDPOINT_URL_STS'] ?? `https://sts.${region}.amazonaws.com`;
  const form = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: variables['AWS_ROLE_SESSION_NAME'] ?? 'suffice',
    WebIdentityToken: await readToken(tokenFile),
  });
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', headers, body: form.toString(), timeoutMs: FAR_MS } as const;
  const text = await ask(url, request, proxies);
  // The answer is XML with four plain values, none of which can contain an escaped character.
  const valueOf = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`, 'u').exec(text)?.[1];
  return expiringKeysOf({
    AccessKeyId: valueOf('AccessKeyId'),
    SecretAccessKey: valueOf('SecretAccessKey'),
    Token: valueOf('SessionToken'),
    Expiration: valueOf('Expiration'),
  });
}

async function inContainer(variables: AwsLookup['variables']): Promise<ExpiringKeys | null> {
  const relative = variables['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const url =
    relative === undefined
      ? variables['AWS_CONTAINER_CREDENTIALS_FULL_URI']
      : `${CONTAINER_CREDENTIALS}${relative}`;
  if (url === undefined) return null;
  const file = variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token =
    file === undefined ? variables['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : await readToken(file);
  const headers = token === undefined ? {} : { authorization: token };
  return expiringKeysOf(parsed(await ask(url, { method: 'GET', headers, timeoutMs: NEAR_MS })));
}

/** Uses only IMDSv2, which requires a token first: IMDSv1 is vulnerable to request forgery. */
async function onInstance(variables: AwsLookup['variables']): Promise<ExpiringKeys> {
  if (variables['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') {
    throw failed(
      'No access key was found, and the instance metadata service is disabled (AWS_EC2_METADATA_DISABLED).',
    );
  }
  const base = variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? INSTANCE_METADATA;
  const root = `${base.replace(/\/+$/u, '')}/latest`;
  const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
  const token = await ask(`${root}/api/token`, {
    method: 'PUT',
    headers: lifetime,
    timeoutMs: NEAR_MS,
  });
  const near = {
    method: 'GET',
    headers: { 'x-aws-ec2-metadata-token': token },
    timeoutMs: NEAR_MS,
  } as const;
  const roles = `${root}/meta-data/iam/security-credentials/`;
  const [role = ''] = (await ask(roles, near)).trim().split('\n');
  return expiringKeysOf(parsed(await ask(roles + encodeURIComponent(role), near)));
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw failed(`The token in ${file} cannot be read.`, cause);
  }
}

async function ask(
  url: string,
  request: CredentialRequest,
  proxies: ProxyChoice = ProxyChoice.none,
): Promise<string> {
  let reply: Awaited<ReturnType<typeof sendCredentialRequest>>;
  try {
    reply = await sendCredentialRequest(url, request, proxies);
  } catch (cause) {
    const why = `could not be reached${proxyReason(cause)}`;
    throw failed(`No access key was found, and ${url} ${why}.`, cause);
  }
  const { status, text } = reply;
  if (status === 200) return text;
  throw failed(`${url} returned no access key (${status}): ${text.slice(0, MAX_REPLY_CHARS)}`);
}

/** Errors name the faulty member, never its value, because the answer holds a key. */
function expiringKeysOf(reply: unknown): ExpiringKeys {
  const read = keysReply.safeParse(reply);
  if (!read.success) {
    const member = read.error.issues[0]?.path[0];
    if (member === undefined) throw failed("AWS's answer is not a JSON object.");
    throw failed(`AWS's answer has no valid "${String(member)}".`);
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = read.data;
  const untilMs = Date.parse(Expiration);
  if (Number.isNaN(untilMs)) throw failed(`AWS's answer has no valid "Expiration".`);
  const keys = {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
  };
  return { keys, untilMs };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema rejects `undefined`.
    return undefined;
  }
}

function failed(message: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_auth_failed', message, { cause });
}
