import { Registry, collectDefaultMetrics } from 'prom-client';
import { Level, Spread, Tally } from './tallies.js';

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
    'Chat requests that have ended, by the model that served them and the status sent.',
    ['model', 'status'],
  );
  readonly tokens = this.#counter(
    'suffice_tokens_total',
    'Tokens used, by model and kind (input, output, cache_read, cache_write, reasoning).',
    ['model', 'kind'],
  );
  readonly costUsd = this.#counter(
    'suffice_cost_usd_total',
    'US dollars spent, by model; requests of unknown price are not in it.',
    ['model'],
  );
  readonly savedUsd = this.#counter(
    'suffice_saved_usd_total',
    'US dollars less than the policy’s reference model would have cost, by policy.',
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
    'Decisions that were not made as they should be, by cause.',
    ['cause'],
  );
  readonly attempts = this.#counter(
    'suffice_upstream_attempts_total',
    'Tries to get an answer, by provider and outcome (ok or an error code; resting where a place that keeps failing was not asked first).',
    ['provider', 'outcome'],
  );
  readonly resting = this.#gauge(
    'suffice_upstreams_resting',
    'Places that keep failing, or asked to be left alone, and have not answered since: others are asked first.',
  );
  readonly dropped = this.#counter(
    'suffice_dropped_fields_total',
    'Parts of requests that the provider was not told, and of answers (`answer.…`) that the client was not told, because a dialect has no word for them, by what they were.',
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
    'Conditions of rules that could not be evaluated and counted as not matched, by rule.',
    ['rule'],
  );
  readonly feedback = this.#counter(
    'suffice_feedback_total',
    'Grades taken by POST /v1/feedback, by the model that was graded.',
    ['model'],
  );
  readonly cacheRequests = this.#counter(
    'suffice_cache_requests_total',
    'Chat requests by what the cache did: hit, semantic (the same in other words), shared (under way for another client), miss, bypass.',
    ['result'],
  );
  readonly cacheSavedUsd = this.#counter(
    'suffice_cache_saved_usd_total',
    'US dollars not spent because an answer was given again, by the model that had answered.',
    ['model'],
  );
  readonly cacheUnkept = this.#counter(
    'suffice_cache_unkept_total',
    'Answers that were not kept, by reason.',
    ['reason'],
  );
  readonly cacheRechecks = this.#counter(
    'suffice_cache_rechecks_total',
    'Answers given to questions in other words that were asked of a model again, by what came of it: right, wrong, unclear, failed.',
    ['result'],
  );
  readonly cacheFetches = this.#counter(
    'suffice_cache_fetches_total',
    'Answers of other processes whose words were fetched from Redis to be given, by what came of it: found, late, gone, damaged, failed.',
    ['result'],
  );
  readonly cacheRedis = this.#gauge(
    'suffice_cache_redis_up',
    '1 while answers are shared by Redis; 0 while it is away, or not configured.',
  );
  readonly cacheUnsaved = this.#gauge(
    'suffice_cache_unsaved',
    '1 while answers that are to outlast the process cannot be written to their file.',
  );
  readonly cacheEntries = this.#gauge('suffice_cache_entries', 'Answers kept.');
  readonly cacheBytes = this.#gauge('suffice_cache_bytes', 'Memory that kept answers take.');
  readonly tunedHead = this.#gauge(
    'suffice_tuned_head',
    'Number of the tuned head in force; 0 for none.',
  );
  readonly configStale = this.#gauge(
    'suffice_config_stale',
    '1 while a changed configuration or rules file was refused and the old one is in force.',
  );
  readonly inFlight = this.#gauge('suffice_requests_in_flight', 'Chat requests under way.');
  readonly overheadS = this.#histogram(
    'suffice_overhead_seconds',
    'Time the gateway itself took before the first byte of the answer, upstream time excluded.',
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

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[]): Tally<L> {
    return new Tally({ name, help, registry: this.registry }, labelNames);
  }

  #gauge(name: string, help: string): Level {
    return new Level({ name, help, registry: this.registry });
  }

  #histogram(name: string, help: string, buckets: readonly number[]): Spread {
    return new Spread({ name, help, registry: this.registry }, buckets);
  }
}
