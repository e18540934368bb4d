import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GatewayError } from '../../../src/core/errors.js';
import { parseRules } from '../../../src/route/rules/load.js';
import {
  loadRuleTests,
  parseRuleTests,
  testFileOf,
  type RuleTestInput,
} from '../../../src/route/rules/test-file.js';
import {
  formatRuleTests,
  runRuleTests,
  type RouteFunction,
} from '../../../src/route/rules/test-run.js';
import { loadTestedRules } from '../../../src/route/rules/load-tested.js';
import { MODELS } from './models.js';

const RULES = `version: 1
policies: { auto: {}, auto/fast: {} }
rules:
  - name: pictures
    when: request.images > 0
    only: ["google/*"]
  - name: nights
    when: time.hour < 6
    keep: 0.5
`;

const ruleSet = parseRules('my.yaml', RULES);

/** Chooses the first named model, or the vision model for images; refuses when there is none. */
const route: RouteFunction = ({ conversation, models }) => {
  const parts = conversation.messages.flatMap((message) => message.parts);
  if (parts.some((part) => part.kind === 'image')) {
    return { model: 'google/flash', reason: 'only_candidate', rule: 'pictures' };
  }
  const [first] = models ?? ['openai/gpt-5'];
  if (first === undefined || first === 'none') throw new GatewayError('no_candidate', 'none left');
  return { model: first, reason: 'cheapest_sufficient', rule: null };
};

async function run(tests: string, router = route): Promise<string> {
  const parsed = parseRuleTests(ruleSet, 'my.test.yaml', `version: 1\n${tests}`);
  return formatRuleTests(await runRuleTests(ruleSet, parsed, router));
}

