import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../core/clock.js';
import { ProxyChoice } from '../proxy/proxy-choice.js';
import { findAwsKeys, type AwsKeys, type AwsLookup } from './aws-lookup.js';
import { leaseFor, renewing, type Lease } from './renewing.js';
import type { Signer } from './signer.js';

/** Keys that do not expire are looked up again, as they may have been replaced. */
const KEPT_MS = 5 * 60_000;

/** Keys as the operator wrote them, or where they are to be looked for. */
export type AwsSource = AwsKeys | AwsLookup;

/** The name of the service in a signature; the host says `bedrock-runtime`. */
const SERVICE = 'bedrock';

/**
 * Signs with AWS's Signature Version 4, over the body and the path as it is on the wire. Keys that have to be
 * looked for are kept while they live.
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
  // Keys of a day, derived once: without it each request derives them anew.
  const cache = new Map<string, ArrayBuffer>();
  return async ({ method, url, body }) => {
    const signer = new AwsV4Signer({
      method,
      url,
      // Its own type knows no views on bytes.
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
