/**
 * The CPU time of rules per request: ten rules with typical conditions, and the default rules.
 *
 *   npx tsx bench/rules.bench.ts
 */
import { cpus } from 'node:os';
import path from 'node:path';
import type { RuleFacts } from '../src/route/rules/facts.js';
import { loadRules, parseRules } from '../src/route/rules/load.js';
import type { RuleSet } from '../src/route/rules/rule-set.js';

const CONDITIONS = [
  'request.images > 0 && key.metadata.?region.orValue("") == "eu"',
  'features.code > 0.5',
  'features.input_tokens > 20000',
  'budget.used > 0.8',
  'time.hour < 6 || time.weekday >= 6',
  'request.has_tools && "search" in request.tools',
  'features.language in ["de", "fr", "it"]',
  'request.format == "json_schema"',
  '"team" in metadata && metadata.team == "search"',
  'features.maths > 0.3 && features.turns < 3',
];
const ROUNDS = 20;
const CALLS = 50_000;

const ten = `version: 1
policies: { auto: { keep: 0.97 } }
rules:
${CONDITIONS.map((when, i) => `  - { name: r${i}, when: '${when}', keep: 0.9 }`).join('\n')}
`;
// A function call outside the compiled subset of the language: the whole condition is interpreted.
const interpreted = ten.replaceAll("when: '", "when: 'size(key.name) > 0 && ");

const shipped = path.resolve(import.meta.dirname, '../rules/default.yaml');
const requests = Array.from({ length: 64 }, (_, i) => factsOf(i));

console.log(`${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
report('ten rules', parseRules('ten.yaml', ten));
report('ten rules, interpreted', parseRules('interpreted.yaml', interpreted));
report('default rules', await loadRules(shipped));

function report(name: string, ruleSet: RuleSet): void {
  const rounds = Array.from({ length: ROUNDS }, () => microsecondsPerCall(ruleSet)).sort(
    (a, b) => a - b,
  );
  const median = rounds[ROUNDS / 2] ?? NaN;
  const [least = NaN, most = NaN] = [rounds[0], rounds.at(-1)];
  console.log(
    `${name.padEnd(24)} median ${median.toFixed(2)} us per request (${least.toFixed(2)} to ${most.toFixed(2)})`,
  );
}

function microsecondsPerCall(ruleSet: RuleSet): number {
  let matched = 0;
  // CPU time instead of wall-clock time, to exclude other load on the machine.
  const started = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) {
    const facts = requests[i % requests.length];
    if (facts !== undefined) matched += ruleSet.apply('auto', facts).matched.length;
  }
  const { user, system } = process.cpuUsage(started);
  // Using the sum prevents the calls from being optimised away.
  if (matched < 0) throw new Error('rules match less than never');
  return (user + system) / CALLS;
}

function factsOf(i: number): RuleFacts {
  return {
    model: 'auto',
    stream: i % 2 === 0,
    metadata: i % 3 === 0 ? { team: 'search' } : {},
    conversation: {
      messages: [],
      tools:
        i % 4 === 0
          ? [{ name: 'search', description: '', parameters: null, definitionLength: 100 }]
          : [],
      toolRequired: false,
      choices: 1,
      maxOutputTokens: null,
      reasoningEffort: null,
    },
    features: {
      text: 'What is the capital of France?',
      task: 'What is the capital of France?',
      materialChars: 0,
      inputTokens: i * 700,
      language: i % 5 === 0 ? 'de' : 'en',
      code: (i % 10) / 10,
      maths: (i % 7) / 7,
      turns: 1 + (i % 6),
      tools: 0,
      images: i % 8 === 0 ? 1 : 0,
      format: 'text',
      needs: [],
      maxOutputTokens: null,
      dense: new Float32Array(),
    },
    key: { name: 'bench', metadata: i % 2 === 0 ? { region: 'eu' } : {} },
    timeMs: Date.UTC(2026, 10, 20, i % 24),
    budget: { limitUsd: 100, spentUsd: i },
  };
}
