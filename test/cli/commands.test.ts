import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock, type Clock } from '../../src/core/clock.js';
import { run } from '../support/command.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-cli-'));
  await writeFile(
    path.join(folder, 'suffice.yaml'),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\nserver: { port: 0 }\n',
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const config = () => path.join(folder, 'suffice.yaml');

describe('suffice', () => {
  test.each([
    { args: ['--help'], code: 0, out: /Usage: suffice COMMAND/u },
    { args: [], code: 2, out: /Usage: suffice COMMAND/u },
    { args: ['--version'], code: 0, out: /^1\.2\.3\n$/u },
    { args: ['serve', '--help'], code: 0, out: /--port PORT/u },
    { args: ['route', '--help'], code: 0, out: /--batch FILE/u },
    { args: ['models', '--help'], code: 0, out: /--all/u },
    { args: ['rules', '--help'], code: 0, out: /rules check/u },
  ])('$args answers on standard output', async ({ args, code, out }) => {
    const result = await run(args);

    expect(result).toEqual({ code, out: expect.stringMatching(out), err: '', log: '' });
  });

  test.each([
    { args: ['sreve'], code: 2, err: /no command "sreve"; did you mean "serve"\?/u },
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
  ])('$args is refused with a sentence', async ({ args, code, err }) => {
    const result = await run(args);

    expect(result).toEqual({ code, out: '', err: expect.stringMatching(err), log: '' });
  });
});

describe('a model that its provider has withdrawn', () => {
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

  test('is not chosen by auto, though its name fits', async () => {
    await withModels('["openai/gpt-3.5*", "openai/gpt-5.5"]');

    const before = await run(['route', 'hi', '--json', '-c', config()], on('2026-09-01'));
    const after = await run(['route', 'hi', '--json', '-c', config()], on('2026-11-21'));

    expect([before.code, after.code]).toEqual([0, 0]);
    expect(before.out).toContain('openai/gpt-3.5-turbo-1106');
    expect(after.out).toContain('openai/gpt-5.5');
    expect(after.out).not.toContain('gpt-3.5');
  });

  test('is a candidate again where the configuration names it in full', async () => {
    await withModels('["openai/gpt-3.5-turbo-1106"]');

    const { code, out } = await run(['route', 'hi', '--json', '-c', config()], on('2026-11-21'));

    expect(code).toBe(0);
    expect(out).toContain('openai/gpt-3.5-turbo-1106');
  });
});

describe('suffice check', () => {
  test('says what a server would run on, and that it would start', async () => {
    const { code, out, err } = await run(['check', '--config', config()]);

    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/suffice\.yaml: 4 models, 1 provider \(simulation\), policies auto, /u);
    expect(out).toMatch(/default\.yaml: \d+ rules\n$/u);
  });

  test('tells every fault with its line', async () => {
    await writeFile(config(), 'sever: {}\nserver: { port: high }\n');

    const { code, err } = await run(['check', '--config', config()]);

    expect(code).toBe(1);
    expect(err.match(/suffice\.yaml:\d+:\d+: error: /gu)).toHaveLength(2);
  });

  test.each([
    { args: [], code: 0 },
    { args: ['--strict'], code: 1 },
  ])('ends with $code for a warning given $args', async ({ args, code }) => {
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
  ] as const)('%s names those in use without their passwords', async (command, where, head) => {
    const more =
      '  globex: { base_url: "https://globex.example/v1", models: [m] }\n' +
      '  local: { base_url: "http://127.0.0.1:9/v1", models: [m] }\n';
    await writeFile(config(), `${providers}${more}server: { port: 0 }\n`);
    const env = { ALL_PROXY: 'http://u:secret-2@corp:3128' };

    const told = await run([command, '--config', config()], { env });

    expect(told[where]).toContain(`${head}http://own:3128 (providers.acme.proxy) for acme\n`);
    expect(told[where]).toContain(`${head}http://corp:3128 (ALL_PROXY) for globex\n`);
    expect(JSON.stringify(told)).not.toMatch(/secret-[12]/u);
  });

  test('that cannot be used are told of by their line, and not shown', async () => {
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
  ])('says that %s.folder %s is a file', async (section, name) => {
    await writeFile(path.join(folder, 'file'), '');
    await writeFile(config(), `${simulated}${section}: { folder: ${name} }\n`);

    const { code, err } = await run([command, '--config', config()]);

    expect(code).toBe(1);
    expect(err).toBe(
      `${config()}:3:${section.length + 13}: error: "${section}.folder" must be a folder, but ${path.join(folder, 'file')} is a file.\n`,
    );
  });

  test('names the variable whose key cannot be sent, and does not show it', async () => {
    await writeFile(config(), 'router: { predictor: heuristic }\n');

    const { code, err } = await run([command, '--config', config()], {
      env: { GROQ_API_KEY: '“gsk-hidden”' },
    });

    expect(code).toBe(1);
    expect(err).toMatch(/^GROQ_API_KEY: error: .* cannot be in a key, such as a curly quote\.\n$/u);
  });

  test('says at its line whose key cannot be sent', async () => {
    await writeFile(config(), 'providers:\n  groq: {}\n');

    const { code, err } = await run([command, '--config', config()], {
      env: { GROQ_API_KEY: '“gsk-hidden”' },
    });

    expect(code).toBe(1);
    expect(err).toMatch(/suffice\.yaml:2:3: error: the variable GROQ_API_KEY, [^\n]+\n$/u);
    expect(err).not.toContain('hidden');
  });
});

