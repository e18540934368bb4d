import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../core/clock.js';
import { ProxyChoice } from '../proxy/proxy-choice.js';
import { findAwsKeys, type AwsKeys, type AwsLookup } from './aws-lookup.js';
import { leaseFor, renewing, type Lease } from './renewing.js';
import type { Signer } from './signer.js';

/** Keys without an expiry are looked up again after this time, because they may have been replaced. */
const KEPT_MS = 5 * 60_000;

/** Keys from the configuration, or how to look them up. */
export type AwsSource = AwsKeys | AwsLookup;

/** The service name in signatures; it differs from the host, which is `bedrock-runtime`. */
const SERVICE = 'bedrock';

/**
 * Signs with AWS Signature Version 4, over the body and the path as sent. Keys that are looked up are
 * cached until they expire.
 */
export function awsSignerFor(
  source: AwsSource,
  region: string,
  clock: Clock,
  proxies: ProxyChoice = ProxyChoice.none,
): Signer {
  if ('accessKeyId' in source) return awsSigner(source, region, clock);
  const nowMs = (): number => clock.wallMs();
  const signer = renewing(async (): Promise<Lease<Signer>> => {
    const { keys, untilMs } = await findAwsKeys(source, proxies);
    const sign = awsSigner(keys, region, clock);
    const now = nowMs();
    if (untilMs !== null) return leaseFor(sign, now, untilMs - now);
    return { value: sign, renewAtMs: now + KEPT_MS, expiresAtMs: now + KEPT_MS };
  }, nowMs);
  return async (request) => (await signer())(request);
}

function awsSigner(keys: AwsKeys, region: string, clock: Clock): Signer {
  // Caches the derived signing keys, which change once a day.
  const cache = new Map<string, ArrayBuffer>();
  return async ({ method, url, body }) => {
    const signer = new AwsV4Signer({
      method,
      url,
      // The library's type does not accept a Buffer.
      body: new Uint8Array(body),
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
      service: SERVICE,
      region,
      cache,
      datetime: new Date(clock.wallMs()).toISOString().replace(/[:-]|\.\d{3}/gu, ''),
    });
    const { headers } = await signer.sign();
    return [...headers.entries()].flat();
  };
}
