import express, { type ErrorRequestHandler, type Express, type Request } from 'express';
import { GatewayError } from '../core/errors.js';
import { anthropic } from '../dialects/anthropic/anthropic.js';
import type { ClientDialect } from '../dialects/dialect.js';
import { gemini } from '../dialects/gemini/gemini.js';
import { openai } from '../dialects/openai/openai.js';
import type { ResponseStore } from '../dialects/responses/response-store.js';
import type { FeedbackService } from '../request/feedback-service.js';
import type { Pipeline } from '../pipeline.js';
import type { NonChatService } from '../request/non-chat-service.js';
import type { CacheSettings } from '../cache/settings.js';
import type { CacheAdmin } from '../recall/admin.js';
import { readBody } from './body.js';
import { purgeCache, statsJson } from './cache.js';
import type { ClientLimits } from './chat.js';
import { embeddingRoutes } from './embeddings.js';
import { submitFeedback } from './feedback.js';
import { admitGoogleKeys, geminiModelRoutes, speaksGemini } from './gemini.js';
import { decisionJson, outcomeJson } from './decision-view.js';
import { anthropicList, anthropicModel, modelJson, policyJson } from './model-view.js';
import { passthroughRoutes, speaksAnthropic } from './passthrough.js';
import { requestInfoOf, asGatewayError, sendError } from './reply.js';
import { responseRoutes } from './responses.js';

/** Operations endpoints: health, metrics, cache, feedback. */
export interface Operations {
  /** `ready` is false while draining; `detail` says what is in force and what is wrong with it. */
  readiness(): { readonly ready: boolean; readonly detail: Readonly<Record<string, unknown>> };
  /** Accepts feedback on answers; `null` if feedback is off. */
  feedback(): FeedbackService | null;
  /** Statistics and purging of the cache. */
  cache(): { readonly admin: CacheAdmin; readonly settings: CacheSettings };
  /** Stored responses that clients can continue. */
  readonly responses: ResponseStore;
  /** Whether web pages of an origin may read endpoints that need no key. */
  allowsPage(origin: string): boolean;
  /** All metrics in Prometheus' text format. */
  metricsText(): Promise<string>;
}

/** Paths that exist, though not for every method. */
const KNOWN_PATHS = [
  '/v1/chat/completions',
  '/v1/messages',
  '/v1/messages/count_tokens',
  '/v1/responses',
  '/v1/completions',
  '/v1/responses/:id',
  '/v1/route',
  '/v1/embeddings',
  '/v1/feedback',
  '/v1/models',
  '/v1/cache/stats',
  '/v1/cache/purge',
  '/healthz',
];

/** The express app with all endpoints that are not on the hot path. */
export function createApp(
  pipeline: Pipeline,
  plain: NonChatService,
  operations: Operations,
  limits: () => ClientLimits,
): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');

  operationRoutes(app, operations);
  admitGoogleKeys(app);
  app.use((req, _res, next) => {
    pipeline.admit(req.headers);
    next();
  });
  geminiModelRoutes(app, pipeline);
  modelRoutes(app, pipeline);
  app.get('/v1/decisions/:id', (req, res) => {
    const caller = pipeline.admit(req.headers);
    const { decision, routing, flips, outcome } = pipeline.findDecision(req.params.id, caller);
    res.json({
      ...decisionJson(decision, routing, flips),
      outcome: outcome && outcomeJson(outcome),
    });
  });
  app.post('/v1/route', async (req, res) => {
    const caller = pipeline.admit(req.headers);
    const body = await readBody(req, limits().maxBodyBytes);
    const { decision, routing, flips } = await pipeline.preview(body, caller, openai);
    res.json(decisionJson(decision, routing, flips));
  });

  app.post('/v1/feedback', async (req, res) => {
    const caller = pipeline.admit(req.headers);
    res.json(await submitFeedback(await readBody(req, limits().maxBodyBytes), caller, operations));
  });

  cacheRoutes(app, pipeline, operations, limits);
  responseRoutes(app, pipeline, operations.responses);
  embeddingRoutes(app, pipeline, plain, limits);
  passthroughRoutes(app, pipeline, plain, limits);
  app.all(KNOWN_PATHS, (req) => {
    throw new GatewayError(
      'method_not_allowed',
      `Method ${req.method} is not allowed for ${req.path}.`,
    );
  });
  app.use((req) => {
    throw new GatewayError(
      'not_found',
      `Unknown endpoint: ${req.method} ${req.path}. See /v1/models, /v1/chat/completions, /v1/responses and /v1/messages.`,
    );
  });
  app.use(errorReply(pipeline));
  return app;
}

