import * as z from 'zod';

import { DIALECT_NAMES } from '../dialects/dialect.js';
import { PROVIDERS, SIMULATION } from '../upstream/providers.js';
import { OutgoingProxy, PROXY_URL_FORMAT } from '../upstream/proxy/outgoing-proxy.js';
import { secret, section } from './section.js';

const aws = section({
  access_key_id: z.string().min(1).optional().describe('The access key ID.'),
  secret_access_key: z.string().min(1).meta(secret).optional().describe('The secret access key.'),
  session_token: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe('The session token of temporary credentials.'),
  profile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A profile with an access key in the shared files (`~/.aws/credentials`, `~/.aws/config`).',
    ),
  lookup: z
    .literal(true)
    .optional()
    .describe(
      'Looks for credentials where AWS’s own tools do: the profile named by `AWS_PROFILE` or `default`, web identity (EKS), the container (ECS, EKS), the instance (EC2). They are renewed before they expire.',
    ),
}).refine(({ accessKeyId, secretAccessKey, profile, lookup }) => {
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  const hasNone = accessKeyId === undefined && secretAccessKey === undefined;
  return hasKeys
    ? profile === undefined && lookup === undefined
    : hasNone && (profile ?? lookup) !== undefined;
}, 'needs access_key_id and secret_access_key, or else profile or lookup');

/** Endpoint paths that people copy along with an API's base URL. */
const ENDPOINT =
  /\/(?:(?:chat\/)?completions|responses|messages|embeddings|api\/(?:chat|generate|embed))\/*$/u;

/** The endpoint path at the end of a URL; `null` if there is none, as it should be. */
function endpointOf(url: string): string | null {
  const found = URL.canParse(url) ? ENDPOINT.exec(new URL(url).pathname) : null;
  return found === null ? null : found[0].replace(/\/+$/u, '');
}

/** The values of `kind`: every known provider except the simulation, of which there is only one. */
const KINDS = PROVIDERS.map(({ name }) => name).filter((name) => name !== SIMULATION);

/** `providers.NAME`: the settings of one provider. */
export const providerSchema = section({
  kind: z
    .enum(KINDS)
    .optional()
    .describe(
      'For a provider under a name of your own: the known provider (docs/providers.md) of which it is another account, region, project or server. It gets that provider’s address, dialect, peculiarities and usual environment variables, and the catalog’s models and prices for it. Default: the provider of the same name.',
    ),
  api_key: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe(
      'Your API key at the provider. Default for a known provider: its usual environment variable (`OPENAI_API_KEY`, …).',
    ),
  place: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      'The variable parts of a known provider’s address: `region` for Bedrock, `project` and `location` for Vertex AI, `resource` and `api_version` for Azure, `workspace` for Databricks, `account` for Snowflake. Default: the usual environment variables (docs/providers.md).',
    ),
  aws: aws
    .optional()
    .describe(
      'AWS credentials, or where to look for them. Requests to Bedrock are signed with them unless there is an `api_key`. Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.',
    ),
  credentials_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'For Vertex AI: the key file of a Google service account, or the file that `gcloud auth application-default login` writes, relative to this file. It is read again whenever a new token is needed. Default: `GOOGLE_APPLICATION_CREDENTIALS`.',
    ),
  token_url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe(
      'Where the credentials are exchanged for tokens. Default: the address in the credentials file.',
    ),
  base_url: z
    .url({
      protocol: /^https?$/,
      error: 'must be an http or https URL such as http://127.0.0.1:8000/v1',
    })
    .refine((url) => endpointOf(url) === null, {
      error: ({ input }) =>
        `must end before "${endpointOf(String(input)) ?? ''}", which is appended to it`,
    })
    // A URL may carry a password.
    .meta(secret)
    .optional()
    .describe(
      'The base URL of the API. `/chat/completions`, `/responses`, `/messages` or `/models/…` is appended to its path; a query is kept. Required for a provider that Suffice knows neither by its name nor by its `kind`.',
    ),
  dialect: z
    .enum(DIALECT_NAMES)
    .optional()
    .describe(
      'The wire protocol: `openai` is Chat Completions, `responses` OpenAI’s Responses, `anthropic` Messages, `gemini` generateContent, `bedrock` Converse, `cohere` Chat v2, `ollama` Ollama’s native chat. Requests from clients that speak another dialect are translated. Default: that of a known provider, `openai` for any other.',
    ),
  responses: z
    .boolean()
    .optional()
    .describe(
      'Whether a provider that speaks `openai` also offers OpenAI’s Responses API. If so, requests of Responses clients are passed through to it, and models that are only available there are called that way. Default: true for OpenAI itself only.',
    ),
  headers: z
    .record(z.string().min(1), z.string())
    .meta(secret)
    .default({})
    .describe(
      'Headers to send with every request to the provider; `authorization` replaces the key.',
    ),
  trusted_answers: z
    .boolean()
    .optional()
    .describe(
      "Whether to pass this provider's answers on byte for byte instead of repairing them. Faster, but clients see every deviation from OpenAI's rules. Default: true for OpenAI itself only.",
    ),
  usage_option: z
    .boolean()
    .optional()
    .describe(
      'Whether the provider accepts `stream_options`, which requests token counts in streams. Otherwise the usage of streams is estimated. Default: true, except for providers known to reject it.',
    ),
  models: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Models that the provider serves beyond those in the catalog, by its own names; each becomes `provider/name`.',
    ),
  connections: z
    .int()
    .min(1)
    .max(65_535)
    .default(1024)
    .describe('The most concurrent connections to the provider; further requests wait for one.'),
  proxy: z
    .string()
    .refine((text) => text === 'off' || OutgoingProxy.parse(text, '') !== null, {
      error: `must be ${PROXY_URL_FORMAT}, or "off"`,
    })
    .nullable()
    .transform((text) => (text === 'off' ? null : text))
    // A URL may carry a password.
    .meta(secret)
    .optional()
    .describe(
      'The HTTP proxy through which the provider is reached: `http://USER:PASSWORD@HOST:PORT`, or `https://…` for a proxy that speaks TLS itself; `off` or empty: none. Default: `HTTPS_PROXY` for https providers or `HTTP_PROXY` for http ones, else `ALL_PROXY`, unless `NO_PROXY` has the host ([operations.md](operations.md)).',
    ),
  enabled: z
    .boolean()
    .default(true)
    .describe('`false` disables the provider but keeps its settings.'),
});

/** The settings of one provider, with defaults and what the environment adds. */
export type ProviderConfig = z.output<typeof providerSchema> & {
  /** Environment variables for the lookup of AWS credentials, by name. */
  readonly awsVariables?: Readonly<Record<string, string>>;
  /** Environment variables for proxies, by name. */
  readonly proxyVariables?: Readonly<Record<string, string>>;
  /** The environment variable that `apiKey` comes from, if it does. */
  readonly keyVariable?: string | undefined;
};
