import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FACT_FIELDS } from '../../../src/route/rules/facts.js';
import { parseRules } from '../../../src/route/rules/load.js';
import { conditionCompiler } from '../../../src/route/rules/condition.js';
import { rulesSchema } from '../../../src/route/rules/schema.js';
import { parseRuleTests } from '../../../src/route/rules/test-file.js';

const manual = readFileSync(path.resolve(import.meta.dirname, '../../../docs/rules.md'), 'utf8');

/** The fenced blocks of a language, in order. */
function blocks(language: string): readonly string[] {
  return [...manual.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)]
    .filter(([, found]) => found === language)
    .map(([, , text]) => text ?? '');
}

describe('docs/rules.md', () => {
  test('describes every variable with the program’s own text', () => {
    const missing = Object.entries(FACT_FIELDS).flatMap(([variable, fields]) =>
      Object.entries(fields)
        .filter(([name, { description }]) => {
          const row = manual
            .split('\n')
            .find((line) => line.startsWith(`| \`${variable}.${name}\``));
          return row?.includes(description) !== true;
        })
        .map(([name]) => `${variable}.${name}`),
    );

    expect(missing).toEqual([]);
  });

  test('names no unknown variable', () => {
    const named = [...manual.matchAll(/^\| `(\w+)\.(\w+)` /gm)]
      .map(([, variable = '', field = '']) => ({ variable, field }))
      .filter(({ variable }) => variable !== 'limit');

    expect(
      named.filter(({ variable, field }) => FACT_FIELDS[variable]?.[field] === undefined),
    ).toEqual([]);
    expect(named.length).toBeGreaterThan(20);
  });

  test('describes every option', () => {
    const { policies, rules } = rulesSchema.shape;
    const options = [
      ...Object.keys(policies._zod.def.valueType._zod.def.shape),
      ...Object.keys(rules._zod.def.innerType._zod.def.element._zod.def.shape),
    ].filter((option) => option !== 'limit');

    const missing = options.filter((option) => !manual.includes(`| \`${option}\` `));

    expect(missing).toEqual([]);
  });

  test('contains complete files that parse', () => {
    const [rules = '', tests = ''] = blocks('yaml').filter((text) => text.startsWith('version:'));

    const ruleSet = parseRules('rules.yaml', rules);

    expect(ruleSet.rules.map(({ name }) => name)).toEqual([
      'patients-stay-in-europe',
      'code-is-hard',
      'everything-has-a-price',
    ]);
    expect(parseRuleTests(ruleSet, 'tests.yaml', tests).tests).toHaveLength(2);
  });

  test('contains rules that parse', () => {
    const shown = blocks('yaml').filter((text) => text.startsWith('- name:'));

    expect(shown.length).toBeGreaterThan(0);
    for (const rules of shown) {
      const file = `version: 1\npolicies: { auto: {} }\nrules:\n${rules}`;
      expect(parseRules('rules.yaml', file).rules.length).toBeGreaterThan(0);
    }
  });

  test('contains conditions that compile', () => {
    const compiler = conditionCompiler();
    const conditions = blocks('')
      .flatMap((block) => block.trim().split('\n'))
      .filter((line) => /^[!a-z"]/.test(line) && !/^(suffice|my-rules)/.test(line));

    expect(conditions.length).toBeGreaterThan(6);
    expect(conditions.filter((line) => !('holds' in compiler.compile(line)))).toEqual([]);
  });
});
