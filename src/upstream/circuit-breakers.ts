import type { Clock } from '../core/clock.js';
import type { GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';

/** Consecutive failures before a place rests. */
const FAILURES_BEFORE_REST = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/** Upper limit for `retry-after`: some providers ask for hours when a daily quota is spent, but it is worth a probe now and then. */
const MAX_RETRY_AFTER_MS = 300_000;
/** How long other requests avoid a place while a single one probes it. */
const PROBE_MS = 10_000;

/** The state of a place that has failed and not answered since. */
interface BreakerState {
  /** Consecutive failures before an answer had begun. */
  failures: number;
  /** Consecutive streams that broke off. */
  breaks: number;
  rests: number;
  /** `Clock.now()` until which others are tried first; 0 before the first rest. */
  untilMs: number;
  isProbed: boolean;
}

const NO_FAILURES: Readonly<BreakerState> = {
  failures: 0,
  breaks: 0,
  rests: 0,
  untilMs: 0,
  isProbed: false,
};

/** A place begins to rest, or has recovered. */
export interface BreakerChange {
  /** `provider/name-there`. */
  readonly upstream: string;
  /** Why it rests; `null` if it has recovered. */
  readonly cause: GatewayError | null;
  /** Places that rest, this one included. */
  readonly restingCount: number;
}

/** Places in the order in which to try them. */
export interface PlaceOrder {
  readonly places: Iterable<Upstream>;
  /** Preferred places that come later only because they rest. */
  readonly passedOver: readonly Upstream[];
}

/**
 * A circuit breaker per place: one that keeps failing, or sent `retry-after`, rests and is tried last.
 *
 * Without it every request would wait for the same dead place before failing over. Unlike most circuit
 * breakers it refuses no request: if all places rest, or there is only one, they are tried as usual.
 */
export class CircuitBreakers {
  readonly #clock: Clock;
  readonly #onChange: (change: BreakerChange) => void;
  readonly #states = new Map<string, BreakerState>();
  #isRetired = false;

  constructor(clock: Clock, onChange: (change: BreakerChange) => void = () => undefined) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Every place works, so `order` would change nothing. */
  get hasNoFailures(): boolean {
    return this.#states.size === 0;
  }

  /** Ids of the places that rest. */
  get openIds(): readonly string[] {
    return [...this.#states].flatMap(([id, { rests }]) => (rests > 0 ? [id] : []));
  }

  /** Whether a place rests, so that others are tried first. */
  isResting({ id }: Upstream, now = this.#clock.now()): boolean {
    return (this.#states.get(id)?.untilMs ?? 0) > now;
  }

  /** Puts resting places last. After a rest, one request at a time probes the place. */
  order(inPreference: Iterable<Upstream>): PlaceOrder {
    if (this.hasNoFailures) return { places: inPreference, passedOver: [] };
    const places = [...inPreference];
    const now = this.#clock.now();
    const isResting = (place: Upstream): boolean => this.isResting(place, now);
    const [first, ...others] = places.filter((place) => !isResting(place));
    if (first === undefined) return { places, passedOver: [] };
    this.#probe(first, now);
    const passedOver = places.slice(0, places.indexOf(first));
    return { places: [first, ...others, ...places.filter(isResting)], passedOver };
  }

  /** Records the result of an attempt. @param error - the place's failure; `null` if it answered or a stream has begun */
  recordAttempt({ id }: Upstream, error: GatewayError | null): void {
    if (error !== null) this.#failed(id, error, 'failures');
    else if (!this.hasNoFailures) this.#answered(id);
  }

  /**
   * Records the end of an answer, streamed or whole. Streams that break off are counted separately: that the next one
   * begins does not mean that it will not break off as well.
   *
   * @param error - the place's failure; `null` if the answer is complete
   */
  recordEnd({ id }: Upstream, error: GatewayError | null): void {
    if (error !== null) this.#failed(id, error, 'breaks');
    else if (!this.hasNoFailures) this.#recovered(id);
  }

  /** Clears all state and ignores later results. */
  retire(): void {
    this.#isRetired = true;
    this.#states.clear();
  }

  #probe({ id }: Upstream, now: number): void {
    const state = this.#states.get(id);
    if (state === undefined || state.rests === 0) return;
    state.untilMs = now + PROBE_MS;
    state.isProbed = true;
  }

  #failed(id: string, error: GatewayError, how: 'failures' | 'breaks'): void {
    if (this.#isRetired) return;
    const state = this.#states.get(id) ?? { ...NO_FAILURES };
    this.#states.set(id, state);
    state[how] += 1;
    const restMs = this.#restFor(state, error);
    if (restMs === null) return;
    const untilMs = this.#clock.now() + restMs;
    // A shorter rest never ends a longer one, except the provisional one during a probe.
    state.untilMs = state.isProbed ? untilMs : Math.max(state.untilMs, untilMs);
    state.isProbed = false;
    state.rests += 1;
    if (state.rests > 1) return;
    this.#onChange({ upstream: id, cause: error, restingCount: this.openIds.length });
  }

  #restFor(state: BreakerState, error: GatewayError): number | null {
    const { failures, breaks, rests, untilMs, isProbed } = state;
    const retryAfterMs = (error.retryAfterS ?? 0) * 1_000;
    if (retryAfterMs > 0) return Math.min(retryAfterMs, MAX_RETRY_AFTER_MS);
    if (Math.max(failures, breaks) < FAILURES_BEFORE_REST) return null;
    // Requests that were in flight when the rest began add no information.
    if (!isProbed && untilMs > this.#clock.now()) return null;
    return Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS);
  }

  #answered(id: string): void {
    const breaks = this.#states.get(id)?.breaks ?? 0;
    if (breaks >= FAILURES_BEFORE_REST) return;
    this.#recovered(id);
    if (breaks > 0) this.#states.set(id, { ...NO_FAILURES, breaks });
  }

  #recovered(id: string): void {
    const state = this.#states.get(id);
    if (state === undefined) return;
    this.#states.delete(id);
    if (state.rests === 0) return;
    this.#onChange({ upstream: id, cause: null, restingCount: this.openIds.length });
  }
}
