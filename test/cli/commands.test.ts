import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { systemClock, type Clock } from '../../src/core/clock.js';
import { run } from '../support/command.js';
import { ConfigFolder } from './config-folder.js';

const files = new ConfigFolder();
const config = () => files.config;

describe('suffice', () => {
  test.each([
    { args: ['--help'], code: 0, out: /Usage: suffice COMMAND/u },
    { args: [], code: 2, out: /Usage: suffice COMMAND/u },
    { args: ['--version'], code: 0, out: /^1\.2\.3\n$/u },
    { args: ['serve', '--help'], code: 0, out: /--port PORT/u },
    { args: ['route', '--help'], code: 0, out: /--batch FILE/u },
    { args: ['models', '--help'], code: 0, out: /--all/u },
    { args: ['rules', '--help'], code: 0, out: /rules check/u },
  ])('$args prints to standard output', async ({ args, code, out }) => {
    const result = await run(args);

    expect(result).toEqual({ code, out: expect.stringMatching(out), err: '', log: '' });
  });

  test.each([
    { args: ['sreve'], code: 2, err: /unknown command "sreve"; did you mean "serve"\?/u },
    { args: ['serve', '--prot', '1'], code: 2, err: /--prot/u },
    { args: ['serve', '--port', 'high'], code: 2, err: /--port must be a whole number/u },
    {
      args: ['serve', '--host', 'http://[::1]'],
      code: 2,
      err: /--host must be a name or an addr/u,
    },
    { args: ['serve', '--config', '/nonexistent.yaml'], code: 1, err: /there is no such file/u },
    { args: ['route'], code: 2, err: /give a prompt/u },
    { args: ['route', '--batch', 'x'], code: 2, err: /--batch requires --models/u },
    { args: ['route', 'hi', '--models', 'a,,b'], code: 2, err: /commas/u },
    { args: ['route', '--request', '/nonexistent'], code: 1, err: /ENOENT/u },
  ])('$args fails with an error message', async ({ args, code, err }) => {
    const result = await run(args);

    expect(result).toEqual({ code, out: '', err: expect.stringMatching(err), log: '' });
  });
});

describe('a retired model', () => {
  const on = (day: string): { clock: Clock } => ({
    clock: { ...systemClock, wallMs: () => Date.parse(day) },
  });
  const withModels = async (models: string): Promise<void> => {
    await writeFile(
      config(),
      `providers: { openai: { api_key: sk-test } }
router: { predictor: heuristic }
auto: { models: ${models} }
`,
    );
  };

  test('is not chosen by auto through a pattern', async () => {
    await withModels('["openai/gpt-3.5*", "openai/gpt-5.5"]');

    const before = await run(['route', 'hi', '--json', '-c', config()], on('2026-09-01'));
    const after = await run(['route', 'hi', '--json', '-c', config()], on('2026-11-21'));

    expect([before.code, after.code]).toEqual([0, 0]);
    expect(before.out).toContain('openai/gpt-3.5-turbo-1106');
    expect(after.out).toContain('openai/gpt-5.5');
    expect(after.out).not.toContain('gpt-3.5');
  });

  test('is a candidate when the configuration names it in full', async () => {
    await withModels('["openai/gpt-3.5-turbo-1106"]');

    const { code, out } = await run(['route', 'hi', '--json', '-c', config()], on('2026-11-21'));

    expect(code).toBe(0);
    expect(out).toContain('openai/gpt-3.5-turbo-1106');
  });
});

describe('suffice check', () => {
  test('summarises what a server would run', async () => {
    const { code, out, err } = await run(['check', '--config', config()]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/suffice\.yaml: 4 models, 1 provider \(simulation\), policies auto, /u);
    expect(out).toMatch(/default\.yaml: \d+ rules\n$/u);
  });

  test('reports every fault with its line', async () => {
    await writeFile(config(), 'sever: {}\nserver: { port: high }\n');

    const { code, err } = await run(['check', '--config', config()]);

    expect(code).toBe(1);
    expect(err.match(/suffice\.yaml:\d+:\d+: error: /gu)).toHaveLength(2);
  });

  test.each([
    { args: [], code: 0 },
    { args: ['--strict'], code: 1 },
  ])('exits with $code for a warning with arguments $args', async ({ args, code }) => {
    await writeFile(config(), 'router: { predictor: heuristic }\nserver: { host: 0.0.0.0 }\n');

    const checked = await run(['check', '--config', config(), ...args]);

    expect(checked.code).toBe(code);
    expect(checked.err).toMatch(/suffice\.yaml:2:\d+: warning: /u);
  });
});

