/** Something that is of use for a time. Both times are on one clock, in milliseconds. */
export interface Lease<T> {
  readonly value: T;
  /** From then on it is renewed. */
  readonly renewAtMs: number;
  /** From then on it is of no use. */
  readonly expiresAtMs: number;
}

/** How long before it expires a value is renewed. */
const RENEW_MS = 5 * 60_000;
/** How long before it expires a value is given up, so that none expires on its way. */
const MARGIN_MS = 30_000;
/** A renewal that failed is tried again after this long, while the old value is still good. */
const RETRY_MS = 10_000;

/** A lease of `lifeMs` from `nowMs`; one shorter than the margins is renewed after half of its life. */
export function leaseFor<T>(value: T, nowMs: number, lifeMs: number): Lease<T> {
  const lessBy = (marginMs: number): number => nowMs + Math.max(lifeMs - marginMs, lifeMs / 2);
  return { value, renewAtMs: lessBy(RENEW_MS), expiresAtMs: lessBy(MARGIN_MS) };
}

/**
 * Keeps a value that expires, and renews it before it does.
 *
 * While the value is good nobody waits for its renewal, and a renewal that fails is tried again. Without
 * a good value all who ask wait for the same renewal, and get its error.
 *
 * @param nowMs - the clock of the leases
 */
export function renewing<T>(renew: () => Promise<Lease<T>>, nowMs: () => number): () => Promise<T> {
  let lease: Lease<T> | null = null;
  let pending: Promise<Lease<T>> | null = null;
  let retryAtMs = -Infinity;

  const renewal = async (): Promise<Lease<T>> => {
    try {
      lease = await renew();
      return lease;
    } catch (error) {
      retryAtMs = nowMs() + RETRY_MS;
      throw error;
    } finally {
      pending = null;
    }
  };

  return async () => {
    const now = nowMs();
    if (lease === null || now >= lease.expiresAtMs) return (await (pending ??= renewal())).value;
    if (now >= lease.renewAtMs && now >= retryAtMs && pending === null) {
      pending = renewal();
      // Told to those who ask once the value is of no use any more, if it still fails then.
      pending.catch(() => undefined);
    }
    return lease.value;
  };
}
