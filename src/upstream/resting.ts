import type { Clock } from '../core/clock.js';
import type { GatewayError } from '../core/errors.js';
import type { Upstream } from '../core/model.js';

/** One failure may be chance. */
const FAILURES_BEFORE_REST = 3;
const FIRST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/** Some providers ask for hours when a day's quota is spent; whether it still holds is worth a request now and then. */
const LONGEST_ASKED_MS = 300_000;
/** How long all others keep away while one request finds out whether a place answers again. */
const PROBE_MS = 10_000;

/** A place that has failed, and not answered since. */
interface Trouble {
  /** In a row, before an answer had begun. */
  failures: number;
  /** Streams in a row that broke off. */
  breaks: number;
  rests: number;
  /** `Clock.now()` until which others are asked first; 0 before the first rest. */
  untilMs: number;
  isProbed: boolean;
}

const UNTROUBLED: Readonly<Trouble> = {
  failures: 0,
  breaks: 0,
  rests: 0,
  untilMs: 0,
  isProbed: false,
};

/** A place begins to rest, or is well again. */
export interface RestChange {
  /** `provider/name-there`. */
  readonly upstream: string;
  /** Why it rests; `null` when it has answered again. */
  readonly cause: GatewayError | null;
  /** Places that rest, this one included. */
  readonly resting: number;
}

/** Places in the order in which to ask them. */
export interface RestedOrder {
  readonly places: Iterable<Upstream>;
  /** Those that others go before only because they rest. */
  readonly passedOver: readonly Upstream[];
}

/**
 * Which places to ask last, because they have failed time and again or asked to be left alone.
 *
 * Without this every request would wait for the same dead place before it fell back. A rest refuses
 * nothing: where all rest, or there is only one, it is asked as ever.
 */
export class RestingPlaces {
  readonly #clock: Clock;
  readonly #onChange: (change: RestChange) => void;
  readonly #troubled = new Map<string, Trouble>();
  #isRetired = false;

  constructor(clock: Clock, onChange: (change: RestChange) => void = () => undefined) {
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** No place is in any trouble: `order` would change nothing. */
  get isQuiet(): boolean {
    return this.#troubled.size === 0;
  }

  /** Ids of the places that rest. */
  get names(): readonly string[] {
    return [...this.#troubled].flatMap(([id, { rests }]) => (rests > 0 ? [id] : []));
  }

  /** Whether others are to be asked first. */
  rests({ id }: Upstream, now = this.#clock.now()): boolean {
    return (this.#troubled.get(id)?.untilMs ?? 0) > now;
  }

  /** Puts places that rest behind those that do not. When a rest is over, one request at a time finds out. */
  order(inPreference: Iterable<Upstream>): RestedOrder {
    if (this.isQuiet) return { places: inPreference, passedOver: [] };
    const places = [...inPreference];
    const now = this.#clock.now();
    const rests = (place: Upstream): boolean => this.rests(place, now);
    const [first, ...others] = places.filter((place) => !rests(place));
    if (first === undefined) return { places, passedOver: [] };
    this.#probe(first, now);
    const passedOver = places.slice(0, places.indexOf(first));
    return { places: [first, ...others, ...places.filter(rests)], passedOver };
  }

  /** @param error - the place's own fault; `null` when its answer has come, or a stream begun */
  note({ id }: Upstream, error: GatewayError | null): void {
    if (error !== null) this.#failed(id, error, 'failures');
    else if (!this.isQuiet) this.#answered(id);
  }

  /**
   * An answer is over: a stream that had begun, or a whole one. That the next stream begins says nothing of whether it
   * will break off as well.
   *
   * @param error - the place's own fault; `null` when the answer came to its end
   */
  ended({ id }: Upstream, error: GatewayError | null): void {
    if (error !== null) this.#failed(id, error, 'breaks');
    else if (!this.isQuiet) this.#recovered(id);
  }

  /** Forgets everything, and tells nobody of what still comes. */
  retire(): void {
    this.#isRetired = true;
    this.#troubled.clear();
  }

  #probe({ id }: Upstream, now: number): void {
    const trouble = this.#troubled.get(id);
    if (trouble === undefined || trouble.rests === 0) return;
    trouble.untilMs = now + PROBE_MS;
    trouble.isProbed = true;
  }

  #failed(id: string, error: GatewayError, how: 'failures' | 'breaks'): void {
    if (this.#isRetired) return;
    const trouble = this.#troubled.get(id) ?? { ...UNTROUBLED };
    this.#troubled.set(id, trouble);
    trouble[how] += 1;
    const restMs = this.#restFor(trouble, error);
    if (restMs === null) return;
    const untilMs = this.#clock.now() + restMs;
    // A shorter rest never ends a longer one; a probe's is only a guess.
    trouble.untilMs = trouble.isProbed ? untilMs : Math.max(trouble.untilMs, untilMs);
    trouble.isProbed = false;
    trouble.rests += 1;
    if (trouble.rests > 1) return;
    this.#onChange({ upstream: id, cause: error, resting: this.names.length });
  }

  #restFor(trouble: Trouble, error: GatewayError): number | null {
    const { failures, breaks, rests, untilMs, isProbed } = trouble;
    const askedMs = (error.retryAfterS ?? 0) * 1_000;
    if (askedMs > 0) return Math.min(askedMs, LONGEST_ASKED_MS);
    if (Math.max(failures, breaks) < FAILURES_BEFORE_REST) return null;
    // Requests that were under way when the rest began say nothing new.
    if (!isProbed && untilMs > this.#clock.now()) return null;
    return Math.min(FIRST_REST_MS * 2 ** rests, LONGEST_REST_MS);
  }

  #answered(id: string): void {
    const breaks = this.#troubled.get(id)?.breaks ?? 0;
    if (breaks >= FAILURES_BEFORE_REST) return;
    this.#recovered(id);
    if (breaks > 0) this.#troubled.set(id, { ...UNTROUBLED, breaks });
  }

  #recovered(id: string): void {
    const trouble = this.#troubled.get(id);
    if (trouble === undefined) return;
    this.#troubled.delete(id);
    if (trouble.rests === 0) return;
    this.#onChange({ upstream: id, cause: null, resting: this.names.length });
  }
}
