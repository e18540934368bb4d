import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, Request } from 'express';
import { geminiDialect } from '../dialects/gemini/gemini.js';
import type { Pipeline } from '../pipeline.js';
import { ChatEndpoint, type ClientLimits } from './chat.js';
import { modelJson, policyJson } from './model-view.js';

/** The methods of a model's address. */
type Verb = 'generateContent' | 'streamGenerateContent' | 'countTokens';

interface Asked {
  readonly model: string;
  readonly verb: Verb;
  readonly query: URLSearchParams;
}

const ADDRESS =
  /^\/v1(?:beta|alpha)?\/models\/(.+):(generateContent|streamGenerateContent|countTokens)$/;

/**
 * Reads an address such as `/v1beta/models/vendor/name:generateContent?key=…`.
 *
 * @returns `null` for every other address
 */
export function geminiAddress(url: string): Asked | null {
  const [path = '', ...rest] = url.split('?');
  const [, name, verb] = ADDRESS.exec(path) ?? [];
  if (name === undefined || verb === undefined) return null;
  return {
    model: modelInPath(name),
    verb: verb as Verb,
    query: new URLSearchParams(rest.join('?')),
  };
}

/** The model's name in an address: slashes may be encoded, and `models/` may precede it. */
export function modelInPath(name: string): string {
  try {
    return decodeURIComponent(name).replace(/^models\//, '');
  } catch {
    // Reported as an unknown model, by its name as received.
    return name;
  }
}

/** `POST /v1beta/models/NAME:generateContent`, `:streamGenerateContent` and `:countTokens`. */
export class GeminiEndpoint {
  readonly #pipeline: Pipeline;
  readonly #limits: () => ClientLimits;

  constructor(pipeline: Pipeline, limits: () => ClientLimits) {
    this.#pipeline = pipeline;
    this.#limits = limits;
  }

  /** Answers one request; never rejects. */
  handle(req: IncomingMessage, res: ServerResponse, target: Asked): Promise<void> {
    takeKey(req, target.query);
    const { model, verb, query } = target;
    const stream = verb === 'streamGenerateContent';
    const dialect = geminiDialect({ model, stream }, query.get('alt') !== 'sse');
    const surface = new ChatEndpoint(this.#pipeline, dialect, this.#limits);
    return verb === 'countTokens' ? surface.count(req, res) : surface.handle(req, res);
  }
}

/** Accepts a key in the query, as Google's clients may send it. */
function takeKey({ headers }: IncomingMessage, query: URLSearchParams): void {
  const key = query.get('key');
  if (key !== null) headers['x-goog-api-key'] ??= key;
}

/** Whether the address or the client is Gemini's: both get replies in its format. */
export function speaksGemini(req: Request): boolean {
  return /^\/v1(beta|alpha)\//.test(req.path) || req.headers['x-goog-api-key'] !== undefined;
}

/** Accepts keys in the query of addresses that Google's clients use. */
export function admitGoogleKeys(app: Express): void {
  app.use(['/v1beta', '/v1alpha', '/v1/models'], (req, _res, next) => {
    takeKey(req, new URLSearchParams(req.originalUrl.split('?').slice(1).join('?')));
    next();
  });
}

/** `GET /v1beta/models`, and one of them; clients of Gemini that ask at `/v1/models` come here as well. */
export function geminiModelRoutes(app: Express, pipeline: Pipeline): void {
  app.get(['/v1beta/models', '/v1alpha/models', '/v1/models'], (req, res, next) => {
    if (!speaksGemini(req)) {
      next();
      return;
    }
    const { policies, models } = pipeline.listTargets();
    const all = [...policies.map(policyJson), ...models.map(modelJson)];
    res.json({ models: all.map(geminiModel) });
  });
  app.get(
    ['/v1beta/models/*name', '/v1alpha/models/*name', '/v1/models/*name'],
    (req, res, next) => {
      if (!speaksGemini(req)) {
        next();
        return;
      }
      const target = pipeline.resolve([req.params['name'] ?? ''].flat().join('/'));
      const json = target.kind === 'policy' ? policyJson(target.policy) : modelJson(target.served);
      res.json(geminiModel(json));
    },
  );
}

/** Google's names of the methods of chat models and of embedding models. */
const TEXT_VERBS = ['generateContent', 'streamGenerateContent', 'countTokens'];
const VECTOR_VERBS = ['embedContent', 'batchEmbedContents'];

/** A model or policy with Google's fields before all others. */
function geminiModel(json: Record<string, unknown>): Record<string, unknown> {
  const { id, display_name: name = id, context_length: input, max_output_tokens: output } = json;
  const capabilities: unknown = json['capabilities'];
  const isEmbedder = Array.isArray(capabilities) && capabilities.includes('embeddings');
  return {
    name: `models/${String(id)}`,
    displayName: name,
    ...(typeof input === 'number' && { inputTokenLimit: input }),
    ...(typeof output === 'number' && { outputTokenLimit: output }),
    supportedGenerationMethods: isEmbedder ? VECTOR_VERBS : TEXT_VERBS,
    ...json,
  };
}
