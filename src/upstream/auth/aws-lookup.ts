import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { GatewayError } from '../../core/errors.js';
import { ProxyChoice } from '../proxy/proxy-choice.js';
import { proxyReason } from '../proxy/proxy-error.js';
import { sendCredentialRequest, type CredentialRequest } from './credential-request.js';

/** An access key of AWS. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are lent for a time. */
  readonly sessionToken?: string | undefined;
}

/** Where keys of AWS are looked for, as AWS's own tools do. */
export interface AwsLookup {
  /** Only this profile of the shared files; absent for wherever there are keys. */
  readonly profile?: string | undefined;
  /** What the environment says of {@link AWS_VARIABLES}, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Keys, and until when they may be used: milliseconds since 1970, `null` for ever. */
export interface ExpiringKeys {
  readonly keys: AwsKeys;
  readonly untilMs: number | null;
}

/** What the environment may say to a look-up. */
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

/** Where a machine of EC2 is told its keys. */
const MACHINE = 'http://169.254.169.254';
/** Where a container of ECS is told its keys. */
const CONTAINER = 'http://169.254.170.2';
/** These addresses answer from next door, or not at all. */
const NEAR_MS = 1_000;
const FAR_MS = 10_000;
const MAX_REPLY_CHARS = 200;

const lentReply = z.looseObject({
  AccessKeyId: z.string().min(1),
  SecretAccessKey: z.string().min(1),
  Token: z.string().min(1),
  Expiration: z.string(),
});

/**
 * Finds keys: in a profile of the shared files, for a web identity, in a container, on a machine; the first place
 * that is set up counts.
 *
 * @param proxies - ways to AWS itself; containers and machines answer from next door, and are asked directly
 * @throws {GatewayError} `upstream_auth_failed` where no place has any, or the one that should does not
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
  return (await inContainer(variables)) ?? onMachine(variables);
}

async function inProfile(name: string, variables: AwsLookup['variables']): Promise<AwsKeys | null> {
  const filepath = variables['AWS_SHARED_CREDENTIALS_FILE'];
  const configFilepath = variables['AWS_CONFIG_FILE'];
  // Takes as long to load as a tenth of our own start, and few need it.
  const { parseKnownFiles } = await import('@smithy/core/config');
  const profiles = await parseKnownFiles({
    // Keys may be replaced while we run.
    ignoreCache: true,
    ...(filepath !== undefined && { filepath }),
    ...(configFilepath !== undefined && { configFilepath }),
  });
  const told = profiles[name];
  const accessKeyId = told?.['aws_access_key_id'];
  const secretAccessKey = told?.['aws_secret_access_key'];
  if (accessKeyId === undefined || secretAccessKey === undefined) return null;
  return { accessKeyId, secretAccessKey, sessionToken: told?.['aws_session_token'] };
}

/** Exchanges the token that a cluster gives its pods; such a request is signed by nothing but the token. */
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
  const asking = { method: 'POST', headers, body: form.toString(), timeoutMs: FAR_MS } as const;
  const text = await ask(url, asking, proxies);
  // The answer is XML of four plain values; none of them can hold a character that is written otherwise.
  const told = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`, 'u').exec(text)?.[1];
  return lent({
    AccessKeyId: told('AccessKeyId'),
    SecretAccessKey: told('SecretAccessKey'),
    Token: told('SessionToken'),
    Expiration: told('Expiration'),
  });
}

async function inContainer(variables: AwsLookup['variables']): Promise<ExpiringKeys | null> {
  const relative = variables['AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'];
  const url =
    relative === undefined
      ? variables['AWS_CONTAINER_CREDENTIALS_FULL_URI']
      : `${CONTAINER}${relative}`;
  if (url === undefined) return null;
  const file = variables['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'];
  const token =
    file === undefined ? variables['AWS_CONTAINER_AUTHORIZATION_TOKEN'] : await readToken(file);
  const headers = token === undefined ? {} : { authorization: token };
  return lent(parsed(await ask(url, { method: 'GET', headers, timeoutMs: NEAR_MS })));
}

/** The second version of the service only, which asks for a token first: the first one can be tricked. */
async function onMachine(variables: AwsLookup['variables']): Promise<ExpiringKeys> {
  if (variables['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') {
    throw failed(
      'No access key was found, and the instance metadata service is disabled (AWS_EC2_METADATA_DISABLED).',
    );
  }
  const base = variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? MACHINE;
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
  return lent(parsed(await ask(roles + encodeURIComponent(role), near)));
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
  asking: CredentialRequest,
  proxies: ProxyChoice = ProxyChoice.none,
): Promise<string> {
  let reply: Awaited<ReturnType<typeof sendCredentialRequest>>;
  try {
    reply = await sendCredentialRequest(url, asking, proxies);
  } catch (cause) {
    const why = `could not be reached${proxyReason(cause)}`;
    throw failed(`No access key was found, and ${url} ${why}.`, cause);
  }
  const { status, text } = reply;
  if (status === 200) return text;
  throw failed(`${url} returned no access key (${status}): ${text.slice(0, MAX_REPLY_CHARS)}`);
}

/** What is wrong is told by member, never by value: the answer holds a key. */
function lent(told: unknown): ExpiringKeys {
  const read = lentReply.safeParse(told);
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
    // No JSON is no key: the schema then says so.
    return undefined;
  }
}

function failed(message: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_auth_failed', message, { cause });
}
