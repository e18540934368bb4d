/** A request that is ready but for its proof of who asks. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute, as it will be on the wire: what a signature covers. */
  readonly url: string;
  readonly body: Buffer;
}

/**
 * Gives the headers that prove who asks, names in lower case and values in turn.
 *
 * Rejects with {GatewayError} `upstream_auth_failed` where there is no proof to be had.
 */
export type Signer = (request: UnsignedRequest) => Promise<readonly string[]>;
