import { readdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { loadConfig, type LoadedConfig } from '../../src/config/load.js';
import { FaultyFileError, formatFault } from '../../src/core/errors.js';
import { FAULTS } from './faults.js';

const FAULTY = path.join(import.meta.dirname, 'faulty');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-config-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(text: string, env: NodeJS.ProcessEnv = {}): Promise<LoadedConfig> {
  const file = path.join(folder, 'suffice.yaml');
  await writeFile(file, text);
  return loadConfig(file, env);
}

async function faultsOf(file: string, env: NodeJS.ProcessEnv = {}): Promise<readonly string[]> {
  try {
    await loadConfig(file, env);
  } catch (error) {
    if (!(error instanceof FaultyFileError)) throw error;
    return error.faults.map((fault) => formatFault(fault).replace(`${file}:`, '').trim());
  }
  return [];
}

describe('loadConfig with a faulty file', () => {
  test('has a case in the table for every file in the folder, and the reverse', async () => {
    const files = (await readdir(FAULTY)).map((name) => name.replace(/\.yaml$/, ''));

    expect(files.toSorted()).toEqual(Object.keys(FAULTS).toSorted());
  });

  test.each(Object.entries(FAULTS))('reports every fault of %s', async (name, lines) => {
    const faults = await faultsOf(path.join(FAULTY, `${name}.yaml`), { TEAM: 'red', EMPTY: '' });

    expect(faults).toEqual(lines);
  });

  test('never includes a secret in a message', async () => {
    const names = Object.keys(FAULTS);
    const all = await Promise.all(names.map((name) => faultsOf(path.join(FAULTY, `${name}.yaml`))));

    expect(all.flat().join('\n')).not.toMatch(/some.secret.value|8675309/);
  });

  test('reports a missing file', async () => {
    const file = path.join(folder, 'none.yaml');

    expect(await faultsOf(file)).toEqual(['error: there is no such file.']);
  });

  test('reports a folder in place of a file', async () => {
    expect(await faultsOf(folder)).toEqual(['error: this is a folder, not a file.']);
  });

  test('reports a path below a file', async () => {
    await load('');

    const faults = await faultsOf(path.join(folder, 'suffice.yaml', 'x.yaml'));

    expect(faults).toEqual(['error: there is no such file.']);
  });

  test('reports a path that is too long', async () => {
    expect(await faultsOf(`${folder}/${'x'.repeat(300)}`)).toEqual([
      'error: the file cannot be read (ENAMETOOLONG).',
    ]);
  });

  test('reports a file that is not UTF-8', async () => {
    const file = path.join(folder, 'latin.yaml');
    await writeFile(file, Buffer.from('# M\xfcller\n', 'latin1'));

    expect(await faultsOf(file)).toEqual(['error: the file is not UTF-8 text.']);
  });
});

describe('loadConfig', () => {
  test('fills in every default', async () => {
    const { config, warnings } = await load('');

    expect(warnings).toEqual([]);
    expect(config).toMatchObject({
      server: { host: '127.0.0.1', port: 4300, maxBodyBytes: 20 * 1024 * 1024 },
      auto: { models: ['*'], exclude: [] },
      rules: null,
      router: { artefacts: null, predictor: 'auto', maxAttempts: 2 },
      budget: { dailyUsd: null },
      keys: [],
      log: { level: 'info', requests: true },
      decisions: { keep: 1_000 },
    });
    expect(Object.keys(config.providers)).toEqual(['simulation']);
  });

  test('accepts empty sections and providers', async () => {
    const { config } = await load('server:\nlog:\nproviders:\n  openai:\n', {
      OPENAI_API_KEY: 'k1',
    });

    expect(config.server.port).toBe(4300);
    expect(config.providers['openai']?.apiKey).toBe('k1');
  });

  test.each([
    ['"[::1]"', '::1'],
    ['" 10.0.0.1 "', '10.0.0.1'],
    ['fe80::1', 'fe80::1'],
    ['"::ffff:127.0.0.1"', '::ffff:127.0.0.1'],
    ['gateway.internal', 'gateway.internal'],
  ])('accepts %s as the host', async (written, host) => {
    const { config } = await load(`server: { host: ${written} }`);

    expect(config.server.host).toBe(host);
  });

  test('does not change the case or separators of user-defined names', async () => {
    const { config } = await load(
      [
        'providers: { my_own_server: { base_url: "http://10.0.0.7/v1", headers: { x_y_z: v } } }',
        'models: { my-vendor/a_b: { context_window: 5 } }',
        'keys: [{ name: a, key: 0123456789abcdef, metadata: { cost_center: c } }]',
      ].join('\n'),
    );

    expect(config.providers['my_own_server']?.headers).toEqual({ x_y_z: 'v' });
    expect(config.models['my-vendor/a_b']).toEqual({ context_window: 5 });
    expect(config.keys[0]?.metadata).toEqual({ cost_center: 'c' });
  });

  test('takes the API keys of known providers from the environment, at their own addresses only', async () => {
    const env = { OPENAI_API_KEY: ' k1 ', GROQ_API_KEY: 'k2', MISTRAL_API_KEY: 'k3' };
    const { config } = await load(
      'providers:\n  openai:\n  groq: { api_key: own }\n  mistral: { base_url: "http://10.0.0.7/v1" }',
      env,
    );

    expect(config.providers['openai']?.apiKey).toBe('k1');
    expect(config.providers['groq']?.apiKey).toBe('own');
    // A key is for the provider's own address; another server must not get to see it.
    expect(config.providers['mistral']?.apiKey).toBeUndefined();
  });

  test('enables the providers with an API key in the environment when none is configured', async () => {
    const { config } = await load('log: { level: warn }', {
      GROQ_API_KEY: 'k2',
      OPENAI_API_KEY: '',
    });

    expect(Object.keys(config.providers)).toEqual(['groq']);
  });

  test('resolves paths against the folder of the file', async () => {
    const { config, file } = await load('rules: my/rules.yaml\nrouter: { artefacts: /var/a }');

    expect(file).toBe(path.join(folder, 'suffice.yaml'));
    expect(config.rules).toBe(path.join(folder, 'my/rules.yaml'));
    expect(config.router.artefacts).toBe('/var/a');
  });

  test('resolves aliases transitively', async () => {
    const { config } = await load('aliases: { a: b, b: openai/gpt-5, c: a, toString: c }');

    expect({ ...config.aliases }).toEqual({
      a: 'openai/gpt-5',
      b: 'openai/gpt-5',
      c: 'openai/gpt-5',
      toString: 'openai/gpt-5',
    });
  });

  test('computes a revision from the text of the file, independent of the environment', async () => {
    const one = await load('log: { level: "${LEVEL:-info}" }');
    const same = await load('log: { level: "${LEVEL:-info}" }', { LEVEL: 'warn' });
    const other = await load('log: { level: info }');

    expect(one.revision).toMatch(/^[0-9a-f]{12}$/);
    expect(same.revision).toBe(one.revision);
    expect(other.revision).not.toBe(one.revision);
  });

  test('locates options for faults that are found later', async () => {
    const { fault, file } = await load('models:\n  own/one:\n    context_window: 5\n');

    expect(formatFault(fault(['models', 'own/one'], 'no.'))).toBe(`${file}:3:5: error: no.`);
  });

  test('reads a file with a byte order mark', async () => {
    const { config } = await load('\ufeffserver: { port: 1 }');

    expect(config.server.port).toBe(1);
  });
});

describe('warnings of loadConfig', () => {
  const key = 'keys: [{ name: a, key: 0123456789abcdef }]';

  test.each(['0.0.0.0', '"::"', 'gateway.internal', '10.0.0.1'])(
    'report a gateway open to the network at %s',
    async (host) => {
      const { warnings, file } = await load(`server: { host: ${host} }`);

      expect(warnings.map(formatFault)).toEqual([
        `${file}:1:17: warning: anyone who can reach ${host.replaceAll('"', '')} may use this gateway; set "keys".`,
      ]);
    },
  );

  test.each(['127.0.0.1', '127.8.8.8', '"::1"', 'localhost'])(
    'report no open gateway at %s, which only this machine reaches',
    async (host) => {
      const { warnings } = await load(`server: { host: ${host} }`);

      expect(warnings).toEqual([]);
    },
  );

  test('report no open gateway when API keys are configured', async () => {
    const { warnings } = await load(`server: { host: 0.0.0.0 }\n${key}`);

    expect(warnings).toEqual([]);
  });

  test('have a position, and do not prevent loading', async () => {
    const { warnings, file } = await load(
      'aliases:\n  auto: cheap\nkeys:\n  - { name: a, key: short }\nproviders: {}\n',
    );

    expect(warnings.map(formatFault)).toEqual([
      `${file}:2:3: warning: alias "auto" hides the policy of the same name.`,
      `${file}:4:21: warning: "keys[0].key" is shorter than 16 characters and can be guessed.`,
      `${file}:5:1: warning: no provider is enabled, so no model can be reached.`,
    ]);
  });
});
