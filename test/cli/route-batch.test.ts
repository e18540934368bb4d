import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../support/command.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-batch-'));
  await writeFile(
    path.join(folder, 'suffice.yaml'),
    'providers: { simulation: {} }\nrouter: { predictor: heuristic }\nserver: { port: 0 }\n',
  );
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const config = () => path.join(folder, 'suffice.yaml');
const ANY_NUMBER: unknown = expect.any(Number);

describe('suffice route --batch', () => {
  const models = 'openai/gpt-4o,acme/never-heard-of';

  test('answers every line in order, with every requested model', async () => {
    const lines = [
      { id: 'a', prompt: 'Why is the sky blue?' },
      { id: 2, messages: [{ role: 'user', content: 'Weather?' }], tools: [toolNamed('weather')] },
      {
        id: 'c',
        messages: [{ role: 'user', content: 'x' }],
        response_format: { type: 'json_object' },
      },
    ];
    const file = path.join(folder, 'in.jsonl');
    // With a byte order mark and CRLF, as an editor on Windows saves it.
    await writeFile(file, `\ufeff${lines.map((line) => JSON.stringify(line)).join('\r\n')}`);

    const { code, out } = await run(['route', '--batch', file, '--models', models, '-c', config()]);

    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: unknown });
    expect(code).toBe(0);
    expect(answers.map(({ id }) => id)).toEqual(['a', 2, 'c']);
    expect(answers[1]).toEqual({
      id: 2,
      model: expect.stringMatching(/^(openai\/gpt-4o|acme\/never-heard-of)$/u),
      reason: 'heuristic',
      candidates: models.split(',').map((model) => ({
        model,
        success: expect.any(Number),
        uncertainty: expect.any(Number),
        cost_usd: model === 'acme/never-heard-of' ? null : ANY_NUMBER,
        output_tokens: expect.any(Number),
        ood: expect.any(Boolean),
      })),
    });
  });

  test('reports a faulty line in its place, and continues', async () => {
    const stdin = `{"id":1,"prompt":"hi"}\n{"id":2}\n{broken\n\n{"id":4,"prompt":"ho"}\n`;

    const { code, out, err } = await run(
      ['route', '--batch', '-', '--models', models, '-c', config()],
      { stdin },
    );

    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(code).toBe(1);
    expect(answers).toEqual([
      expect.objectContaining({ id: 1, model: expect.any(String) }),
      { id: 2, error: { code: 'invalid_request', message: expect.stringContaining('"prompt"') } },
      { id: null, error: { code: 'invalid_json', message: expect.any(String) } },
      expect.objectContaining({ id: 4 }),
    ]);
    expect(err).toMatch(/^-:2: .*\n-:3: /u);
  });

  test.each([
    { line: '{"id":null,"prompt":"hi"}', said: '"id" must be text or a number, not null.' },
    { line: '{"prompt":"hi"}', said: '"id" is missing; it must be text or a number.' },
    { line: '{"id":1,"prompt":["hi"]}', said: '"prompt" must be text, not a list.' },
    { line: '[1]', said: 'the line must be a map of options, not a list.' },
  ])('explains what is wrong with $line', async ({ line, said }) => {
    const { err } = await run(['route', '--batch', '-', '--models', models, '-c', config()], {
      stdin: line,
    });

    expect(err).toBe(`-:1: ${said}\n`);
  });

  test('accepts tools in the forms that datasets of graded prompts use', async () => {
    const bare = { name: 'weather', description: 'Tells it.', parameters: { type: 'dict' } };
    const toolsOf: unknown[] = [[toolNamed('weather')], bare, [bare, bare], null];
    const stdin = toolsOf
      .map((tools, id) => JSON.stringify({ id, prompt: 'Weather in Oslo?', messages: null, tools }))
      .join('\n');

    const { code, err } = await run(['route', '--batch', '-', '--models', models, '-c', config()], {
      stdin,
    });

    expect({ code, err }).toEqual({ code: 0, err: '' });
  });

  test('applies rules to metadata, stream, max_tokens and n of a line', async () => {
    const rules = `
version: 1
policies: { auto: { keep: 0.97 } }
rules:
  - { name: gold, when: 'metadata.?tier.orValue("") == "gold"', pin: openai/gpt-4o }
  - { name: streams, when: request.stream, pin: openai/gpt-4o-mini }
  - { name: long, when: request.max_tokens > 4000, pin: openai/gpt-5 }
  - { name: many, when: request.choices > 1, pin: openai/gpt-5-mini }
  - { name: none, pin: openai/gpt-5-nano }
`;
    await writeFile(path.join(folder, 'rules.yaml'), rules);
    await appendFile(config(), 'rules: rules.yaml\n');
    const lines = [
      { metadata: { tier: 'gold' } },
      { stream: true },
      { max_tokens: 5000 },
      { n: 2 },
      { stream: null, metadata: null, max_tokens: null, n: null, answer: 'x' },
    ];
    const stdin = lines.map((line, id) => JSON.stringify({ id, prompt: 'hi', ...line })).join('\n');
    const names = ['gpt-4o', 'gpt-4o-mini', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano'];
    const among = names.map((name) => `openai/${name}`);

    const { out } = await run(['route', '--batch', '-', '--models', among.join(), '-c', config()], {
      stdin,
    });

    const chosen = out.trimEnd().split('\n');
    expect(chosen.map((line) => (JSON.parse(line) as { model: string }).model)).toEqual(among);
  });

  test('limits the messages about a file with only faulty lines', async () => {
    const stdin = '{"id":1,"text":"hi"}\n'.repeat(1_000);

    const { code, out, err } = await run(
      ['route', '--batch', '-', '--models', models, '-c', config()],
      { stdin },
    );

    expect(code).toBe(1);
    expect(out.trimEnd().split('\n')).toHaveLength(1_000);
    expect(err.trimEnd().split('\n')).toHaveLength(21);
    expect(err).toMatch(/980 more faulty lines/u);
  });
});

function toolNamed(name: string): unknown {
  return { type: 'function', function: { name, parameters: { type: 'object', properties: {} } } };
}
