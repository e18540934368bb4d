import { CLAUDE_REFUSALS } from './claude-models.js';
import { OPENROUTER_MEMBERS } from './host-models.js';
import {
  EFFORTS,
  MAX_COMPLETION_TOKENS_ONLY,
  RESPONSES_ONLY,
  SAMPLING_REFUSALS,
} from './openai-models.js';
import { row, type ProviderRow } from './row.js';

const REGION = { variables: ['AWS_REGION', 'AWS_DEFAULT_REGION'], usual: 'us-east-1' };
const GOOGLE_PLACES = {
  project: {
    variables: ['GOOGLE_CLOUD_PROJECT', 'GOOGLE_VERTEX_PROJECT', 'GCLOUD_PROJECT'],
    usual: null,
  },
  location: {
    variables: ['GOOGLE_CLOUD_LOCATION', 'GOOGLE_VERTEX_LOCATION'],
    usual: 'global',
  },
};
const RESOURCE = { variables: ['AZURE_RESOURCE_NAME', 'AZURE_OPENAI_RESOURCE'], usual: null };

/** Clouds, which serve models of many vendors under an account of the operator's. */
export const CLOUDS: readonly ProviderRow[] = [
  row({
    name: 'bedrock',
    displayName: 'Amazon Bedrock',
    baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
    keyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
    auth: 'aws',
    dialect: 'bedrock',
    serves: ['chat', 'embeddings'],
    places: { region: REGION },
    notes:
      'Accepts a bearer key, or AWS credentials that sign each request (SigV4). Accepts images and documents as bytes only. Embeddings of Titan, Nova and Cohere use InvokeModel.',
    source: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
    evidence: 'recorded',
  }),
  row({
    name: 'bedrock-mantle',
    displayName: 'Amazon Bedrock, as OpenAI',
    baseUrl: 'https://bedrock-mantle.{region}.api.aws/v1',
    keyVariable: 'BEDROCK_MANTLE_API_KEY',
    places: { region: REGION },
    notes:
      'The OpenAI-compatible API of Bedrock; it serves only some of the models that Converse does.',
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/bedrock-mantle.html',
    evidence: 'recorded',
  }),
  row({
    name: 'azure',
    displayName: 'Azure OpenAI',
    baseUrl: 'https://{resource}.openai.azure.com/openai/v1',
    keyVariable: 'AZURE_OPENAI_API_KEY',
    auth: 'api-key',
    serves: ['chat', 'embeddings'],
    places: { resource: RESOURCE },
    outputCap: 'max_completion_tokens',
    effortByName: true,
    models: [
      RESPONSES_ONLY,
      MAX_COMPLETION_TOKENS_ONLY,
      OPENROUTER_MEMBERS,
      ...SAMPLING_REFUSALS,
      ...EFFORTS,
    ],
    notes: 'The v1 API: models are named by their deployments, and no API version is needed.',
    source: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/api-version-lifecycle',
    evidence: 'recorded',
  }),
  row({
    name: 'azure-deployments',
    displayName: 'Azure OpenAI, by deployment',
    baseUrl: 'https://{resource}.openai.azure.com/openai',
    keyVariable: 'AZURE_API_KEY',
    auth: 'api-key',
    serves: ['chat', 'embeddings'],
    places: {
      resource: RESOURCE,
      // The last version of the API that was declared stable before v1.
      api_version: { variables: ['AZURE_API_VERSION', 'OPENAI_API_VERSION'], usual: '2024-10-21' },
    },
    paths: {
      whole: '/deployments/{model}/chat/completions?api-version={api_version}',
      stream: '/deployments/{model}/chat/completions?api-version={api_version}',
    },
    // This API has chat completions only, so models that require the Responses API are not listed.
    effortByName: true,
    models: [MAX_COMPLETION_TOKENS_ONLY, OPENROUTER_MEMBERS, ...SAMPLING_REFUSALS, ...EFFORTS],
    notes: 'The older API, with the deployment in the path and an API version.',
    source: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference',
    evidence: 'recorded',
  }),
  row({
    name: 'vertex',
    displayName: 'Google Vertex AI',
    baseUrl:
      'https://{location.aiplatform}/v1/projects/{project}/locations/{location}/publishers/google',
    keyVariable: 'VERTEX_API_KEY',
    auth: 'google',
    dialect: 'gemini',
    serves: ['chat', 'embeddings'],
    vectorForm: 'vertex',
    places: GOOGLE_PLACES,
    notes: 'Accepts a service account (`credentials_file`) or a key. Embeddings use `:predict`.',
    source: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
    evidence: 'recorded',
  }),
  row({
    name: 'vertex-anthropic',
    displayName: 'Anthropic on Vertex AI',
    baseUrl:
      'https://{location.aiplatform}/v1/projects/{project}/locations/{location}/publishers/anthropic/models',
    keyVariable: 'VERTEX_ANTHROPIC_API_KEY',
    auth: 'google',
    dialect: 'anthropic',
    places: GOOGLE_PLACES,
    paths: { whole: '/{model}:rawPredict', stream: '/{model}:streamRawPredict' },
    models: CLAUDE_REFUSALS,
    members: { model: null, anthropic_version: 'vertex-2023-10-16' },
    notes: 'The model is in the path, and the API version in the body.',
    source: 'https://docs.claude.com/en/api/claude-on-vertex-ai',
  }),
  row({
    name: 'databricks',
    displayName: 'Databricks',
    baseUrl: 'https://{workspace}/serving-endpoints',
    keyVariable: 'DATABRICKS_TOKEN',
    serves: ['chat', 'embeddings'],
    places: { workspace: { variables: ['DATABRICKS_HOST'], usual: null } },
    notes: 'Models are named by their serving endpoints.',
    source:
      'https://docs.databricks.com/en/machine-learning/model-serving/score-foundation-models.html',
    evidence: 'documented',
  }),
  row({
    name: 'snowflake',
    displayName: 'Snowflake Cortex',
    baseUrl: 'https://{account}.snowflakecomputing.com/api/v2/cortex/v1',
    keyVariable: 'SNOWFLAKE_PAT',
    places: { account: { variables: ['SNOWFLAKE_ACCOUNT'], usual: null } },
    outputCap: 'max_completion_tokens',
    notes: 'Fills absent members with zero values; an empty `function_call` is not a call.',
    source: 'https://docs.snowflake.com/en/user-guide/snowflake-cortex/cortex-rest-api',
    evidence: 'documented',
  }),
  row({
    name: 'github',
    displayName: 'GitHub Models',
    baseUrl: 'https://models.github.ai/inference',
    keyVariable: 'GITHUB_MODELS_TOKEN',
    serves: ['chat', 'embeddings'],
    notes: '`GITHUB_TOKEN` is ignored on purpose: many environments have it for other uses.',
    source: 'https://docs.github.com/en/rest/models/inference',
    evidence: 'documented',
  }),
];
