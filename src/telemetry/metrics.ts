import { Registry, collectDefaultMetrics } from 'prom-client';
import { BufferedGauge, BufferedHistogram, BufferedCounter } from './buffered-metrics.js';

const OVERHEAD_BUCKETS_S = [
  0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 1,
];
const ANSWER_BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160];

/**
 * Every metric of the gateway, with its unit and its labels.
 *
 * Labels take values from closed sets only (configured models, error codes, reasons): a client can
 * never add a time series.
 */
export class Metrics {
  readonly registry = new Registry();

  readonly requests = this.#counter(
    'suffice_requests_total',
    'Finished chat requests, by the model that served them and the HTTP status.',
    ['model', 'status'],
  );
  readonly tokens = this.#counter(
    'suffice_tokens_total',
    'Tokens used, by model and kind (input, output, cache_read, cache_write, reasoning).',
    ['model', 'kind'],
  );
  readonly costUsd = this.#counter(
    'suffice_cost_usd_total',
    'US dollars spent, by model; requests of unknown price are not counted.',
    ['model'],
  );
  readonly savedUsd = this.#counter(
    'suffice_saved_usd_total',
    'US dollars saved compared with the policy’s reference model, by policy; requests that cost more are not subtracted (the log reports them as a negative savedUsd).',
    ['policy'],
  );
  readonly unpriced = this.#counter(
    'suffice_unpriced_requests_total',
    'Requests whose cost is unknown, by model.',
    ['model'],
  );
  readonly decisions = this.#counter(
    'suffice_decisions_total',
    'Routing decisions, by policy, reason and chosen model.',
    ['policy', 'reason', 'model'],
  );
  readonly degraded = this.#counter(
    'suffice_degraded_decisions_total',
    'Degraded routing decisions, by cause.',
    ['cause'],
  );
  readonly attempts = this.#counter(
    'suffice_upstream_attempts_total',
    'Attempts to get an answer, by provider and outcome (ok, an error code, or resting for an upstream that keeps failing and was therefore not tried first).',
    ['provider', 'outcome'],
  );
  readonly resting = this.#gauge(
    'suffice_upstreams_resting',
    'Upstreams that keep failing, or requested a pause, and have not answered since; others are tried first.',
  );
  readonly dropped = this.#counter(
    'suffice_dropped_fields_total',
    'Parts of requests, and of answers (`answer.…`), that were dropped because the other dialect cannot express them, by part.',
    ['what'],
  );
  readonly errors = this.#counter(
    'suffice_errors_total',
    'Requests answered with an error, by code.',
    ['code'],
  );
  readonly reloads = this.#counter(
    'suffice_reloads_total',
    'Reloads of configuration and rules, by result (ok, refused).',
    ['result'],
  );
  readonly ruleFaults = this.#counter(
    'suffice_rule_faults_total',
    'Rule conditions that could not be evaluated and counted as not matching, by rule.',
    ['rule'],
  );
  readonly feedback = this.#counter(
    'suffice_feedback_total',
    'Grades accepted by POST /v1/feedback, by graded model.',
    ['model'],
  );
  readonly cacheRequests = this.#counter(
    'suffice_cache_requests_total',
    'Chat requests by cache result: hit, semantic (hit for a rephrased question), shared (joined a request in flight), miss, bypass.',
    ['result'],
  );
  readonly cacheSavedUsd = this.#counter(
    'suffice_cache_saved_usd_total',
    'US dollars saved by cached answers, by the model that had answered.',
    ['model'],
  );
  readonly cacheUnkept = this.#counter(
    'suffice_cache_unkept_total',
    'Answers that were not cached, by reason.',
    ['reason'],
  );
  readonly cacheRechecks = this.#counter(
    'suffice_cache_rechecks_total',
    'Cached answers to rephrased questions that were checked with a model, by result: right, wrong, unclear, failed.',
    ['result'],
  );
  readonly cacheFetches = this.#counter(
    'suffice_cache_fetches_total',
    'Fetches of other gateways’ answers from Redis, by result: found, late, gone, damaged, failed.',
    ['result'],
  );
  readonly cacheRedis = this.#gauge(
    'suffice_cache_redis_up',
    '1 while Redis is connected; 0 while it is unavailable or not configured.',
  );
  readonly cacheUnsaved = this.#gauge(
    'suffice_cache_unsaved',
    '1 while cached answers cannot be saved to cache.folder.',
  );
  readonly cacheEntries = this.#gauge('suffice_cache_entries', 'Cached answers.');
  readonly cacheBytes = this.#gauge(
    'suffice_cache_bytes',
    'Bytes of memory that cached answers take.',
  );
  readonly tunedHead = this.#gauge(
    'suffice_tuned_head',
    'Number of the tuned head in force; 0 for none.',
  );
  readonly configStale = this.#gauge(
    'suffice_config_stale',
    '1 while a changed configuration or rules file is refused and the old one is in force.',
  );
  readonly inFlight = this.#gauge('suffice_requests_in_flight', 'Chat requests in flight.');
  readonly overheadS = this.#histogram(
    'suffice_overhead_seconds',
    'Time the gateway itself took before the first byte of the answer, excluding upstream time.',
    OVERHEAD_BUCKETS_S,
  );
  readonly decisionS = this.#histogram(
    'suffice_decision_seconds',
    'Time to choose a model.',
    OVERHEAD_BUCKETS_S,
  );
  readonly upstreamFirstByteS = this.#histogram(
    'suffice_upstream_first_byte_seconds',
    'Time from sending the request upstream to the first byte of the answer.',
    ANSWER_BUCKETS_S,
  );
  readonly requestS = this.#histogram(
    'suffice_request_seconds',
    'Time from the request’s last byte to the answer’s last byte.',
    ANSWER_BUCKETS_S,
  );

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  #counter<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
  ): BufferedCounter<L> {
    return new BufferedCounter({ name, help, registry: this.registry }, labelNames);
  }

  #gauge(name: string, help: string): BufferedGauge {
    return new BufferedGauge({ name, help, registry: this.registry });
  }

  #histogram(name: string, help: string, buckets: readonly number[]): BufferedHistogram {
    return new BufferedHistogram({ name, help, registry: this.registry }, buckets);
  }
}
