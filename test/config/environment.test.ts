import {
  applyOverrides,
  configFromEnvironment,
  overridesFromEnvironment,
} from '../../src/config/environment.js';
import { ollamaBaseUrl } from '../../src/config/providers.js';
import { FaultyFileError, formatFault } from '../../src/core/errors.js';

describe('configFromEnvironment', () => {
  test('enables the simulation when no API key is set', () => {
    const config = configFromEnvironment({ OPENAI_API_KEY: '', PATH: '/bin' }, null);

    expect(Object.keys(config.providers)).toEqual(['simulation']);
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 4300 });
  });

  test('enables every provider whose API key is set', () => {
    const env = { OPENAI_API_KEY: 'k1', ANTHROPIC_API_KEY: 'k2\n' };
    const { providers } = configFromEnvironment(env, null);

    expect(Object.keys(providers)).toEqual(['openai', 'anthropic']);
    expect(providers['anthropic']?.apiKey).toBe('k2');
  });

  test('reports an invalid API key by its variable, without its value', () => {
    const act = (): unknown => configFromEnvironment({ OPENAI_API_KEY: '“sk-hidden”' }, null);

    expect(act).toThrow(
      new FaultyFileError([
        {
          file: 'OPENAI_API_KEY',
          line: 0,
          column: 0,
          message:
            'the variable OPENAI_API_KEY, the key of provider "openai", contains a character that keys cannot contain, such as a curly quote.',
          severity: 'error',
        },
      ]),
    );
  });

  test('adds a detected Ollama with its models', () => {
    const { providers } = configFromEnvironment({ OLLAMA_HOST: 'box:9' }, ['llama3.2:3b']);

    expect(Object.keys(providers)).toEqual(['ollama']);
    expect(providers['ollama']).toMatchObject({
      baseUrl: 'http://box:9/v1',
      models: ['llama3.2:3b'],
    });
  });

  test('adds a detected Ollama without models', () => {
    const { providers } = configFromEnvironment({ GROQ_API_KEY: 'k' }, []);

    expect(Object.keys(providers)).toEqual(['groq', 'ollama']);
  });
});

describe('ollamaBaseUrl', () => {
  test.each([
    [undefined, 'http://127.0.0.1:11434/v1'],
    ['', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
    ['0.0.0.0:8080', 'http://127.0.0.1:8080/v1'],
    [':8080', 'http://127.0.0.1:8080/v1'],
    ['box', 'http://box:11434/v1'],
    ['"box:9"', 'http://box:9/v1'],
    ['http://box', 'http://box/v1'],
    ['https://ollama.example', 'https://ollama.example/v1'],
    ['https://ollama.example:444/behind/', 'https://ollama.example:444/behind/v1'],
    ['[::1]', 'http://[::1]:11434/v1'],
    ['[::]:9', 'http://[::1]:9/v1'],
  ])('with OLLAMA_HOST=%s returns %s', (host, expected) => {
    expect(ollamaBaseUrl({ OLLAMA_HOST: host })).toBe(expected);
  });
});

describe('applyOverrides', () => {
  const config = configFromEnvironment({}, null);
  const port = (text: string) => ({ port: { text, from: '--port' } });

  test('takes precedence over the file', () => {
    const overrides = { host: { text: ' 127.0.0.2 ', from: '--host' }, ...port('0') };

    const { config: overridden, warnings } = applyOverrides(config, overrides);

    expect(overridden.server).toMatchObject({ host: '127.0.0.2', port: 0, maxHeaderBytes: 16_384 });
    expect(warnings).toEqual([]);
  });

  test('reads HOST and PORT from the environment', () => {
    const overrides = overridesFromEnvironment({ HOST: '::1', PORT: '8080' });

    expect(applyOverrides(config, overrides).config.server).toMatchObject({
      host: '::1',
      port: 8080,
    });
  });

  test('changes nothing when the variables are unset or empty', () => {
    const overrides = overridesFromEnvironment({ PORT: ' ' });

    expect(applyOverrides(config, overrides)).toEqual({ config, warnings: [] });
  });

  test.each(['65536', '-1', '80a', '4300.5', '0x50', '', '1e3', '000080'])(
    'rejects the port "%s"',
    (text) => {
      const act = (): unknown => applyOverrides(config, port(text));

      expect(act).toThrow(FaultyFileError);
      expect(act).toThrow(`--port: error: must be a whole number from 0 to 65535, not "${text}".`);
    },
  );

  test('reports every faulty override', () => {
    const act = (): unknown =>
      applyOverrides(config, { host: { text: ' ', from: '--host' }, ...port('x') });

    expect(act).toThrow(
      /--host: error: must be a host name or an address, not empty\.\n--port: error: /,
    );
  });

  test.each(['http://0.0.0.0', '0.0.0.0:4300', '127.0.0.1/v1', '[::1', 'two words', '[::1]:80'])(
    'rejects the host "%s"',
    (text) => {
      expect(() => applyOverrides(config, { host: { text, from: 'HOST' } })).toThrow(
        'HOST: error: must be a name or an address such as 127.0.0.1, without scheme, port and path.',
      );
    },
  );

  test('accepts an IPv6 address in brackets', () => {
    const { config: overridden } = applyOverrides(config, {
      host: { text: '[::1]', from: '--host' },
    });

    expect(overridden.server.host).toBe('::1');
  });

  test('warns when it opens the gateway to the network without API keys', () => {
    const host = { text: '0.0.0.0', from: 'HOST' };

    const { warnings } = applyOverrides(config, { host });

    expect(warnings.map(formatFault)).toEqual([
      'HOST: warning: anyone who can reach 0.0.0.0 may use this gateway; set "keys" in a configuration file.',
    ]);
  });

  test('does not warn when API keys are configured', () => {
    const keys = [{ name: 'a', key: '0123456789abcdef', metadata: {} }];
    const host = { text: '0.0.0.0', from: 'HOST' };

    expect(applyOverrides({ ...config, keys }, { host }).warnings).toEqual([]);
  });
});