describe('proxies', () => {
  const providers =
    'providers:\n  acme: { base_url: "https://acme.example/v1", models: [m], proxy: "http://u:secret-1@own:3128" }\n';

  test.each([
    ['check', 'out', 'proxy '],
    ['serve', 'err', 'proxy     '],
  ] as const)(
    'suffice %s prints the proxies in use without their passwords',
    async (command, where, head) => {
      const more =
        '  globex: { base_url: "https://globex.example/v1", models: [m] }\n' +
        '  local: { base_url: "http://127.0.0.1:9/v1", models: [m] }\n';
      await writeFile(config(), `${providers}${more}server: { port: 0 }\n`);
      const env = { ALL_PROXY: 'http://u:secret-2@corp:3128' };

      const told = await run([command, '--config', config()], { env });

      expect(told[where]).toContain(`${head}http://own:3128 (providers.acme.proxy) for acme\n`);
      expect(told[where]).toContain(`${head}http://corp:3128 (ALL_PROXY) for globex\n`);
      expect(JSON.stringify(told)).not.toMatch(/secret-[12]/u);
    },
  );

  test('suffice check reports an unusable proxy by its line, without its value', async () => {
    await writeFile(config(), providers.replace('http://u', 'socks5://u'));

    const { code, err } = await run(['check', '--config', config()]);

    expect(code).toBe(1);
    expect(err).toMatch(
      /suffice\.yaml:2:\d+: error: "providers\.acme\.proxy" must be an http or https URL such as .*, or "off"/u,
    );
    expect(err).not.toContain('secret-1');
  });
});

describe.each(['check', 'serve'])('suffice %s', (command) => {
  const simulated = 'providers: { simulation: {} }\nrouter: { predictor: heuristic }\n';

  test.each([
    ['adaptation', 'file'],
    ['adaptation', 'file/below'],
    ['cache', 'file'],
  ])('reports that %s.folder %s is a file', async (section, name) => {
    await writeFile(path.join(files.folder, 'file'), '');
    await writeFile(config(), `${simulated}${section}: { folder: ${name} }\n`);

    const { code, err } = await run([command, '--config', config()]);

    expect(code).toBe(1);
    expect(err).toBe(
      `${config()}:3:${section.length + 13}: error: "${section}.folder" must be a folder, but ${path.join(files.folder, 'file')} is a file.\n`,
    );
  });

  test('names the environment variable of an invalid API key, without its value', async () => {
    await writeFile(config(), 'router: { predictor: heuristic }\n');

    const { code, err } = await run([command, '--config', config()], {
      env: { GROQ_API_KEY: '“gsk-hidden”' },
    });

    expect(code).toBe(1);
    expect(err).toMatch(
      /^GROQ_API_KEY: error: .* keys cannot contain, such as a curly quote\.\n$/u,
    );
  });

  test('reports an invalid API key at the line of its provider', async () => {
    await writeFile(config(), 'providers:\n  groq: {}\n');

    const { code, err } = await run([command, '--config', config()], {
      env: { GROQ_API_KEY: '“gsk-hidden”' },
    });

    expect(code).toBe(1);
    expect(err).toMatch(/suffice\.yaml:2:3: error: the variable GROQ_API_KEY, [^\n]+\n$/u);
    expect(err).not.toContain('hidden');
  });
});

describe('suffice models', () => {
  test('lists the served models with prices', async () => {
    const { out } = await run(['models', '--config', config()]);

    expect(out).toMatch(/^MODEL +INPUT +OUTPUT +CONTEXT +RUNS AT +CAN\n/u);
    expect(out).toMatch(/^simulation\/frontier +\$5 +\$25 +1000000 +simulation +tools/mu);
    expect(out.trimEnd().split('\n')).toHaveLength(5);
  });

  test('lists the whole catalog, with a question mark for unknown figures', async () => {
    const { out } = await run(['models', '--all']);

    expect(out.split('\n').length).toBeGreaterThan(60);
    expect(out).toMatch(/^openai\/gpt-4o /mu);
    expect(out).toMatch(/ \? /u);
  });
});
