import { fc } from '../../support/fast-check.js';
import {
  conditionCompiler,
  failureReason,
  type Condition,
} from '../../../src/route/rules/condition.js';
import { FACT_FIELDS, type RuleFacts } from '../../../src/route/rules/facts.js';
import { someFacts, tool } from './facts.js';

const compiler = conditionCompiler();

function condition(text: string): Condition {
  const compiled = compiler.compile(text);
  if ('holds' in compiled) return compiled;
  throw new Error(compiled.map(({ offset, message }) => `${offset}: ${message}`).join('\n'));
}

/** The result of a condition, or the reason of its failure. */
function outcome(text: string, facts: RuleFacts): boolean | string {
  const compiled = condition(text);
  try {
    return compiled.holds(facts);
  } catch (error) {
    return failureReason(error);
  }
}

/** The same condition in a form that has to be interpreted. */
function interpreted(text: string): string {
  return `(${text}) == dyn(true)`;
}

const facts = someFacts({
  stream: true,
  metadata: { team: 'search', 'cost centre': '7' },
  conversation: { tools: [tool('lookup')], toolRequired: true, choices: 2, maxOutputTokens: 500 },
  features: { images: 2, inputTokens: 1200.4, language: 'de', code: 0.25, format: 'json_schema' },
  key: { name: 'shop', metadata: { region: 'eu' } },
  budget: { limitUsd: 50, spentUsd: 40 },
});

describe('condition', () => {
  test.each([
    'request.model == "auto"',
    'request.stream',
    'request.max_tokens == 500',
    'request.choices > 1',
    'request.has_tools && request.tool_required',
    '"lookup" in request.tools',
    'request.tools.exists(name, name.startsWith("look"))',
    'size(request.tools) == 1',
    'request.images > 0',
    'request.format in ["json_object", "json_schema"]',
    'request.reasoning_effort == ""',
    'features.input_tokens == 1200',
    'features.language != "en"',
    'features.code == 0.25',
    'features.code < 1',
    'features.code * 4 == 1',
    'features.maths <= 0',
    'features.turns == 1.0',
    'features.text.contains("capital")',
    'features.text.like("*capital*France?")',
    'features.text_length == 30',
    '"ann".share() == ("a" + "nn").share() && "ann".share() < 1',
    'metadata.?user.orValue(key.name).share() >= 0',
    'features.material_length == 0',
    'features.text.lowerAscii().startsWith("what")',
    'key.name.endsWith("op")',
    'key.metadata.region == "eu"',
    'has(key.metadata.region)',
    '!has(key.metadata.tier)',
    '"region" in key.metadata',
    '!("tier" in key.metadata)',
    'key.metadata.?tier.orValue("free") == "free"',
    'metadata["cost centre"] == "7"',
    'metadata[?"nothing"].orValue("-") == "-"',
    'time.iso == "2026-11-20T09:30:00.000Z"',
    'time.date == "2026-11-20"',
    'time.hour == 9 && time.minute == 30 && time.weekday == 5',
    'time.weekday in [5, 6]',
    'time.now.getHours("Europe/Berlin") == 10',
    'budget.limit_usd - budget.spent_usd == 10',
    'budget.used == 0.8',
    'budget.used >= 0.5 ? request.stream : false',
  ])('evaluates: %s', (text) => {
    expect(outcome(text, facts)).toBe(true);
    expect(outcome(interpreted(text), facts)).toBe(true);
  });

  test('reads the whole text of a request, including parts that the features omit', () => {
    const filler = 'The quick brown fox jumps over the lazy dog. '.repeat(200);
    const messages: RuleFacts['conversation']['messages'] = [
      { role: 'system', parts: [{ kind: 'text', text: `${filler}alpha${filler}` }] },
      {
        role: 'user',
        parts: [{ kind: 'image' }, { kind: 'text', text: `${filler}beta${filler}` }],
      },
      {
        role: 'assistant',
        parts: [{ kind: 'tool_call', name: 'find', arguments: '{"q":"gamma"}' }],
      },
      { role: 'tool', parts: [{ kind: 'tool_result', text: 'delta joe@example.com' }] },
      { role: 'assistant', parts: [{ kind: 'refusal', text: 'epsilon' }] },
    ];
    const said = someFacts({ conversation: { messages } });

    for (const word of ['alpha', 'beta', 'gamma', 'delta', 'epsilon']) {
      expect(outcome(`request.text.contains("${word}")`, said)).toBe(true);
    }
    expect(outcome('request.personal_data == ["email"]', said)).toBe(true);
    expect(outcome('"email" in request.personal_data', said)).toBe(true);
    expect(outcome('"iban" in request.personal_data', said)).toBe(false);
  });

  test('counts weekdays from Monday as 1 to Sunday as 7', () => {
    const sunday = someFacts({ timeMs: Date.UTC(2026, 10, 22, 23, 59) });
    const monday = someFacts({ timeMs: Date.UTC(2026, 10, 23) });

    expect(outcome('time.weekday == 7 && time.hour == 23', sunday)).toBe(true);
    expect(outcome('time.weekday == 1 && time.hour == 0', monday)).toBe(true);
  });

  test('treats an unlimited budget as unused, and a budget of 0 as used up', () => {
    const unlimited = someFacts({ budget: { limitUsd: null, spentUsd: 9 } });
    const nothing = someFacts({ budget: { limitUsd: 0, spentUsd: 0 } });

    expect(outcome('budget.used == 0.0 && budget.limit_usd > 1e300', unlimited)).toBe(true);
    expect(outcome('budget.used == 1', nothing)).toBe(true);
  });

  test('fails with the reason when a label is missing', () => {
    expect(outcome('key.metadata.tier == "paid"', facts)).toBe('No such key: tier');
    expect(outcome(interpreted('key.metadata.tier == "paid"'), facts)).toBe('No such key: tier');
  });

  test('does not fail for a missing label when the other operand decides', () => {
    expect(outcome('metadata.x == "1" && request.images == 0', facts)).toBe(false);
    expect(outcome('metadata.x == "1" || request.images == 2', facts)).toBe(true);
    expect(outcome('metadata.x == "1" || request.images == 0', facts)).toBe('No such key: x');
  });

  test('does not see inherited properties as labels', () => {
    expect(outcome('"constructor" in metadata || has(key.metadata.toString)', facts)).toBe(false);
    expect(outcome('metadata.?constructor.orValue("") == ""', facts)).toBe(true);
  });

  test('has the same result on the fast path as when interpreted', () => {
    fc.assert(
      fc.property(conditionText(3), someRequest(), (text, request) => {
        expect(outcome(text, request)).toEqual(outcome(interpreted(text), request));
      }),
      { numRuns: 300 },
    );
  });

  test('over the length limit is rejected', () => {
    const text = Array<string>(1000).fill('request.stream').join(' && ');

    expect(compiler.compile(text)).toEqual([
      { offset: 0, message: 'a condition may have at most 4000 characters.' },
    ]);
  });

  test('has a description for every field', () => {
    const fields = Object.values(FACT_FIELDS).flatMap((group) => Object.values(group));

    expect(fields.filter(({ description }) => description.length < 8)).toEqual([]);
  });
});

