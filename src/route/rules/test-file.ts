import type { Conversation, Message, Part } from '../../core/conversation.js';
import { FaultyFileError, type Fault } from '../../core/errors.js';
import { nearest } from '../../core/nearest.js';
import { YamlFile } from '../../yaml/yaml-file.js';
import type { RuleFacts } from './facts.js';
import { readTextIfThere } from './load.js';
import type { RuleSet } from './rule-set.js';
import { ruleTestsSchema, type WrittenTest } from './test-schema.js';

/** The request of a test, as a router needs it. */
export interface RuleTestInput {
  readonly policy: string;
  readonly stream: boolean;
  readonly conversation: Conversation;
  readonly key: RuleFacts['key'];
  readonly metadata: RuleFacts['metadata'];
  /** Wall clock, milliseconds since 1970. */
  readonly timeMs: number;
  readonly budget: RuleFacts['budget'];
  /** The models to choose from; `null` for the configured ones. */
  readonly models: readonly string[] | null;
}

/** A request with the expected outcome. */
export interface RuleTest {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly input: RuleTestInput;
  readonly expect: WrittenTest['expect'];
}

/** The tests next to a rules file. */
export interface RuleTests {
  readonly file: string;
  readonly tests: readonly RuleTest[];
}

/** `rules/default.yaml` → `rules/default.test.yaml`. */
export function testFileOf(rulesFile: string): string {
  return rulesFile.replace(/(\.ya?ml)?$/, '.test.yaml');
}

/**
 * Reads the tests next to a rules file.
 *
 * @returns `null` if there is no such file
 * @throws {FaultyFileError} with every fault
 */
export async function loadRuleTests(ruleSet: RuleSet): Promise<RuleTests | null> {
  const file = testFileOf(ruleSet.file);
  const text = await readTextIfThere(file);
  return text === null ? null : parseRuleTests(ruleSet, file, text);
}

/**
 * Reads tests from text.
 *
 * @param ruleSet - the rules under test, which must have the policies and rules that tests name
 * @throws {FaultyFileError} with every fault
 */
export function parseRuleTests(ruleSet: RuleSet, file: string, text: string): RuleTests {
  const yaml = YamlFile.parse(file, text);
  const written = yaml.check(ruleTestsSchema);
  const faults = written.tests.flatMap((test, i) => unknownNames(ruleSet, yaml, test, i));
  if (faults.length > 0) throw new FaultyFileError(faults);
  const tests = written.tests.map((test, i) => ({
    name: test.name,
    ...yaml.locate(['tests', i]),
    input: inputOf(test, test.models ?? written.models ?? null),
    expect: test.expect,
  }));
  return { file, tests };
}

function unknownNames(ruleSet: RuleSet, yaml: YamlFile, test: WrittenTest, i: number): Fault[] {
  const rules = ruleSet.rules.map(({ name }) => name);
  const { rule, matched = [], unmatched = [] } = test.expect;
  const check = (kind: string, name: string, known: readonly string[], at: PropertyKey[]) => {
    if (known.includes(name)) return [];
    const hint = nearest(name, known);
    const question = hint === null ? '.' : `; did you mean "${hint}"?`;
    const message = `${ruleSet.file} has no ${kind} "${name}"${question}`;
    return [yaml.fault(['tests', i, ...at], message)];
  };
  return [
    ...check('policy', test.policy, [...ruleSet.policies.keys()], ['policy']),
    ...(rule === null || rule === undefined ? [] : check('rule', rule, rules, ['expect', 'rule'])),
    ...matched.flatMap((name, n) => check('rule', name, rules, ['expect', 'matched', n])),
    ...unmatched.flatMap((name, n) => check('rule', name, rules, ['expect', 'unmatched', n])),
  ];
}

function inputOf(test: WrittenTest, models: readonly string[] | null): RuleTestInput {
  return {
    policy: test.policy,
    stream: test.input.stream,
    conversation: conversationOf(test.input),
    key: test.key,
    metadata: test.metadata,
    timeMs: Date.parse(test.time),
    budget: { limitUsd: test.budget.limit_usd, spentUsd: test.budget.spent_usd },
    models,
  };
}

function conversationOf(request: WrittenTest['input']): Conversation {
  const prompt = { role: 'user' as const, content: request.prompt ?? '', images: 0 };
  const messages = request.messages ?? [prompt];
  return {
    messages: messages.map(({ role, content, images }, i): Message => {
      const pictures = i === messages.length - 1 ? images + request.images : images;
      return { role, parts: [{ kind: 'text', text: content }, ...imageParts(pictures)] };
    }),
    tools: request.tools.map((name) => ({
      name,
      description: '',
      parameters: null,
      definitionLength: TYPICAL_TOOL_CHARS,
    })),
    toolRequired: request.tool_required,
    parallelTools: null,
    format: request.format,
    maxOutputTokens: request.max_tokens ?? null,
    choices: request.choices,
    reasoningEffort: request.reasoning_effort ?? null,
  };
}

/** A definition with a sentence of description and two parameters. */
const TYPICAL_TOOL_CHARS = 400;

function imageParts(count: number): readonly Part[] {
  return Array.from({ length: count }, (): Part => ({ kind: 'image' }));
}
