/** A request's address, normalised. */
export interface Address {
  /** Path and query. */
  readonly url: string;
  /** The model that the path names, to be put into the body; `null` if it names none. */
  readonly model: string | null;
}

/** Paths below `/v1` that are also recognised without it. */
const UNVERSIONED =
  /^\/(?:chat\/completions|completions|responses|messages|embeddings|models|moderations|rerank|images|audio|files|batches|engines)(?=\/|$)/;

/** Prefixes before the version at other servers: Groq and Azure, Anthropic-compatible ones, OpenRouter. */
const PREFIX = /^\/(?:openai|anthropic|api)(?=\/v1\/)/;

/** Repeated versions, from a base URL that ends in one and a client that adds its own: the last one counts. */
const VERSIONS = /^(?:\/v1(?:beta|alpha)?)+(?=\/v1(?:beta|alpha)?\/)/;

/** Google's prefix for OpenAI's dialect, and Azure's without a version in the path. */
const OPENAI_BELOW = /^(?:\/v1beta)?\/openai(?=\/)/;

/** Where Azure's clients name the model. */
const DEPLOYMENT = /^(?:\/v1)?\/deployments\/(?=.)/;

/** Vertex AI's paths of models; `google` is no part of a model's name. */
const VERTEX =
  /^\/v1(?:beta1?)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/(?:google\/|([^/]+\/))models\/(?=[^/]+:)/;

/** Google's clients omit `models/` if the name has a slash, which they take for another collection. */
const UNCOLLECTED =
  /^(\/v1(?:beta|alpha)?)\/(?!models\/)(?=[^/]+\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$)/;

/** OpenAI's legacy path with the model, which Azure's is mapped to. Embeddings have a route of their own. */
const ENGINE = /^\/v1\/engines\/(.+?)\/(chat\/completions|completions|images\/.+|audio\/.+)$/;

/**
 * Normalises the address of a client whose base URL is slightly off: extra slashes, a repeated or missing
 * version, another server's prefix, or the model in the path as Azure has it.
 *
 * @returns any other address unchanged
 */
export function normalizeAddress(url: string): Address {
  const mark = url.indexOf('?');
  const query = mark < 0 ? '' : url.slice(mark);
  const path = (mark < 0 ? url : url.slice(0, mark))
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  const normalizedPath = normalized(path);
  const [, name, verb] = ENGINE.exec(normalizedPath) ?? [];
  if (name === undefined || verb === undefined) return { url: normalizedPath + query, model: null };
  return { url: `/v1/${verb}${query}`, model: decoded(name) };
}

function normalized(path: string): string {
  const plain = path.replace(PREFIX, '').replace(VERSIONS, '');
  const below = plain.replace(OPENAI_BELOW, '').replace(DEPLOYMENT, '/engines/');
  if (UNVERSIONED.test(below)) return `/v1${below}`;
  if (below !== plain) return path;
  return plain.replace(VERTEX, '/v1beta/models/$1').replace(UNCOLLECTED, '$1/models/');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    // Reported as an unknown model, by its name as received.
    return name;
  }
}
