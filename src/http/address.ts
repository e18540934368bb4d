/** What a client asked for, at the address where it is served. */
export interface Address {
  /** Path and query. */
  readonly url: string;
  /** The model that the path names, for the body to name; `null` where it names none. */
  readonly model: string | null;
}

/** What is served below `/v1`, so that it is known without it as well. */
const UNVERSIONED =
  /^\/(?:chat\/completions|completions|responses|messages|embeddings|models|moderations|rerank|images|audio|files|batches|engines)(?=\/|$)/;

/** What other servers have before the version: Groq and Azure, OpenRouter, Anthropic's look-alikes. */
const PREFIX = /^\/(?:openai|anthropic|api)(?=\/v1\/)/;

/** A base URL that ends in a version, and a client that adds its own: the last one counts. */
const VERSIONS = /^(?:\/v1(?:beta|alpha)?)+(?=\/v1(?:beta|alpha)?\/)/;

/** Google's own way to have OpenAI's dialect, and Azure's where no version stands in the path. */
const OPENAI_BELOW = /^(?:\/v1beta)?\/openai(?=\/)/;

/** Where Azure's clients name what they ask. */
const DEPLOYMENT = /^(?:\/v1)?\/deployments\/(?=.)/;

/** Where Vertex has the models that Google's clients ask; `google` is no part of a model's name. */
const VERTEX =
  /^\/v1(?:beta1?)?\/(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/(?:google\/|([^/]+\/))models\/(?=[^/]+:)/;

/** Google's clients leave `models` out where the name has a slash, which they take for another collection. */
const UNCOLLECTED =
  /^(\/v1(?:beta|alpha)?)\/(?!models\/)(?=[^/]+\/.+:(?:generateContent|streamGenerateContent|countTokens|embedContent|batchEmbedContents)$)/;

/** OpenAI's old way to name the model, and what Azure's is read as; embeddings are served there. */
const ENGINE = /^\/v1\/engines\/(.+?)\/(chat\/completions|completions|images\/.+|audio\/.+)$/;

/**
 * Finds out what a client means whose base URL was set a little differently: slashes too many, a version
 * twice or not at all, the prefix of another server, the model in the path as Azure has it.
 *
 * @returns the same address for whatever is none of these
 */
export function addressOf(url: string): Address {
  const mark = url.indexOf('?');
  const query = mark < 0 ? '' : url.slice(mark);
  const path = (mark < 0 ? url : url.slice(0, mark))
    .replace(/\/{2,}/g, '/')
    .replace(/(?<=.)\/$/, '');
  const meant = meantBy(path);
  const [, name, verb] = ENGINE.exec(meant) ?? [];
  if (name === undefined || verb === undefined) return { url: meant + query, model: null };
  return { url: `/v1/${verb}${query}`, model: decoded(name) };
}

function meantBy(path: string): string {
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
    // Told as an unknown model, by the name as it came.
    return name;
  }
}
