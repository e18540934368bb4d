import { randomUUID } from 'node:crypto';
import type { Clock } from '../core/clock.js';
import type { GoneSignal } from '../core/departure.js';
import { GatewayError } from '../core/errors.js';
import type { ServedModel, Upstream } from '../core/model.js';
import { retryHeader } from '../dialects/openai/retry-after.js';
import type {
  RequestEdits,
  AnswerRules,
  ChatRequest,
  ClientDialect,
  Target,
  WholeAnswer,
} from '../dialects/dialect.js';
import { passageBetween } from '../dialects/dialects.js';
import { withMembers } from '../dialects/members.js';
import { fitForDeepSeek } from '../dialects/deepseek/fit-request.js';
import { fitForMistral } from '../dialects/mistral/fit-request.js';
import type { Loss, LossPolicy } from '../dialects/neutral/losses.js';
import type { ThoughtMemory } from '../dialects/neutral/thought-store.js';
import type { Upstreams } from './call.js';
import { commit, type CommittedStream } from './committed-stream.js';
import type { Provider } from './providers.js';
import type { RestingPlaces } from './resting.js';
import { renamesFor, withWishes } from './terms.js';
import { failureOf, unfinished, type UnusedAnswer } from './unfinished.js';

export type { ClientSink, CommittedStream } from './committed-stream.js';

/** A request, and the places that may answer it. */
export interface AnswerTask {
  /** In order of preference; the first is the one that was chosen. Asked for one after the other. */
  readonly tries: Iterable<Upstream>;
  /** Attempts in all, the first included. At least 1. */
  readonly maxAttempts: number;
  /** Which of the places to ask last, whatever the preference. */
  readonly resting: RestingPlaces;
  readonly request: ChatRequest;
  /** The client's. */
  readonly dialect: ClientDialect;
  /** By `vendor/name`: what is known of a model decides how it can be asked. */
  readonly served: ReadonlyMap<string, ServedModel>;
  /** What becomes of what cannot be said in the provider's dialect. */
  readonly onLoss: LossPolicy;
  /** Asked only where a request is translated. */
  readonly memory: () => ThoughtMemory;
  readonly upstreams: Upstreams;
  /** By name. */
  readonly providers: ReadonlyMap<string, Provider>;
  readonly clock: Clock;
  /** Aborts when the client has gone: nothing is tried after that. */
  readonly signal: GoneSignal;
  /** A stream tells its usage even if the client did not ask for it: it is kept for others. */
  readonly keepsUsage?: boolean;
  /** The gateway chose the model, so the client could not know what it refuses. */
  readonly isRouted?: boolean;
  /** The places are of several models that the client lists: it wants an answer of any. */
  readonly listsModels?: boolean;
}

/** One attempt and how it came out. */
export interface AttemptOutcome {
  /** The upstream's id. */
  readonly upstream: string;
  /** `ok`, the code of the error that ended it, or `resting` where it was not made for now. */
  readonly outcome: string;
  /** Milliseconds until the answer began (a stream) or was complete, or the attempt failed. */
  readonly ms: number;
  /** What came to nothing and is probably billed all the same; absent where the attempt answered, or cost nothing. */
  readonly unused?: UnusedAnswer;
}

interface Attempted {
  /** In the order they were made; the last one decided. */
  readonly attempts: readonly AttemptOutcome[];
}

/** An answer that can no longer be replaced by another, or the last of the failures. */
export type Answer =
  | (Attempted &
      Lossy & {
        readonly ok: true;
        readonly kind: 'whole';
        readonly upstream: Upstream;
        readonly whole: WholeAnswer;
      })
  | (Attempted &
      Lossy & {
        readonly ok: true;
        readonly kind: 'stream';
        readonly upstream: Upstream;
        readonly stream: CommittedStream;
      })
  | (Attempted & { readonly ok: false; readonly error: GatewayError });

/** What came of asking one place after the other. */
export type Tried<Got> =
  | (Attempted & { readonly ok: true; readonly upstream: Upstream; readonly got: Got })
  | (Attempted & { readonly ok: false; readonly error: GatewayError });

/**
 * Gets an answer from the first upstream that gives one.
 *
 * Rejects only with bugs; every failure of an upstream is in the answer.
 */
