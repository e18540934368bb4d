import { PROVIDERS } from '../src/upstream/providers.js';
import type { ProviderRow } from '../src/upstream/provider-rows.js';

const INTRODUCTION = `# Providers

<!-- Made by \`npm run docs\` from src/upstream/rows: change those, not this. -->

Suffice knows these providers by name; most need only a key in the environment. Any other server that speaks one of the
[dialects](dialects.md) can be a provider, too, under a name of your choice with a \`base_url\`, and so can another account, region or server of one of these (\`kind\`).

Parts of a base URL in braces depend on your account: set them under \`place\`, or in one of the variables listed. The value after \`=\` is the default.
\`{location.aiplatform}\` is the host of Vertex AI in that location: \`aiplatform.googleapis.com\` for \`global\`, \`aiplatform.eu.rep.googleapis.com\` for \`eu\`, \`europe-west1-aiplatform.googleapis.com\` for a region.

\`\`\`yaml
providers:
  bedrock: { place: { region: eu-central-1 }, aws: { access_key_id: "\${ID}", secret_access_key: "\${SECRET}" } }
  vertex: { place: { project: acme-1, location: europe-west1 }, credentials_file: service-account.json }
  azure: { place: { resource: acme }, api_key: "\${AZURE_KEY}", models: [my-deployment] }
\`\`\`

**Several of one kind.** Give each a name of its own and say with \`kind\` what it is. It is then called as that provider is, reads the same environment variables, and
serves the catalog's models at the catalog's prices, so set \`prices\` where a region costs more: a price for the kind is for all of them, unless one has the name of the kind itself. A model that runs at several of them is asked for in the order in which
they stand in the file. To serve a model at some of them only, list its \`hosts\`.

\`\`\`yaml
providers:
  bedrock-eu: { kind: bedrock, place: { region: eu-central-1 }, aws: { profile: europe } }
  bedrock-us: { kind: bedrock, place: { region: us-east-1 }, aws: { profile: america } }
  azure-chat: { kind: azure-deployments, place: { resource: acme-chat, api_version: 2024-10-21 }, api_key: "\${CHAT_KEY}", models: [gpt-4o-prod] }
  azure-batch: { kind: azure-deployments, place: { resource: acme-batch, api_version: 2025-01-01-preview }, api_key: "\${BATCH_KEY}", models: [gpt-4o-batch] }
  openai-research: { kind: openai, api_key: "\${RESEARCH_KEY}" }
  gpu-1: { kind: vllm, base_url: "http://10.0.0.1:8000/v1", models: [qwen3-32b] }
  gpu-2: { kind: vllm, base_url: "http://10.0.0.2:8000/v1", models: [qwen3-32b] }
models:
  anthropic/claude-opus-5:
    prices: { bedrock-eu: { input: 5.5, output: 27.5, cache_read: 0.55, cache_write: 6.875 } }
  qwen/qwen3-32b: # one model at two servers
    hosts: [{ provider: gpu-1, model: qwen3-32b, price: null }, { provider: gpu-2, model: qwen3-32b, price: null }]
\`\`\`

**AWS.** Requests with a bearer key (\`api_key\`) are not signed. Without one, each request is signed (SigV4) with the credentials under \`aws\`, or with
\`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\` and \`AWS_SESSION_TOKEN\`. \`aws: { profile: dev }\` uses a profile of the shared files.
\`aws: { lookup: true }\` uses the profile named by \`AWS_PROFILE\` or \`default\`, or else the temporary credentials of a web identity (EKS), a container (ECS, EKS) or an
instance (EC2), and renews them five minutes before they expire. Profiles that assume a role, SSO and \`credential_process\` are not supported.

**Google.** A service account key, or the file that \`gcloud auth application-default login\` writes (\`credentials_file\`, \`GOOGLE_APPLICATION_CREDENTIALS\`), is exchanged for a
token, which is renewed five minutes before it expires. Concurrent requests share one exchange. The metadata server and workload identity are not
supported. \`token_url\` replaces the address in the file.

Keys and credentials from the environment are sent only to a provider's own address. If you set a \`base_url\`, name the credentials for it in the configuration.

**Checked.** *recorded*: Suffice was tested with recorded exchanges from this API; *documented*: the linked page was read for this version; *no*: this is the
commonly given address, and nobody has tried it.
`;

/** The table of all providers known by name, as Markdown. */
export function providersPage(): string {
  const head = '| name | provider | base URL | dialect | serves | key | checked |';
  const rows = PROVIDERS.map((row) => `| ${cellsOf(row).join(' | ')} |`);
  const notes = PROVIDERS.filter((row) => row.notes !== '').map(noteOf);
  return [
    INTRODUCTION,
    [head, '| --- | --- | --- | --- | --- | --- | --- |', ...rows].join('\n'),
    '\n## Peculiarities\n',
    `${notes.join('\n')}\n`,
  ].join('\n');
}

function cellsOf(row: ProviderRow): string[] {
  const places = Object.entries(row.places).map(([name, { variables, usual }]) => {
    const or = usual === null ? '' : ` = \`${usual}\``;
    return `\`${name}\`: ${variables.map((one) => `\`${one}\``).join(', ')}${or}`;
  });
  const path = row.paths === null ? '' : row.paths.whole;
  const url = `\`${row.baseUrl}${path}\``;
  const known = /^https?:/u.test(row.source)
    ? `[${row.displayName}](${row.source})`
    : row.displayName;
  const checked = row.evidence === 'unchecked' ? 'no' : row.evidence;
  const key = row.keyVariable === null ? 'none' : `\`${row.keyVariable}\``;
  const where = [url, ...places].join('; ');
  return [
    `\`${row.name}\``,
    known,
    where,
    `\`${row.dialect}\``,
    row.serves.join(', '),
    key,
    checked,
  ];
}

function noteOf(row: ProviderRow): string {
  const renames = Object.entries(row.renames).map(([from, to]) =>
    to === null ? `\`${from}\` is omitted` : `\`${from}\` is renamed to \`${to}\``,
  );
  const members = Object.entries(row.members).map(([name, value]) =>
    value === null ? `\`${name}\` is omitted` : `\`${name}: ${JSON.stringify(value)}\` is added`,
  );
  const effort = row.effortByName ? ['`reasoning` is sent as `reasoning_effort`'] : [];
  const done = [...renames, ...members, ...effort];
  const said = [row.notes, done.length === 0 ? '' : `In requests ${done.join(', ')}.`];
  const ofModels = row.models.map(
    ({ names, why, source }) =>
      `\n  - Models matching \`${names.source}\` ${why} ([source](${source})).`,
  );
  return `- \`${row.name}\`: ${said.filter((words) => words !== '').join(' ')}${ofModels.join('')}`;
}