function cacheRoutes(
  app: Express,
  pipeline: Pipeline,
  operations: Operations,
  limits: () => ClientLimits,
): void {
  app.get('/v1/cache/stats', (_req, res) => {
    res.json(statsJson(operations.cache().admin.stats()));
  });
  app.post('/v1/cache/purge', async (req, res) => {
    const caller = pipeline.admit(req.headers);
    const body = await readBody(req, limits().maxBodyBytes);
    res.json(await purgeCache(body, caller, operations.cache()));
  });
}

/** Lists policies and models, in Anthropic's format for its clients, which send `anthropic-version`. */
function modelRoutes(app: Express, pipeline: Pipeline): void {
  app.get('/v1/models', (req, res) => {
    const { policies, models } = pipeline.listTargets();
    const data = [...policies.map(policyJson), ...models.map(modelJson)];
    const isAnthropic = speaksAnthropic(req);
    res.json(isAnthropic ? anthropicList(data) : { object: 'list', data });
  });
  app.get('/v1/models/*name', (req, res) => {
    // Model names have slashes, which the OpenAI SDK sends percent-encoded and curl users do not.
    const target = pipeline.resolve(req.params.name.join('/'));
    const json = target.kind === 'policy' ? policyJson(target.policy) : modelJson(target.served);
    res.json(speaksAnthropic(req) ? anthropicModel(json) : json);
  });
}

/** Endpoints that need no key. */
function operationRoutes(app: Express, operations: Operations): void {
  // For those who open the base URL in a browser or to check that the gateway is up.
  app.get('/', (_req, res) => {
    res.json({ name: 'suffice', models: '/v1/models', health: '/healthz' });
  });
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.use(['/readyz', '/metrics'], ({ headers: { origin } }, res, next) => {
    // Pages that are allowed elsewhere because they need a key need none here, and these replies name models, prices and files.
    if (origin !== undefined && !operations.allowsPage(origin)) {
      res.removeHeader('access-control-allow-origin');
    }
    next();
  });
  app.get('/readyz', (_req, res) => {
    const { ready, detail } = operations.readiness();
    res.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'draining', ...detail });
  });
  app.get('/metrics', async (_req, res) => {
    res.type('text/plain; version=0.0.4').send(await operations.metricsText());
  });
}

function errorReply(pipeline: Pipeline): ErrorRequestHandler {
  // Express recognises an error handler by its four parameters, used or not.
  return (thrown: unknown, req, res, _next) => {
    const error = fromExpress(thrown) ?? asGatewayError(thrown);
    const requestId = pipeline.recordRefusal(error, requestInfoOf(req));
    sendError(res, error, { 'x-request-id': requestId }, dialectOf(req).writeError);
  };
}

/** Errors are written in the client's dialect. */
function dialectOf(req: Request): ClientDialect {
  if (speaksGemini(req)) return gemini;
  return speaksAnthropic(req) ? anthropic : openai;
}

/** Express itself rejects paths such as `/%ff`. */
function fromExpress(thrown: unknown): GatewayError | null {
  return thrown instanceof URIError
    ? new GatewayError('invalid_request', 'The path contains invalid percent-encoding.', {
        cause: thrown,
      })
    : null;
}
