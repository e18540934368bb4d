import type { Clock } from '../../core/clock.js';
import type { ProxyChoice } from '../proxy/proxy-choice.js';
import { awsSignerFor, type AwsSource } from './aws.js';
import { googleSigner, type GoogleFile } from './google.js';
import type { Signer } from './signer.js';

/** Configured credentials that authorise every request individually. */
export type Credentials =
  | { readonly kind: 'aws'; readonly region: string; readonly source: AwsSource }
  | { readonly kind: 'google'; readonly file: GoogleFile };

/** Creates a signer; it opens no connection before the first request. */
export function openSigner(credentials: Credentials, clock: Clock, proxies: ProxyChoice): Signer {
  return credentials.kind === 'aws'
    ? awsSignerFor(credentials.source, credentials.region, clock, proxies)
    : googleSigner(credentials.file, clock, proxies);
}
