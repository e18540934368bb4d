import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../support/command.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-route-'));
  await writeFile(
    config(),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\nserver: { port: 0 }\n',
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const config = () => path.join(folder, 'suffice.yaml');

describe('suffice route', () => {
  test('prints the choice, every candidate and what would flip the choice', async () => {
    const { code, out } = await run(['route', 'Why is the sky blue?', '--config', config()]);

    expect(code).toBe(0);
    expect(out).toMatch(/^model {5}simulation\/\w+\nreason {4}\w+/u);
    expect(out).toMatch(/> {2}simulation\/\w+ +0\.\d{3} ±0\.\d{3} +\$[\d.e-]+ .*chosen/u);
    expect(out.match(/^[> ] {2}simulation\//gmu)).toHaveLength(4);
    expect(out).toContain('The smallest changes that would choose another model:');
  });

  test('prints why candidates were dropped', async () => {
    const request = JSON.stringify({
      model: 'auto',
      messages: [
        {
          role: 'user',
          content: [{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
        },
      ],
    });

    const { out } = await run(['route', '--request', '-', '--config', config()], {
      stdin: request,
    });

    expect(out).toContain('dropped: has no audio');
  });

  test.each([
    ['names', 'auto/best', [], 'auto/best'],
    ['has an alias of', 'dear', [], 'auto/best'],
    ['names, overridden by --policy', 'auto/best', ['--policy', 'auto/cheap'], 'auto/cheap'],
    ['names, overridden by an alias in --policy', 'auto', ['--policy', 'dear'], 'auto/best'],
  ])('decides by the policy that a request %s', async (_what, model, more, policy) => {
    await appendFile(config(), 'aliases: { dear: auto/best }\n');
    const stdin = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] });

    const { out } = await run(
      ['route', '--request', '-', '--json', '--config', config(), ...more],
      { stdin },
    );

    expect(JSON.parse(out)).toMatchObject({ policy });
  });

  describe('conditions of the request', () => {
    const rules = `version: 1
policies: { auto: { keep: 0.9 } }
rules:
  - { name: clinic, when: 'key.metadata.?data.orValue("") == "patients"', never: ['*/nano'] }
  - { name: night, when: time.now.getHours("Europe/Berlin") < 6, keep: 0.8 }
  - { name: brake, when: budget.used >= 0.8, limit: { cost_usd: 1 } }
`;

    beforeEach(async () => {
      await writeFile(path.join(folder, 'rules.yaml'), rules);
      await appendFile(
        config(),
        `rules: rules.yaml
budget: { daily_usd: 10 }
keys: [{ name: ward, key: '0123456789abcdef', metadata: { data: patients } }]
`,
      );
    });

    const matched = async (...more: readonly string[]): Promise<unknown> => {
      const args = ['route', 'hi', '--json', '--config', config(), ...more];
      const { code, out, err } = await run(args);
      return code === 0 ? (JSON.parse(out) as { matched_rules: unknown }).matched_rules : err;
    };

    test('uses the given key, time and spent budget', async () => {
      const noon = ['--at', '2026-11-20T12:00:00Z'];

      expect(await matched(...noon)).toEqual([]);
      expect(await matched(...noon, '--key', 'ward')).toEqual(['clinic']);
      expect(await matched('--at', '2026-11-20T03:00:00+01:00')).toEqual(['night']);
      expect(await matched(...noon, '--spent', '8')).toEqual(['brake']);
    });

    test('prints a note when no key is given but rules use the key', async () => {
      const args = ['route', 'hi', '--config', config()];

      expect((await run(args)).err).toBe(
        'note: decided for a request without a key, but rules use the key: --key NAME (ward)\n',
      );
      expect((await run([...args, '--key', 'ward'])).err).toBe('');
    });

    test.each([
      ['--key', 'wart', 'the configuration has no key named "wart"; its keys are ward'],
      ['--at', 'noon', '--at requires a time such as 2026-11-20T03:00:00+01:00, not "noon"'],
      ['--spent', '$8', '--spent requires US dollars such as 42.50, not "$8"'],
    ])('rejects the %s value %s', async (option, value, message) => {
      expect(await matched(option, value)).toContain(message);
    });
  });

  test('rejects a request that names a model, as there is nothing to decide', async () => {
    const stdin = JSON.stringify({ model: 'gpt-5', messages: [{ role: 'user', content: 'hi' }] });

    const { code, err } = await run(['route', '--request', '-', '--config', config()], { stdin });

    expect(code).toBe(2);
    expect(err).toContain('the request names "gpt-5", which is not a policy');
  });

  test('decides among any named models, and prints JSON', async () => {
    const models = 'openai/gpt-4o,acme/never-heard-of';
    const { out } = await run(['route', 'hi', '--models', models, '--json', '--config', config()]);

    const decision = JSON.parse(out) as { candidates: { model: string; uncertainty: number }[] };
    expect(decision.candidates.map(({ model }) => model)).toEqual(models.split(','));
  });

  test('rejects an unknown policy and suggests the nearest', async () => {
    const { code, err } = await run([
      'route',
      'hi',
      '--policy',
      'auto/chaep',
      '--config',
      config(),
    ]);

    expect(code).toBe(1);
    expect(err).toContain('auto/cheap');
  });

  test('fails when the predictor is missing', async () => {
    await writeFile(config(), 'providers: { simulation: {} }\n');

    const { code, err, out } = await run(['route', 'hi', '--config', config()], {
      shipped: { artefacts: path.join(folder, 'nothing') },
    });

    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('manifest.json');
  });
});
