import path from 'node:path';
import { configFromEnvironment } from '../../src/config/environment.js';
import { providerFault, providerSettings, withEnvironment } from '../../src/config/providers.js';
import { providerSchema } from '../../src/config/provider-schema.js';

const completed = (name: string, given: object, env: Record<string, string>) =>
  withEnvironment(name, providerSchema.parse(given), env);

describe('withEnvironment', () => {
  test('sets the place of a provider that has none configured', () => {
    const env = { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-1', AWS_BEARER_TOKEN_BEDROCK: 'k' };

    expect(completed('bedrock', {}, env)).toMatchObject({
      place: { region: 'eu-west-1' },
      apiKey: 'k',
    });
    expect(completed('bedrock', { place: { region: 'x' } }, env).place).toEqual({ region: 'x' });
  });

  test('sets AWS access keys when no other key is configured', () => {
    const env = { AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's', AWS_SESSION_TOKEN: 't' };

    expect(completed('bedrock', {}, env).aws).toEqual({
      accessKeyId: 'i',
      secretAccessKey: 's',
      sessionToken: 't',
    });
    expect(completed('bedrock', { api_key: 'k' }, env).aws).toBeUndefined();
    expect(completed('bedrock', {}, { AWS_ACCESS_KEY_ID: 'i' }).aws).toBeUndefined();
    expect(completed('groq', {}, env).aws).toBeUndefined();
  });

  test("resolves Google's credentials file against the working directory", () => {
    const given = completed('vertex', {}, { GOOGLE_APPLICATION_CREDENTIALS: 'key.json' });

    expect(given.credentialsFile).toBe(path.resolve('key.json'));
    expect(providerSettings(given).google).toEqual({ path: path.resolve('key.json') });
  });

  test('sets no credentials when the provider has a base_url of its own', () => {
    const env = {
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'i',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_BEARER_TOKEN_BEDROCK: 'k',
      GOOGLE_APPLICATION_CREDENTIALS: 'key.json',
    };

    const bedrock = completed('bedrock', { base_url: 'http://127.0.0.1:1' }, env);
    const vertex = completed('vertex', { base_url: 'http://127.0.0.1:1' }, env);

    expect(bedrock).toMatchObject({ place: { region: 'eu-west-1' } });
    expect([bedrock.apiKey, bedrock.aws, vertex.credentialsFile]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('applies to every provider of a kind, whatever its name', () => {
    const env = { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'i', AWS_SECRET_ACCESS_KEY: 's' };

    const second = completed('second', { kind: 'bedrock', place: { region: 'us-east-1' } }, env);
    const elsewhere = completed('third', { kind: 'bedrock', base_url: 'http://127.0.0.1:1' }, env);

    expect(second).toMatchObject({ place: { region: 'us-east-1' }, aws: { accessKeyId: 'i' } });
    expect(elsewhere).toMatchObject({ place: { region: 'eu-west-1' } });
    expect(elsewhere.aws).toBeUndefined();
    expect(completed('more', { kind: 'openai' }, { OPENAI_API_KEY: 'k' }).apiKey).toBe('k');
  });

  test('enables a provider from the environment only when its place is known', () => {
    const key = { AZURE_OPENAI_API_KEY: 'k' };

    expect(Object.keys(configFromEnvironment(key, null).providers)).toEqual(['simulation']);
    expect(
      Object.keys(configFromEnvironment({ ...key, AZURE_RESOURCE_NAME: 'acme' }, null).providers),
    ).toEqual(['azure']);
  });
});

test.each([
  {},
  { access_key_id: 'i' },
  { secret_access_key: 's', lookup: true },
  { access_key_id: 'i', secret_access_key: 's', profile: 'dev' },
])('AWS keys cannot be combined with a lookup: %j', (aws) => {
  const read = providerSchema.safeParse({ aws });

  expect(read.error?.issues[0]?.message).toContain('or else profile or lookup');
});

test('a credentials lookup receives AWS variables without keys', () => {
  const env = { AWS_PROFILE: 'dev', AWS_SECRET_ACCESS_KEY: 's', AWS_ROLE_ARN: ' ' };

  const settings = providerSettings(completed('bedrock', { aws: { lookup: true } }, env));

  expect(settings.aws).toEqual({ profile: undefined, variables: { AWS_PROFILE: 'dev' } });
});

test.each([
  ['bedrock', {}, 'needs "api_key" or "aws", or the variable AWS_BEARER_TOKEN_BEDROCK'],
  ['vertex', {}, 'needs "api_key" or "credentials_file", or the variable VERTEX_API_KEY'],
  ['vertex', { credentials_file: '/k.json' }, 'needs place.project'],
  ['azure', { api_key: 'k' }, 'needs place.resource'],
  ['azure', { api_key: 'k', place: { resource: 'acme' } }, null],
  ['bedrock', { aws: { access_key_id: 'i', secret_access_key: 's' } }, null],
  ['bedrock', { aws: { lookup: true } }, null],
  ['bedrock', { aws: { profile: 'dev' } }, null],
  ['eu', { kind: 'bedrock', aws: { profile: 'dev' } }, null],
  ['eu', { kind: 'bedrock' }, 'provider "eu" needs "api_key" or "aws", or the variable AWS_'],
  ['eu', { kind: 'azure', api_key: 'k' }, 'needs place.resource'],
  ['openai', { kind: 'azure' }, 'is a known provider, so it cannot be of kind "azure"'],
  ['openai', { kind: 'openai', api_key: 'k' }, null],
  [
    'eu',
    { base_url: 'http://127.0.0.1:1', dialect: 'bedrock', aws: { profile: 'dev' } },
    'does not support AWS signatures; if it is another account or address of bedrock, set kind: bedrock',
  ],
])('%s with %j has the fault: %s', (name, given, fault) => {
  const found = providerFault(name, providerSchema.parse(given));

  expect(found ?? 'none').toContain(fault ?? 'none');
});

describe('proxy of a provider', () => {
  const PROXY = 'http://user:secret-1@proxy.example:3128';

  test('comes from the environment unless the provider configures its own', () => {
    const env = { HTTPS_PROXY: ` ${PROXY} `, http_proxy: '', NO_PROXY: 'x', HOME: '/' };
    const variables = { HTTPS_PROXY: PROXY, NO_PROXY: 'x' };

    expect(completed('openai', {}, env)).toMatchObject({ proxyVariables: variables });
    expect(completed('simulation', {}, env).proxyVariables).toBeUndefined();
    expect(completed('openai', { proxy: PROXY }, env).proxy).toBe(PROXY);
  });

  test.each(['off', null])('is disabled by the value %s', (proxy) => {
    expect(completed('openai', { proxy }, { HTTPS_PROXY: PROXY }).proxy).toBeNull();
  });

  test('is not used for a detected Ollama', () => {
    const env = { OLLAMA_HOST: 'http://10.0.0.7:11434', HTTP_PROXY: PROXY };
    const { providers } = configFromEnvironment(env, ['llama']);

    expect(providers['ollama']?.proxy).toBeNull();
  });

  test('is reported by its variable without its value when it is unusable', () => {
    const env = { ALL_PROXY: 'socks5://user:secret-1@proxy.example:1080', OPENAI_API_KEY: 'k' };
    const fault = providerFault('openai', completed('openai', {}, env));

    expect(fault).toContain('the proxy set by ALL_PROXY, which must be an http or https URL');
    expect(fault).not.toContain('secret-1');
    expect(() => configFromEnvironment(env, null)).toThrow(`environment: error: ${fault ?? ''}`);
  });
});