describe('runRuleTests', () => {
  test('reports a pass when every expectation is met', async () => {
    const report = await run(`models: [mistral/small]
tests:
  - name: a picture goes to a model that sees
    input: { prompt: What is this?, images: 1 }
    expect:
      model: "google/*"
      not: [openai/gpt-5, "mistral/*"]
      rule: pictures
      reason: only_candidate
      matched: [pictures]
      unmatched: [nights]
  - name: at night anything will do
    input: Hello
    time: 2026-11-20T03:00:00Z
    expect: { model: mistral/small, rule: null, matched: [nights] }
  - name: nobody is there
    input: Hello
    models: [none]
    expect: { refused: true }
`);

    expect(report).toBe('my.test.yaml: 3 of 3 tests passed. Every rule is matched by a test.\n');
  });

  test('reports expected and actual values with positions, and rules without a test', async () => {
    const report = await run(`tests:
  - name: a greeting is cheap
    input: Hello
    expect:
      model: ["mistral/*", google/flash]
      not: openai/gpt-5
      rule: pictures
      reason: pinned
      matched: [pictures]
  - name: refused
    input: Hello
    models: [none]
    expect: { model: "*", not: x/y, rule: null }
  - name: not refused
    input: Hello
    expect: { refused: true, unmatched: [nights] }
`);

    expect(report).toBe(`my.test.yaml:3:5: failed: a greeting is cheap
               expected                   got
    model      mistral/* or google/flash  openai/gpt-5
    model      not openai/gpt-5           openai/gpt-5
    rule       pictures                   no rule
    reason     pinned                     cheapest_sufficient
    matched    pictures                   none

my.test.yaml:11:5: failed: refused
               expected  got
    model      *         refused (no_candidate)
    model      not x/y   refused (no_candidate)

my.test.yaml:15:5: failed: not refused
               expected                got
    model      refused (no_candidate)  openai/gpt-5

my.test.yaml: 0 of 3 tests passed. No test matches: pictures (line 4), nights (line 7).
`);
  });

  test('passes every property of a request to the router', async () => {
    const seen: RuleTestInput[] = [];
    const keep: RouteFunction = (input) => {
      seen.push(input);
      return { model: 'a/b', reason: 'requested', rule: null };
    };

    await run(
      `tests:
  - name: everything
    policy: auto/fast
    input:
      messages:
        - { role: system, content: Be brief. }
        - { content: Look., images: 1 }
      images: 1
      tools: [search]
      tool_required: true
      format: json_schema
      stream: true
      max_tokens: 100
      choices: 2
      reasoning_effort: high
    key: { name: shop, metadata: { region: eu } }
    metadata: { team: search }
    time: 2026-11-20T09:30:00+01:00
    budget: { limit_usd: 10, spent_usd: 9 }
    expect: { model: a/b }
`,
      keep,
    );

    const tool = { name: 'search', description: '', parameters: null, definitionLength: 400 };
    const image = { kind: 'image' };
    expect(seen).toEqual([
      {
        policy: 'auto/fast',
        stream: true,
        conversation: {
          messages: [
            { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
            { role: 'user', parts: [{ kind: 'text', text: 'Look.' }, image, image] },
          ],
          tools: [tool],
          toolRequired: true,
          parallelTools: null,
          format: 'json_schema',
          maxOutputTokens: 100,
          choices: 2,
          reasoningEffort: 'high',
        },
        key: { name: 'shop', metadata: { region: 'eu' } },
        metadata: { team: 'search' },
        timeMs: Date.UTC(2026, 10, 20, 8, 30),
        budget: { limitUsd: 10, spentUsd: 9 },
        models: null,
      },
    ]);
  });

  test('rethrows an error of the router that is not a decision', async () => {
    const broken: RouteFunction = () => {
      throw new TypeError('broken');
    };

    const tested = run('tests: [{ name: a, input: b, expect: { model: c } }]', broken);

    await expect(tested).rejects.toThrow('broken');
  });

  test.each([
    ['{ name: a, input: b, expect: {} }', '2:38: error: "tests[0].expect" must expect something.'],
    [
      '{ name: a, input: { images: 1 }, expect: { model: c } }',
      '2:27: error: "tests[0].input" must have either "prompt" or "messages".',
    ],
    [
      '{ name: a, policy: auto/fats, input: b, expect: { model: c } }',
      '2:28: error: my.yaml has no policy "auto/fats"; did you mean "auto/fast"?',
    ],
    [
      '{ name: a, input: b, expect: { rule: nigths, matched: [picture], unmatched: [x] } }',
      [
        '2:46: error: my.yaml has no rule "nigths"; did you mean "nights"?',
        '2:64: error: my.yaml has no rule "picture"; did you mean "pictures"?',
        '2:86: error: my.yaml has no rule "x".',
      ].join('\nmy.test.yaml:'),
    ],
    [
      '{ name: a, input: b, time: noon, expect: { model: c } }',
      '2:36: error: "tests[0].time" must be a timestamp such as 2026-11-20T09:30:00Z, not the text "noon".',
    ],
    [
      '{ name: a, input: b, expect: { reason: cheap } }',
      /2:48: error: "tests\[0\]\.expect\.reason" must be "requested", .* not the text "cheap"/,
    ],
  ])('rejects a faulty test: %s', async (written, message) => {
    const expected = typeof message === 'string' ? `my.test.yaml:${message}` : message;

    await expect(run(`tests: [${written}]\n`)).rejects.toThrow(expected);
  });
});

describe('testFileOf', () => {
  test.each([
    ['rules/default.yaml', 'rules/default.test.yaml'],
    ['a.b/rules.yml', 'a.b/rules.test.yaml'],
    ['rules', 'rules.test.yaml'],
  ])('for %s returns %s', (rules, tests) => {
    expect(testFileOf(rules)).toBe(tests);
  });
});

describe('loadTestedRules', () => {
  let folder = '';
  const file = () => path.join(folder, 'my.yaml');
  const load = () => loadTestedRules(file(), { models: MODELS }, () => route);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'rules-'));
    await writeFile(file(), RULES);
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  test('accepts rules without tests', async () => {
    const { ruleSet: loaded, warnings } = await load();

    expect([...loaded.policies.keys()]).toEqual(['auto', 'auto/fast']);
    expect(warnings).toEqual([]);
    await expect(loadRuleTests(loaded)).resolves.toBeNull();
  });

  test('returns the warnings of the checks', async () => {
    await writeFile(file(), `${RULES}  - { name: idle, when: request.stream }\n`);

    const { warnings } = await load();

    expect(warnings.map(({ message }) => message)).toEqual([
      'rule "idle" matches, but changes nothing.',
    ]);
  });

  test('rejects rules with an error of the checks', async () => {
    await writeFile(file(), `${RULES}  - { name: pin, pin: openai/gpt5 }\n`);

    await expect(load()).rejects.toThrow(
      `${file()}:10:23: error: there is no model "openai/gpt5"; did you mean "openai/gpt-5"?`,
    );
  });

  test('rejects rules when one of their tests fails', async () => {
    const tests =
      'version: 1\ntests: [{ name: dear, input: Hello, expect: { model: a/b, rule: nights } }]\n';
    await writeFile(testFileOf(file()), tests);

    await expect(load()).rejects.toThrow(
      `${testFileOf(file())}:2:9: error: test "dear" failed: model: expected a/b, got openai/gpt-5; rule: expected nights, got no rule.`,
    );
  });

  test('does not report conditions that fail on the requests of tests', async () => {
    const failures: string[] = [];
    await writeFile(file(), `${RULES}  - { name: label, when: 'metadata.a == "b"', keep: 0.9 }\n`);
    await writeFile(
      testFileOf(file()),
      'version: 1\ntests: [{ name: a, input: Hello, expect: { model: openai/gpt-5 } }]\n',
    );

    await loadTestedRules(
      file(),
      { models: MODELS },
      () => route,
      ({ rule }) => failures.push(rule),
    );

    expect(failures).toEqual([]);
  });
});
