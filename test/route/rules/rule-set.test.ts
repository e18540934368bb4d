import { fc } from '../../support/fast-check.js';
import { GatewayError } from '../../../src/core/errors.js';
import { parseRules } from '../../../src/route/rules/load.js';
import type { RuleOutcome } from '../../../src/route/rules/outcome.js';
import type { RuleFailure } from '../../../src/route/rules/rule-set.js';
import { someFacts } from './facts.js';

const POLICIES = `version: 1
policies:
  auto: { keep: 0.97, only: ["*"], limit: { cost_usd: 0.05 } }
  auto/fast: { objective: latency, reference: openai/gpt-5, fallbacks: [mistral/small] }
`;

function apply(rules: string, policy = 'auto', facts = someFacts()): RuleOutcome {
  return parseRules('rules.yaml', POLICIES + rules).apply(policy, facts);
}

describe('policy without matching rules', () => {
  test('has its own settings', () => {
    const outcome = apply('');

    expect(outcome).toEqual({
      policy: 'auto',
      objective: 'cost',
      reference: 'best',
      keep: { value: 0.97, rule: null },
      keepEach: null,
      only: [{ value: ['*'], rule: null }],
      never: [],
      require: [],
      limits: { costUsd: { value: 0.05, rule: null }, latencyMs: null, contextTokens: null },
      prefer: null,
      pin: null,
      fallbacks: null,
      matched: [],
    });
  });

  test('keeps everything by default', () => {
    const outcome = apply('', 'auto/fast');

    expect(outcome.keep).toEqual({ value: 1, rule: null });
    expect(outcome.objective).toBe('latency');
    expect(outcome.fallbacks).toEqual({ value: ['mistral/small'], rule: null });
  });

  test('is rejected when it does not exist, with a suggestion', () => {
    const ruleSet = parseRules('rules.yaml', POLICIES);

    const call = () => ruleSet.apply('auto/fats', someFacts());

    expect(call).toThrow(GatewayError);
    expect(call).toThrow('There is no policy "auto/fats". Did you mean "auto/fast"?');
  });
});