function conditionText(depth: number): fc.Arbitrary<string> {
  const number = fc.constantFrom(
    ...['request.images', 'features.code', 'features.input_tokens', 'budget.used', '0', '2', '0.5'],
  );
  const map = fc.constantFrom('metadata', 'key.metadata');
  const name = fc.constantFrom('team', 'x', 'toString');
  const word = fc.oneof(
    fc.constantFrom('request.format', 'features.language', '"de"', '"search"', '""'),
    fc.tuple(map, name).map(([owner, key]) => `${owner}.${key}`),
    fc.tuple(map, name).map(([owner, key]) => `${owner}[?"${key}"].orValue("de")`),
  );
  const order = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');
  const leaf = fc.oneof(
    fc.tuple(number, order, number).map((parts) => parts.join(' ')),
    fc.tuple(word, order, word).map((parts) => parts.join(' ')),
    fc.tuple(word, map).map(([key, owner]) => `${key} in ${owner}`),
    fc.tuple(word).map(([key]) => `${key} in ["de", "x"]`),
    fc.tuple(map, name).map(([owner, key]) => `has(${owner}.${key})`),
    fc
      .tuple(word, fc.constantFrom('contains', 'startsWith', 'endsWith', 'like'))
      .map(([text, test]) => `(${text}).${test}("e")`),
    fc.constantFrom('request.stream', 'request.has_tools', 'true'),
  );
  if (depth === 0) return leaf;
  const inner = conditionText(depth - 1);
  return fc.oneof(
    leaf,
    inner.map((text) => `!(${text})`),
    fc
      .tuple(inner, fc.constantFrom('&&', '||'), inner)
      .map(([left, and, right]) => `(${left}) ${and} (${right})`),
  );
}

function someRequest(): fc.Arbitrary<RuleFacts> {
  const labels = fc.dictionary(fc.constantFrom('team', 'x'), fc.constantFrom('de', 'search', ''));
  return fc
    .record({
      stream: fc.boolean(),
      metadata: labels,
      keyLabels: labels,
      images: fc.nat(3),
      language: fc.constantFrom('de', 'en'),
      spentUsd: fc.nat(4),
    })
    .map(({ stream, metadata, keyLabels, images, language, spentUsd }) =>
      someFacts({
        stream,
        metadata,
        features: { images, language, code: images / 4 },
        key: { metadata: keyLabels },
        budget: { limitUsd: 4, spentUsd },
      }),
    );
}