test('suffice serve starts where answers cannot be saved, and says so', async () => {
  // Nobody can make a folder there, whoever runs the tests.
  await writeFile(
    config(),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\ncache: { mode: exact, folder: /sys/none }\n',
  );

  const { code, log } = await run(['serve', '--config', config(), '--port', '0']);

  expect(code).toBe(0);
  expect(log).toMatch(/answers cannot be saved; they are kept in memory[^]*listening/u);
});

describe('suffice models', () => {
  test('lists what is served, with prices', async () => {
    const { out } = await run(['models', '--config', config()]);

    expect(out).toMatch(/^MODEL +INPUT +OUTPUT +CONTEXT +RUNS AT +CAN\n/u);
    expect(out).toMatch(/^simulation\/frontier +\$5 +\$25 +1000000 +simulation +tools/mu);
    expect(out.trimEnd().split('\n')).toHaveLength(5);
  });

  test('lists the whole catalog, with a question mark for what is unknown', async () => {
    const { out } = await run(['models', '--all']);

    expect(out.split('\n').length).toBeGreaterThan(60);
    expect(out).toMatch(/^openai\/gpt-4o /mu);
    expect(out).toMatch(/ \? /u);
  });
});

describe('suffice serve', () => {
  test('says where it is, what it serves and what to try, and drains on SIGTERM', async () => {
    const { code, err, log } = await run(['serve', '--config', config(), '--port', '0']);

    expect(code).toBe(0);
    expect(err).toMatch(/url {7}http:\/\/127\.0\.0\.1:\d+\/v1\n/u);
    expect(err).toContain('simulation/nano');
    expect(err).toContain('SIMULATED');
    expect(log).toMatch(/"models":4[^]*"listening"[^]*"draining"[^]*"stopped"/u);
    expect(err).toMatch(/curl -i http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions/u);
  });

  test('does not wait for requests under way when it is told to stop a second time', async () => {
    const port = await freePort();
    let nowMs = 0;
    let half: Socket | undefined;

    const { code, log } = await run(['serve', '--config', config(), '--port', String(port)], {
      clock: { ...systemClock, now: () => nowMs },
      onSignal: (signal, act) => {
        if (signal !== 'SIGTERM') return;
        half = connect(port, '127.0.0.1', () => {
          half?.write(
            'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
          );
          setTimeout(() => {
            // A terminal and an npm between pass the same Ctrl-C on.
            act();
            act();
            nowMs += 1_000;
            act();
          }, 20);
        }).on('error', () => undefined);
      },
    });

    half?.destroy();
    expect(code).toBe(0);
    expect(log.match(/second stop signal/gu)).toHaveLength(1);
    expect(log).toContain('"stopped"');
  });

  test('reloads as soon as it listens where it was told to before', async () => {
    let heard = '';
    let stop = (): void => undefined;
    const { log } = await run(['serve', '--config', config(), '--port', '0'], {
      onSignal: (signal, act) => {
        heard += `${signal} `;
        if (signal === 'SIGHUP') act();
        if (signal === 'SIGTERM') stop = act;
      },
      onLog: (line) => {
        if (line.includes('"listening"')) heard += 'listening ';
        if (line.includes('"reloaded"')) stop();
      },
    });

    expect(heard).toBe('SIGHUP listening SIGTERM SIGINT ');
    expect(log).toMatch(/"listening"[^]*"reloaded"[^]*"stopped"/u);
  });

  test('shows every fault of its configuration at once and does not start', async () => {
    await writeFile(config(), 'sever: {}\nserver: { port: high }\nrules: 7\n');

    const { code, err } = await run(['serve', '--config', config()]);

    expect(code).toBe(1);
    expect(err.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/suffice\.yaml:1:1: error: .*did you mean "server"/u),
      expect.stringMatching(/suffice\.yaml:2:17: error: /u),
      expect.stringMatching(/suffice\.yaml:3:8: error: /u),
    ]);
  });

  test('shows an override that the catalog cannot take at its line', async () => {
    await writeFile(
      config(),
      'providers: { simulation: {} }\nmodels:\n  openai/gpt-4p: { context_window: 5 }\n',
    );

    const { err } = await run(['serve', '--config', config()]);

    expect(err).toMatch(/suffice\.yaml:3:\d+: error: .*did you mean "openai\/gpt-4o"/iu);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