describe('rules', () => {
  test('accumulate constraints, while the first match decides a setting', () => {
    const outcome = apply(`rules:
  - { name: one, keep: 0.9, only: ["openai/*"], limit: { latency_ms: 2000 } }
  - { name: two, keep: 0.8, prefer: [a/b], never: ["*-mini"], require: [tools] }
  - { name: three, prefer: [c/d], only: ["*/gpt*"], pin: openai/gpt-5, fallbacks: [] }
`);

    expect(outcome.keep).toEqual({ value: 0.9, rule: 'one' });
    expect(outcome.prefer).toEqual({
      value: ['a/b'],
      rule: 'two',
      otherwise: { value: ['c/d'], rule: 'three' },
    });
    expect(outcome.pin).toEqual({ value: 'openai/gpt-5', rule: 'three' });
    expect(outcome.fallbacks).toEqual({ value: [], rule: 'three' });
    expect(outcome.only).toEqual([
      { value: ['*'], rule: null },
      { value: ['openai/*'], rule: 'one' },
      { value: ['*/gpt*'], rule: 'three' },
    ]);
    expect(outcome.never).toEqual([{ value: ['*-mini'], rule: 'two' }]);
    expect(outcome.require).toEqual([{ value: ['tools'], rule: 'two' }]);
    expect(outcome.limits.latencyMs).toEqual({ value: 2000, rule: 'one' });
    expect(outcome.matched).toEqual(['one', 'two', 'three']);
  });

  test('apply the smallest limit, and the first of equal ones', () => {
    const outcome = apply(`rules:
  - { name: loose, limit: { cost_usd: 0.1, context_tokens: 900 } }
  - { name: tight, limit: { cost_usd: 0.01, context_tokens: 800 } }
  - { name: same, limit: { cost_usd: 0.01 } }
`);

    expect(outcome.limits.costUsd).toEqual({ value: 0.01, rule: 'tight' });
    expect(outcome.limits.contextTokens).toEqual({ value: 800, rule: 'tight' });
  });

  test('without a match change nothing', () => {
    const outcome = apply('rules: [{ name: pictures, when: request.images > 0, keep: 0.5 }]');

    expect(outcome.keep).toEqual({ value: 0.97, rule: null });
    expect(outcome.matched).toEqual([]);
  });

  test('apply only to the policies they name', () => {
    const rules = 'rules: [{ name: fast, policies: ["*/fast"], keep: 0.5 }]';

    expect(apply(rules, 'auto').matched).toEqual([]);
    expect(apply(rules, 'auto/fast').keep).toEqual({ value: 0.5, rule: 'fast' });
  });

  test('after a matching stop rule are not evaluated', () => {
    const rules = `rules:
  - { name: end, when: request.stream, stop: true }
  - { name: late, keep: 0.5 }
`;

    expect(apply(rules, 'auto', someFacts({ stream: true })).matched).toEqual(['end']);
    expect(apply(rules, 'auto', someFacts({ stream: false })).matched).toEqual(['late']);
  });

  test('produce the same constraints and limits in any order', () => {
    const rule = fc.record({
      only: fc.subarray(['openai/*', 'mistral/*', '*/small'], { minLength: 1 }),
      cost: fc.integer({ min: 1, max: 9 }),
      images: fc.boolean(),
    });
    const facts = someFacts({ features: { images: 1 } });

    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), (written) => {
        const lines = written.map(
          ({ only, cost, images }, i) =>
            `  - { name: r${i}, when: 'request.images ${images ? '>' : '=='} 0', only: ${JSON.stringify(only)}, limit: { cost_usd: ${cost / 1000} } }`,
        );
        const forwards = apply(
          `rules:\n${lines.join('\n')}\n`.replace('rules:\n\n', ''),
          'auto',
          facts,
        );
        const reversed = lines.toReversed().join('\n');
        const backwards = apply(`rules:\n${reversed}\n`.replace('rules:\n\n', ''), 'auto', facts);

        expect(new Set(backwards.only)).toEqual(new Set(forwards.only));
        expect(backwards.limits.costUsd?.value).toBe(forwards.limits.costUsd?.value);
        expect(backwards.matched.toReversed()).toEqual(forwards.matched);
      }),
      { numRuns: 25 },
    );
  });

  test('take each setting from the first match', () => {
    const keeps = fc.array(fc.option(fc.integer({ min: 0, max: 100 })), { maxLength: 6 });

    fc.assert(
      fc.property(keeps, (values) => {
        const lines = values.map(
          (value, i) =>
            `  - { name: r${i}, ${value === null ? 'prefer: [x]' : `keep: ${value / 100}`} }`,
        );
        const outcome = apply(lines.length === 0 ? '' : `rules:\n${lines.join('\n')}\n`);

        const first = values.findIndex((value) => value !== null);
        const expected =
          first < 0
            ? { value: 0.97, rule: null }
            : { value: (values[first] ?? 0) / 100, rule: `r${first}` };
        expect(outcome.keep).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });
});

describe('condition that fails', () => {
  const RULES = `${POLICIES}rules:
  - name: europe
    when: key.metadata.region == "eu"
    only: ["mistral/*"]
  - { name: next, keep: 0.5 }
`;

  test('counts as not matched, and is reported each time, as new only once', () => {
    const failures: RuleFailure[] = [];
    const ruleSet = parseRules('rules.yaml', RULES, { onFailure: (f) => failures.push(f) });

    const outcomes = [1, 2, 3].map(() => ruleSet.apply('auto', someFacts()));

    expect(outcomes.map(({ matched }) => matched)).toEqual([['next'], ['next'], ['next']]);
    expect(failures.map(({ isNew }) => isNew)).toEqual([true, false, false]);
    expect(failures[0]).toEqual({
      rule: 'europe',
      place: 'rules.yaml:7:11',
      message: 'No such key: region',
      isNew: true,
    });
  });

  test('counts as not matched without a listener too', () => {
    const ruleSet = parseRules('rules.yaml', RULES);

    expect(ruleSet.apply('auto', someFacts()).matched).toEqual(['next']);
  });
});

describe('revision', () => {
  test('is the same for the same text, and differs for other text', () => {
    const revision = parseRules('a.yaml', POLICIES).revision;

    expect(parseRules('b.yaml', POLICIES).revision).toBe(revision);
    expect(parseRules('a.yaml', `${POLICIES}# more\n`).revision).not.toBe(revision);
    expect(revision).toMatch(/^[0-9a-f]{12}$/);
  });
});
