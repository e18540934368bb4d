import { readFile } from 'node:fs/promises';
import { importPKCS8, SignJWT } from 'jose';
import * as z from 'zod';
import type { Clock } from '../../core/clock.js';
import { GatewayError } from '../../core/errors.js';
import { ProxyChoice } from '../proxy/proxy-choice.js';
import { proxyReason } from '../proxy/proxy-error.js';
import { sendCredentialRequest } from './credential-request.js';
import { leaseFor, renewing, type Lease } from './renewing.js';
import type { Signer } from './signer.js';

/** Where to find the credentials of a Google account. */
export interface GoogleFile {
  /** Absolute path of a service account's key, or of the file that `gcloud auth application-default login` writes. */
  readonly path: string;
  /** The token endpoint; default: the one in the file. */
  readonly tokenUrl?: string | undefined;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
/** The maximum lifetime of an assertion; Google's tokens also last an hour. */
const ASSERTION_S = 3_600;
/** Requests wait for the token; the exchange usually takes a fraction of a second. */
const TIMEOUT_MS = 10_000;
const MAX_REPLY_CHARS = 200;

// Loose, because Google writes further members into these files.
const credentialsFile = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('service_account'),
    client_email: z.string().min(1),
    private_key: z.string().min(1),
    private_key_id: z.string().optional(),
    token_uri: z.url().optional(),
  }),
  z.looseObject({
    type: z.literal('authorized_user'),
    client_id: z.string().min(1),
    client_secret: z.string().min(1),
    refresh_token: z.string().min(1),
    token_uri: z.url().optional(),
  }),
]);
type CredentialsFile = z.output<typeof credentialsFile>;

const tokenReply = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
});

/**
 * Exchanges credentials for a token, and caches it until it expires. The file is read at every exchange, so
 * the key can be replaced while the gateway runs.
 */
export function googleSigner(
  file: GoogleFile,
  clock: Clock,
  proxies: ProxyChoice = ProxyChoice.none,
): Signer {
  const token = renewing(
    () => leaseOf(file, clock, proxies),
    () => clock.now(),
  );
  return async () => ['authorization', `Bearer ${await token()}`];
}

async function leaseOf(
  file: GoogleFile,
  clock: Clock,
  proxies: ProxyChoice,
): Promise<Lease<string>> {
  const credentials = await readCredentials(file.path);
  const url = file.tokenUrl ?? credentials.token_uri ?? TOKEN_URL;
  const form = await formOf(credentials, url, clock);
  const startedMs = clock.now();
  const { status, text } = await post(url, form, proxies);
  const reply = tokenReply.safeParse(parsed(text));
  if (status !== 200 || !reply.success) {
    throw refused(`answered with status ${status}: ${text.slice(0, MAX_REPLY_CHARS)}`);
  }
  return leaseFor(reply.data.access_token, startedMs, reply.data.expires_in * 1_000);
}

async function readCredentials(path: string): Promise<CredentialsFile> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw failed(`The credentials in ${path} cannot be read.`, cause);
  }
  const read = credentialsFile.safeParse(parsed(text));
  if (read.success) return read.data;
  // The error names the faulty member, never its value, because the file holds a key.
  const [issue] = read.error.issues;
  const what =
    issue === undefined || issue.path.length === 0 ? '' : ` (at "${issue.path.join('.')}")`;
  throw failed(
    `The credentials in ${path} are neither those of a service account nor those of a user${what}.`,
  );
}

async function formOf(credentials: CredentialsFile, url: string, clock: Clock): Promise<string> {
  if (credentials.type === 'authorized_user') {
    const { client_id, client_secret, refresh_token } = credentials;
    const fields = { grant_type: 'refresh_token', client_id, client_secret, refresh_token };
    return new URLSearchParams(fields).toString();
  }
  const assertion = await assertionOf(credentials, url, Math.floor(clock.wallMs() / 1_000));
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return new URLSearchParams({ grant_type, assertion }).toString();
}

async function assertionOf(
  account: Extract<CredentialsFile, { type: 'service_account' }>,
  url: string,
  nowS: number,
): Promise<string> {
  try {
    const key = await importPKCS8(account.private_key, 'RS256');
    return await new SignJWT({ scope: SCOPE })
      .setProtectedHeader({
        alg: 'RS256',
        typ: 'JWT',
        ...(account.private_key_id !== undefined && { kid: account.private_key_id }),
      })
      .setIssuer(account.client_email)
      .setAudience(url)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + ASSERTION_S)
      .sign(key);
  } catch (cause) {
    throw failed(`The key of ${account.client_email} cannot be used to sign.`, cause);
  }
}

async function post(
  url: string,
  form: string,
  proxies: ProxyChoice,
): Promise<{ readonly status: number; readonly text: string }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const request = { method: 'POST', headers, body: form, timeoutMs: TIMEOUT_MS } as const;
  try {
    return await sendCredentialRequest(url, request, proxies);
  } catch (cause) {
    throw refused(`could not be reached${proxyReason(cause)}`, cause);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the schema rejects `undefined`.
    return undefined;
  }
}

function refused(what: string, cause?: unknown): GatewayError {
  return failed(`The token endpoint for the gateway's own credentials ${what}.`, cause);
}

function failed(message: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream_auth_failed', message, { cause });
}
