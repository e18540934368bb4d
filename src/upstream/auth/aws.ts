import { AwsV4Signer } from 'aws4fetch';
import type { Clock } from '../../core/clock.js';
import type { Signer } from './signer.js';

/** An access key of AWS. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of keys that are lent for a time. */
  readonly sessionToken?: string | undefined;
}

/** The name of the service in a signature; the host says `bedrock-runtime`. */
const SERVICE = 'bedrock';

/** Signs with AWS's Signature Version 4, over the body and the path as it is on the wire. */
export function awsSigner(keys: AwsKeys, region: string, clock: Clock): Signer {
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