export async function answerFrom(task: AnswerTask): Promise<Answer> {
  return answerOf(await tryEach(task, (upstream) => attempt(task, upstream)));
}

/** What was got, beside who gave it. */
export function answerOf(tried: Tried<Got>): Answer {
  if (!tried.ok) return tried;
  const { upstream, attempts, got } = tried;
  return { ok: true, upstream, attempts, ...got };
}

/**
 * Asks places in order until one gives what is wanted.
 *
 * Goes on to the next while the client has seen nothing, the client is still there, and the
 * failure is the upstream's. A request that is itself at fault would fail everywhere.
 *
 * Rejects only with bugs; every failure of an upstream is in the answer.
 */
export async function tryEach<Got>(
  task: Pick<
    AnswerTask,
    | 'tries'
    | 'maxAttempts'
    | 'signal'
    | 'clock'
    | 'resting'
    | 'providers'
    | 'isRouted'
    | 'listsModels'
  >,
  attempt: (upstream: Upstream) => Promise<Got>,
): Promise<Tried<Got>> {
  const { places, passedOver } = task.resting.order(task.tries);
  const attempts: AttemptOutcome[] = passedOver.map(({ id }) => restingOutcome(id));
  let error: GatewayError | null = null;
  let left = task.maxAttempts;
  const refusing = new Set<string>();
  for (const upstream of othersFirst(places, refusing)) {
    if (task.signal.aborted) {
      error = new GatewayError('client_closed', 'the client has gone');
      break;
    }
    const startedMs = task.clock.now();
    const record = (outcome: string): AttemptOutcome => {
      return { upstream: upstream.id, outcome, ms: task.clock.now() - startedMs };
    };
    try {
      const got = await attempt(upstream);
      attempts.push(record('ok'));
      task.resting.note(upstream, null);
      return { ok: true, upstream, attempts, got };
    } catch (thrown) {
      const failure = failureOf(thrown);
      error = redactedBy(task.providers.get(upstream.provider), failure.error);
      const { summary } = failure;
      const tried = record(error.code);
      attempts.push(summary === null ? tried : { ...tried, unused: { upstream, summary } });
      const isTheirs = isUpstreamsFault(error);
      if (!isTheirs && !isTheModels(error, task)) break;
      if (!isTheirs) refusing.add(upstream.modelId);
      // A size says nothing of how the place would do with what others ask.
      if (isTheirs && error.status !== TOO_LARGE) task.resting.note(upstream, error);
      left -= 1;
      if (left === 0) break;
    }
  }
  error ??= new GatewayError('upstream_failed', 'there is no upstream to ask');
  return { ok: false, error, attempts };
}

/**
 * The places in order, but those of models that have refused meanwhile after all others: elsewhere a model may have more
 * room, and hardly ever other views.
 */
function* othersFirst(
  places: Iterable<Upstream>,
  refusing: ReadonlySet<string>,
): Iterable<Upstream> {
  const last: Upstream[] = [];
  for (const place of places) {
    if (refusing.has(place.modelId)) last.push(place);
    else yield place;
  }
  yield* last;
}

/** What an upstream said went wrong, as others may read it. */
function redactedBy(provider: Provider | undefined, error: GatewayError): GatewayError {
  return provider?.redacted(error) ?? error;
}

function restingOutcome(upstream: string): AttemptOutcome {
  return { upstream, outcome: 'resting', ms: 0 };
}

/** What the provider was not told, and what the client is not told of a whole answer. */
interface Lossy {
  readonly dropped: readonly Loss[];
}

/** What one upstream gave. */
export type Got = Lossy &
  (
    | { readonly kind: 'whole'; readonly whole: WholeAnswer }
    | { readonly kind: 'stream'; readonly stream: CommittedStream }
  );

/** @param spoken - the dialect that the provider is asked in */
function editsFor(
  { request, isRouted }: AnswerTask,
  upstream: Upstream,
  provider: Provider,
  spoken: Provider['dialect'],
): RequestEdits {
  return {
    model: upstream.upstreamModel,
    askUsage: request.stream && !request.includeUsage && provider.usageOption,
    renames: renamesFor(request, spoken, provider, upstream),
    effortByName: spoken === 'openai' && provider.effortByName,
    tellsSchema: !provider.schemas,
    // Whoever names a model in its own words gets its own answer to them, refusals included.
    ...(isRouted === true && {
      refusals: provider.refusalsFor(upstream.upstreamModel),
      efforts: provider.effortsFor(upstream.upstreamModel),
    }),
  };
}

