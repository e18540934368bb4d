import { fc } from '../../support/fast-check.js';
import { checkRules } from '../../../src/route/rules/check.js';
import { staticValue } from '../../../src/route/rules/check/static-value.js';
import { conditionCompiler } from '../../../src/route/rules/condition.js';
import { parseRules } from '../../../src/route/rules/load.js';
import type { RuleOutcome } from '../../../src/route/rules/outcome.js';
import { someFacts } from './facts.js';
import { MODELS } from './models.js';

/** Requests that differ in everything that the conditions below read. */
const REQUESTS = [0, 1, 2, 3, 4, 5, 6, 7].map((i) =>
  someFacts({
    stream: i % 2 === 0,
    metadata: { plan: i % 3 === 0 ? 'pro' : 'free' },
    features: {
      images: i >> 2,
      code: i / 7,
      format: i > 5 ? 'json_object' : 'text',
      language: ['en', 'de', 'fr', 'und'][i % 4] ?? '',
    },
    timeMs: Date.UTC(2026, 10, 20 + i, 3 * i),
  }),
);

const ATOMS = [
  'request.stream',
  'request.images > 0',
  'request.images >= 0',
  'request.format == "json"',
  'request.format != "text"',
  'features.code > 1',
  '0.5 < features.code',
  'time.hour <= 23',
  'time.weekday == 0',
  'time.hour >= 12',
  '6 > time.hour',
  'time.hour == 3',
  'time.now.getHours("Asia/Tokyo") < 9',
  'time.now.getHours("Asia/Tokyo") >= 9',
  'features.language in ["en", "de"]',
  'features.language == "en"',
  'features.language != "de"',
  'features.language == "English"',
  'metadata.?plan.orValue("free") == "free"',
  'metadata.?plan.orValue("free") != "pro"',
  'metadata.plan == "pro"',
  '1 < 2',
  'true',
] as const;

const condition = fc
  .array(fc.tuple(fc.constantFrom(...ATOMS), fc.boolean()), { minLength: 1, maxLength: 3 })
  .chain((atoms) =>
    fc
      .constantFrom('&&', '||')
      .map((join) =>
        atoms.map(([atom, not]) => (not ? `!(${atom})` : `(${atom})`)).join(` ${join} `),
      ),
  );

const rule = fc.record({
  when: fc.option(condition, { freq: 4 }),
  keep: fc.option(fc.constantFrom(0.5, 0.9)),
  cost: fc.option(fc.constantFrom(0.01, 0.02)),
  stop: fc.boolean(),
});

interface Written {
  readonly when: string | null;
  readonly keep: number | null;
  readonly cost: number | null;
  readonly stop: boolean;
}

/** One rule per line, from line 4 on. */
function fileOf(rules: readonly Written[]): string {
  const lines = rules.map(({ when, keep, cost, stop }, i) => {
    const parts = [
      `name: r${i}`,
      ...(when === null ? [] : [`when: '${when}'`]),
      ...(keep === null ? [] : [`keep: ${keep}`]),
      ...(cost === null ? [] : [`limit: { cost_usd: ${cost} }`]),
      `stop: ${String(stop)}`,
    ];
    return `  - { ${parts.join(', ')} }`;
  });
  return `version: 1\npolicies: { auto: {} }\nrules:\n${lines.join('\n')}\n`;
}

/** Whether the outcome of a request contradicts a message about a rule. */
function refutes(outcome: RuleOutcome, rule: string, message: string): boolean {
  if (/never reached|never matches/.test(message)) return outcome.matched.includes(rule);
  if (message.startsWith('this "keep" never counts')) return outcome.keep.rule === rule;
  if (message.startsWith('this limit never counts')) return outcome.limits.costUsd?.rule === rule;
  return false;
}

describe('static checks of rules', () => {
  test('call a condition constant only if it is constant for every request', () => {
    const compiler = conditionCompiler();

    fc.assert(
      fc.property(condition, (text) => {
        const compiled = compiler.compile(text);
        if (!('holds' in compiled)) throw new Error(text);
        const known = staticValue(compiled.ast);

        const values = new Set(REQUESTS.map((facts) => compiled.holds(facts)));
        expect(known === null || (values.size === 1 && values.has(known))).toBe(true);
      }),
    );
  });

  test('call a rule, setting or limit ineffective only if no request contradicts it', () => {
    fc.assert(
      fc.property(fc.array(rule, { minLength: 2, maxLength: 5 }), (rules) => {
        const ruleSet = parseRules('rules.yaml', fileOf(rules));

        const outcomes = REQUESTS.map((facts) => ruleSet.apply('auto', facts));
        const refuted = checkRules(ruleSet, { models: MODELS }).filter(({ line, message }) => {
          const name = `r${line - 4}`;
          return outcomes.some((outcome) => refutes(outcome, name, message));
        });

        expect(refuted).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
