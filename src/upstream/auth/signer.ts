/** A request that lacks only its authorization headers. */
export interface UnsignedRequest {
  readonly method: string;
  /** The absolute URL, exactly as it is sent: signatures cover it. */
  readonly url: string;
  readonly body: Buffer;
}

/**
 * Returns the authorization headers of a request: names in lower case and values, alternating.
 *
 * Rejects with {GatewayError} `upstream_auth_failed` if no credentials can be obtained.
 */
export type Signer = (request: UnsignedRequest) => Promise<readonly string[]>;