async function attempt(task: AnswerTask, upstream: Upstream): Promise<Got> {
  const { request, dialect } = task;
  const provider = task.providers.get(upstream.provider);
  if (provider === undefined) throw new Error(`provider ${upstream.provider} is not configured`);

  const spoken = provider.dialectFor(dialect.name, upstream.upstreamModel);
  const passage = passageBetween(dialect.name, spoken);
  const edits = editsFor(task, upstream, provider, spoken);
  const asked = passage.ask(request, edits, () => targetOf(task, upstream, provider));
  const { headers } = asked;
  const dropped = withWishes(asked.dropped, request.terms ?? null, provider);
  // What a row wants of requests it wants of those in the provider's first dialect.
  const body = spoken === provider.dialect ? fitted(asked.body, provider) : asked.body;
  const answer = await task.upstreams.call({
    upstream,
    body,
    headers,
    dialect: spoken,
    stream: request.stream,
    signal: task.signal,
  });
  const rules: AnswerRules = {
    trusted: provider.trustedAnswers,
    includeUsage: request.includeUsage || task.keepsUsage === true,
    model: upstream.modelId,
    createdS: Math.floor(task.clock.wallMs() / 1_000),
    seed: randomUUID(),
    request,
  };
  if (answer.kind === 'stream') {
    const stream = passage.openStream(rules, asked);
    try {
      const committed = await commit(answer.body, stream, (error) => provider.redacted(error));
      return { kind: 'stream', stream: committed, dropped };
    } catch (error) {
      throw unfinished(error, stream.summary);
    }
  }
  if (answer.status >= 300) {
    throw passage.readError(answer.status, answer.bytes, retryHeader(answer));
  }
  const whole = passage.readAnswer(answer.bytes, rules, asked);
  return { kind: 'whole', whole, dropped: [...dropped, ...(whole.summary.lost ?? [])] };
}

const FITS = { mistral: fitForMistral, deepseek: fitForDeepSeek } as const;

/** The request with what this one provider wants of it beyond its dialect. */
function fitted(body: Buffer, { members, fit }: Provider): Buffer {
  const whole = withMembers(body, members);
  return fit === null ? whole : FITS[fit](whole);
}

function targetOf(
  { served, onLoss, memory }: AnswerTask,
  upstream: Upstream,
  provider: Provider,
): Target {
  const model = served.get(upstream.modelId)?.model;
  const { name, usageOption, outputCap, takesThoughts, schemas } = provider;
  return {
    model: upstream.upstreamModel,
    provider: name,
    maxOutputTokens: model?.maxOutputTokens ?? null,
    canThink: model?.capabilities.has('reasoning') ?? false,
    efforts: provider.effortsFor(upstream.upstreamModel),
    usageOption,
    outputCap,
    takesThoughts,
    schemas,
    renames: provider.renamesFor(upstream.upstreamModel),
    refusals: provider.refusalsFor(upstream.upstreamModel),
    onLoss,
    memory: memory(),
  };
}

/** More than this provider takes at once: Groq says so of what is over an account's tokens a minute. */
const TOO_LARGE = 413;

/**
 * Statuses that say "not here" rather than "not so": the key, the account, the model's name, the
 * load, the size. Another provider may well answer the same request.
 */
const NOT_HERE = new Set([401, 402, 403, 404, 408, TOO_LARGE, 429]);

/**
 * What one model refuses and another may take. That a prompt is too long, whoever chose the model could not know; for
 * content that one vendor will not have, only a client that lists other models has asked them.
 */
function isTheModels(
  { upstreamCode }: GatewayError,
  { isRouted, listsModels }: Pick<AnswerTask, 'isRouted' | 'listsModels'>,
): boolean {
  if (upstreamCode === 'content_filter') return listsModels === true;
  return upstreamCode === 'context_length_exceeded' && (listsModels === true || isRouted === true);
}

/** Another upstream could do better. */
export function isUpstreamsFault(error: GatewayError): boolean {
  if (error.code === 'client_closed') return false;
  if (error.code !== 'upstream_rejected') return true;
  return NOT_HERE.has(error.status) || error.status >= 500;
}
