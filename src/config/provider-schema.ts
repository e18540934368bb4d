import * as z from 'zod';

import { DIALECT_NAMES } from '../dialects/dialect.js';
import { secret, section } from './section.js';

const aws = section({
  access_key_id: z.string().min(1).optional().describe('The id of the access key.'),
  secret_access_key: z.string().min(1).meta(secret).optional().describe('Its secret.'),
  session_token: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe('Of keys that are lent for a time.'),
  profile: z
    .string()
    .min(1)
    .optional()
    .describe(
      'A profile of the shared files (`~/.aws/credentials`, `~/.aws/config`) with an access key.',
    ),
  lookup: z
    .literal(true)
    .optional()
    .describe(
      'Looks for keys where AWS’s own tools do: the profile that `AWS_PROFILE` names or `default`, a web identity (EKS), the container (ECS, EKS), the machine (EC2). They are fetched anew before they expire.',
    ),
}).refine(({ accessKeyId, secretAccessKey, profile, lookup }) => {
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  const hasNone = accessKeyId === undefined && secretAccessKey === undefined;
  return hasKeys
    ? profile === undefined && lookup === undefined
    : hasNone && (profile ?? lookup) !== undefined;
}, 'needs access_key_id and secret_access_key, or else profile or lookup');

/** The places of an API that people copy along with its address. */
const ENDPOINT =
  /\/(?:(?:chat\/)?completions|responses|messages|embeddings|api\/(?:chat|generate|embed))\/*$/u;

/** The endpoint that an address ends in; `null` where it ends before it, as it should. */
function endpointOf(url: string): string | null {
  const found = URL.canParse(url) ? ENDPOINT.exec(new URL(url).pathname) : null;
  return found === null ? null : found[0].replace(/\/+$/u, '');
}

/** What an operator says of one provider. */
export const providerSchema = section({
  api_key: z
    .string()
    .min(1)
    .meta(secret)
    .optional()
    .describe(
      "The key the provider gave you. Without it, a known provider's own environment variable (`OPENAI_API_KEY`, …) is used.",
    ),
  place: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe(
      'What the address of a known provider is made of, by name: `region` of Bedrock, `project` and `location` of Vertex AI, `resource` and `api_version` of Azure, `workspace` of Databricks, `account` of Snowflake. Default: what the usual environment variables say (docs/providers.md).',
    ),
  aws: aws
    .optional()
    .describe(
      'An access key of AWS, or where one is looked for: requests to Bedrock are signed with it where there is no `api_key`. Default: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.',
    ),
  credentials_file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'The key of a Google service account, or what `gcloud auth application-default login` writes, for Vertex AI. Read again whenever a new token is needed. Relative to this file. Default: `GOOGLE_APPLICATION_CREDENTIALS`.',
    ),
  token_url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe(
      'Where the credentials are exchanged for tokens. Default: what the credentials file says.',
    ),
  base_url: z
    .url({
      protocol: /^https?$/,
      error: 'must be an http or https URL such as http://127.0.0.1:8000/v1',
    })
    .refine((url) => endpointOf(url) === null, {
      error: ({ input }) =>
        `must end before "${endpointOf(String(input)) ?? ''}", which is put behind it`,
    })
    // A URL may carry a password.
    .meta(secret)
    .optional()
    .describe(
      'Where the API is; `/chat/completions`, `/responses`, `/messages` or `/models/…` is put behind it, and before its query if it has one. Needed for a provider that Suffice does not know.',
    ),
  dialect: z
    .enum(DIALECT_NAMES)
    .optional()
    .describe(
      'The wire protocol: `openai` is chat completions, `responses` OpenAI’s responses, `anthropic` messages, `gemini` generateContent, `bedrock` Converse, `cohere` chat v2, `ollama` Ollama’s own chat. Requests of clients that speak another are translated. Default: what a known provider speaks, `openai` for any other.',
    ),
  responses: z
    .boolean()
    .optional()
    .describe(
      'Whether a provider that speaks `openai` speaks OpenAI’s responses besides: then clients of these are passed through to it, and models that know nothing else are asked in them. Default: true for OpenAI itself only.',
    ),
  headers: z
    .record(z.string().min(1), z.string())
    .meta(secret)
    .default({})
    .describe('Sent with every request to the provider; `authorization` replaces the key.'),
  trusted_answers: z
    .boolean()
    .optional()
    .describe(
      "Pass this provider's answers on byte for byte instead of repairing them. Faster, but clients see every deviation from OpenAI's rules. Default: true for OpenAI itself only.",
    ),
  usage_option: z
    .boolean()
    .optional()
    .describe(
      'Whether the server takes `stream_options`, which asks a stream for its token counts. Without it, usage of streams is estimated. Default: true, except for providers known to refuse it.',
    ),
  models: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Models your own server has, by the names it gives them; each becomes `provider/name`. Models in the catalog need not be listed.',
    ),
  connections: z
    .int()
    .min(1)
    .max(65_535)
    .default(1024)
    .describe('Most connections to the provider at a time; further requests wait for one.'),
  enabled: z
    .boolean()
    .default(true)
    .describe('`false` takes the provider out of use without losing its settings.'),
});

/** What an operator says of one provider, with defaults. */
export type ProviderConfig = z.output<typeof providerSchema> & {
  /** What the environment says to those who look for keys of AWS, by name. */
  readonly awsVariables?: Readonly<Record<string, string>>;
  /** The variable of the environment that `apiKey` comes from; absent where it does not. */
  readonly keyVariable?: string | undefined;
};
