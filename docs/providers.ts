import { PROVIDERS } from '../src/upstream/providers.js';
import type { ProviderRow } from '../src/upstream/provider-rows.js';

const INTRODUCTION = `# Providers

<!-- Made by \`npm run docs\` from src/upstream/rows: change those, not this. -->

Known by name: a key in the environment is all that most of them need. Any other server that speaks one of the [dialects](dialects.md)
is a provider as well, under a name of yours with a \`base_url\`.

What stands in braces is a place of yours: set it under \`place\`, or in one of the variables named. What is behind \`=\` holds where nobody says.
\`{location.aiplatform}\` is the host of Vertex AI there: \`aiplatform.googleapis.com\` for \`global\`, \`aiplatform.eu.rep.googleapis.com\` for \`eu\`, \`europe-west1-aiplatform.googleapis.com\` for a region.

\`\`\`yaml
providers:
  bedrock: { place: { region: eu-central-1 }, aws: { access_key_id: "\${ID}", secret_access_key: "\${SECRET}" } }
  vertex: { place: { project: acme-1, location: europe-west1 }, credentials_file: service-account.json }
  azure: { place: { resource: acme }, api_key: "\${AZURE_KEY}", models: [my-deployment] }
\`\`\`

**AWS.** With a bearer key (\`api_key\`) nothing is signed. Without one each request is signed (SigV4) with the access key under \`aws\`, or with
\`AWS_ACCESS_KEY_ID\`, \`AWS_SECRET_ACCESS_KEY\` and \`AWS_SESSION_TOKEN\`. With \`aws: { profile: dev }\` it is that of a profile in the shared files; with
\`aws: { lookup: true }\` that of \`AWS_PROFILE\` or the profile \`default\`, else what is lent to a web identity (EKS), a container (ECS, EKS) or a machine (EC2), fetched
anew five minutes before it expires. Roles that a profile names, SSO and \`credential_process\` are not looked up.

**Google.** A service account's key or what \`gcloud auth application-default login\` wrote (\`credentials_file\`, \`GOOGLE_APPLICATION_CREDENTIALS\`) is exchanged for a token,
which is kept until five minutes before it expires; requests that come meanwhile wait for the same exchange. The metadata server and
workload identity are not asked. \`token_url\` replaces the address that the file names.

Keys and credentials from the environment go to a provider's own address only: with a \`base_url\` of yours, say which are meant for it.

**Checked.** *recorded*: exchanges that were recorded at this address were read back (the answer's form is known, too); *documented*: the page named was
read for this version; *no*: the address is the one that is commonly given, and nobody has tried it.
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
    to === null ? `\`${from}\` is left out` : `\`${from}\` is \`${to}\``,
  );
  const members = Object.entries(row.members).map(([name, value]) =>
    value === null ? `\`${name}\` is left out` : `\`${name}: ${JSON.stringify(value)}\` is added`,
  );
  const done = [...renames, ...members];
  const said = [
    row.notes,
    done.length === 0 ? '' : `In its requests ${done.join(', ')}.`,
    ...row.models.map(
      ({ names, why, source }) => `Models named \`${names.source}\` ${why} ([source](${source})).`,
    ),
  ];
  return `- \`${row.name}\`: ${said.filter((words) => words !== '').join(' ')}`;
}
