/** A value that expires. Both times are milliseconds of the same clock. */
export interface Lease<T> {
  readonly value: T;
  /** When renewal starts. */
  readonly renewAtMs: number;
  /** From when on the value is not used any more. */
  readonly expiresAtMs: number;
}

/** How long before it expires a value is renewed. */
const RENEW_MS = 5 * 60_000;
/** How long before its expiry a value is not used any more, so that none expires during a request. */
const MARGIN_MS = 30_000;
/** How long after a failed renewal the next one is tried, while the old value is still valid. */
const RETRY_MS = 10_000;

/** A lease of `lifeMs` from `nowMs`; if that is shorter than the margins, it is renewed after half of its lifetime. */
export function leaseFor<T>(value: T, nowMs: number, lifeMs: number): Lease<T> {
  const lessBy = (marginMs: number): number => nowMs + Math.max(lifeMs - marginMs, lifeMs / 2);
  return { value, renewAtMs: lessBy(RENEW_MS), expiresAtMs: lessBy(MARGIN_MS) };
}

/**
 * Caches a value that expires, and renews it before it does.
 *
 * While the value is valid, no caller waits for its renewal, and a failed renewal is tried again. Without
 * a valid value, all callers wait for the same renewal, and get its error.
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
      // Callers only get this error if renewal still fails once the value has expired.
      pending.catch(() => undefined);
    }
    return lease.value;
  };
}
