import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../core/clock.js';
import { findAwsKeys, type AwsKeys, type AwsLookup } from './aws-lookup.js';
import type { Signer } from './signer.js';

/** How long before they expire keys are given up, so that none expire on their way. */
const MARGIN_MS = 5 * 60_000;
/** Keys that do not expire are looked up again, as they may have been replaced. */
const KEPT_MS = 5 * 60_000;

/** Keys as the operator wrote them, or where they are to be looked for. */
export type AwsSource = AwsKeys | AwsLookup;

/** The name of the service in a signature; the host says `bedrock-runtime`. */
const SERVICE = 'bedrock';

interface KeptSigner {
  readonly sign: Signer;
  /** Milliseconds since 1970. */
  readonly untilMs: number;
}

/**
 * Signs with AWS's Signature Version 4, over the body and the path as it is on the wire. Those that have to be looked for are kept until
 * shortly before they expire, and requests that come meanwhile wait for the same look-up.
 */
export function signerFor(source: AwsSource, region: string, clock: Clock): Signer {
  if ('accessKeyId' in source) return awsSigner(source, region, clock);
  let kept: KeptSigner | null = null;
  let pending: Promise<KeptSigner> | null = null;
  const look = async (): Promise<KeptSigner> => {
    const { keys, untilMs } = await findAwsKeys(source);
    const nowMs = clock.wallMs();
    // Keys that live shorter than the margin are used for half of their life.
    const usableMs = (lifeMs: number): number => Math.max(lifeMs - MARGIN_MS, lifeMs / 2);
    const keptMs = untilMs === null ? KEPT_MS : usableMs(untilMs - nowMs);
    return { sign: awsSigner(keys, region, clock), untilMs: nowMs + keptMs };
  };
  return async (request) => {
    if (kept === null || kept.untilMs <= clock.wallMs()) {
      pending ??= look().finally(() => {
        pending = null;
      });
      kept = await pending;
    }
    return kept.sign(request);
  };
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
