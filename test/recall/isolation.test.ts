import { DailySpend } from '../../src/account/spend.js';
import { heuristicPredictor } from '../../src/route/heuristic.js';
import { Router } from '../../src/route/router.js';
import { parseRules } from '../../src/route/rules/load.js';
import { fc } from '../support/fast-check.js';
import { AnswerStore } from '../../src/cache/answer-store.js';
import { SemanticCache } from '../../src/cache/semantic/semantic-cache.js';
import { configSchema } from '../../src/config/schema.js';
import { anthropic } from '../../src/dialects/anthropic/anthropic.js';
import { completions } from '../../src/dialects/completions/completions.js';
import { geminiDialect } from '../../src/dialects/gemini/gemini.js';
import { openai } from '../../src/dialects/openai/openai.js';
import { responses } from '../../src/dialects/responses/responses.js';
import { cacheLookupFor } from '../../src/recall/cache-lookup.js';
import type { CacheLookup } from '../../src/recall/types.js';
import { FakeClock } from '../support/fake-clock.js';
import { wordJudge } from '../support/word-judge.js';

/** Everything that separates two requests, each with a few similar values. */
const circumstances = fc.record({
  dialect: fc.constantFrom('openai', 'anthropic', 'gemini', 'completions', 'responses'),
  beta: fc.constantFrom(null, 'context-1m', 'context-2m'),
  caller: fc.constantFrom('ann', 'bob', 'ann"'),
  namespace: fc.constantFrom('default', 'docs', 'docs/v1'),
  model: fc.constantFrom('acme/large', 'acme/small', 'auto', 'auto-cheap'),
  rules: fc.constantFrom('r1', 'r2'),
  region: fc.constantFrom('eu', 'us'),
  label: fc.constantFrom(null, 'patients', 'weather'),
  system: fc.constantFrom(null, 'Be brief.', 'Be brief', 'Answer as a pirate.'),
  history: fc.constantFrom([], ['Hi', 'Hello'], ['Hi', 'Hello!'], ['Hi', 'Hello', 'And?', 'Yes']),
  tools: fc.constantFrom(null, 'f', 'g'),
  format: fc.constantFrom(null, 'json_object'),
  settings: fc.constantFrom(
    {},
    { temperature: 0 },
    { seed: 7 },
    { max_tokens: 9 },
    { stop: ['x'] },
  ),
});
type Circumstances = typeof circumstances extends fc.Arbitrary<infer C> ? C : never;

/** One question in several wordings. */
const wording = fc.constantFrom('What is a heap?', 'Please explain: what is the heap?', 'heap');

const dialectOf = (name: Circumstances['dialect'], model: string) =>
  ({ openai, anthropic, gemini: geminiDialect({ model, stream: false }), completions, responses })[
    name
  ];

/** Routers with two rule files that read the key's region; the second reads the client's labels too. */
const ROUTERS: Readonly<Record<Circumstances['rules'], Router>> = {
  r1: routerWith('key.metadata.region == "eu"'),
  r2: routerWith('key.metadata.region == "eu" || metadata.?data.orValue("") == "patients"'),
};

function routerWith(when: string): Router {
  const rule = `{ name: careful, only: [acme/large], when: '${when}' }`;
  const text = `version: 1\npolicies: { auto: {}, auto-cheap: {} }\nrules: [${rule}]`;
  return new Router({
    models: [],
    predictor: heuristicPredictor(),
    rules: parseRules('rules.yaml', text),
    catalogRevision: 'c1',
    degraded: null,
    speedOf: (_model, published) => published,
    onPredictorFault: () => undefined,
  });
}

const settings = { ...configSchema.parse({ cache: { mode: 'semantic' } }).cache, callers: {} };

type Write = (at: Circumstances, text: string) => object;

/** The same request in each dialect. */
const WRITE: Record<Circumstances['dialect'], Write> = {
  openai: ({ model, system, history, tools, format, settings: more }, text) => ({
    model,
    messages: [
      ...(system === null ? [] : [{ role: 'system', content: system }]),
      ...turnsOf(history),
      { role: 'user', content: text },
    ],
    ...(tools !== null && { tools: [{ type: 'function', function: { name: tools } }] }),
    ...(format !== null && { response_format: { type: format } }),
    ...more,
  }),
  anthropic: ({ model, system, history, tools, format, settings: more }, text) => ({
    model,
    max_tokens: 8,
    messages: [...turnsOf(history), { role: 'user', content: text }],
    ...(system !== null && { system }),
    ...(tools !== null && { tools: [{ name: tools, input_schema: {} }] }),
    ...(format !== null && { output_config: { format: { type: format } } }),
    ...more,
  }),
  gemini: ({ system, history, tools, format, settings: more }, text) => ({
    contents: [...turnsOf(history), { role: 'user', content: text }].map(({ role, content }) => ({
      role: role === 'user' ? role : 'model',
      parts: [{ text: content }],
    })),
    ...(system !== null && { systemInstruction: system }),
    ...(tools !== null && { tools: [{ functionDeclarations: [{ name: tools }] }] }),
    generationConfig: { ...more, ...(format !== null && { responseMimeType: format }) },
  }),
  // It has no members for most of this, so unknown members stand in for them.
  completions: ({ model, system, history, tools, format, settings: more }, text) => ({
    model,
    prompt: text,
    x_system: system,
    x_history: history,
    x_tools: tools,
    x_format: format,
    ...more,
  }),
  responses: ({ model, system, history, tools, format, settings: more }, text) => ({
    model,
    input: itemsOf(history, text),
    ...(system !== null && { instructions: system }),
    ...(tools !== null && { tools: [{ type: 'function', name: tools }] }),
    ...(format !== null && { text: { format: { type: format } } }),
    ...more,
  }),
};

/** The ids of earlier answers differ in every request, and must not separate requests. */
function itemsOf(history: readonly string[], text: string) {
  const items = turnsOf(history).map((turn, i) =>
    turn.role === 'user' ? turn : { ...turn, type: 'message', id: `msg_${i}_${text}` },
  );
  return [...items, { role: 'user', content: text }];
}

function bodyOf(at: Circumstances, text: string): Buffer {
  return Buffer.from(JSON.stringify(WRITE[at.dialect](at, text)));
}

function turnsOf(history: readonly string[]) {
  return history.map((content, i) => ({ role: i % 2 === 0 ? 'user' : 'assistant', content }));
}

function lookupOf(at: Circumstances, text: string, scope: 'key' | 'shared'): CacheLookup {
  const { caller, namespace, rules, beta, region, label } = at;
  const metadata: Record<string, string> = label === null ? {} : { data: label };
  const dialect = dialectOf(at.dialect, at.model);
  const headers = {
    'x-suffice-cache-namespace': namespace,
    ...(beta !== null && { 'anthropic-beta': beta }),
  };
  const clock = new FakeClock();
  const place = cacheLookupFor(
    {
      call: {
        headers,
        dialect,
        caller: { name: caller, metadata: { region } },
      },
      request: { ...dialect.readRequest(bodyOf(at, text), headers), metadata },
      setup: {
        resolve: (name) =>
          name.startsWith('auto')
            ? { kind: 'policy', policy: name }
            : ({ kind: 'model', served: { model: { id: name } } } as never),
        router: ROUTERS[rules],
        dailyBudgetUsd: null,
      },
    },
    { ...settings, scope },
    { clock, spend: new DailySpend(clock) },
  );
  if (typeof place === 'string') throw new Error(place);
  return place;
}

/** Whether a judge that accepts every pair serves the first answer for the second question. */
function isServed(first: CacheLookup, second: CacheLookup): boolean {
  const clock = new FakeClock();
  const store = new AnswerStore(1_000_000, clock);
  const judge = wordJudge();
  const answers = new SemanticCache({
    judge: { ...judge, judge: () => ({ similarity: 1, probability: 1, veto: null }) },
    store,
    clock,
    openGraph: null,
    defer: () => undefined,
  });
  store.put({
    key: first.key,
    question: first.question(),
    source: 'dec_1',
    model: 'm',
    costUsd: null,
    tookMs: 1,
    simulated: false,
    tenant: first.control.tenant,
    namespace: first.control.namespace,
    tags: [],
    storedAtMs: clock.wallMs(),
    expiresAtMs: clock.wallMs() + 1_000,
    payload: { form: 'whole', body: Buffer.from('{}') },
  });
  const question = second.question();
  if (question === null) throw new Error('no question');
  const found = answers.find(question, { maxError: 0.01, budgetMs: Infinity, maxAgeS: Infinity });
  return found?.estimate.isServable === true;
}

/** The circumstances that must be equal for a hit. */
function partitionOf(at: Circumstances, scope: 'key' | 'shared'): string {
  const { caller, rules, beta, region, label, ...rest } = at;
  const isCareful = region === 'eu' || (rules === 'r2' && label === 'patients');
  const isPolicy = at.model.startsWith('auto');
  return JSON.stringify([
    rest,
    scope === 'key' ? caller : null,
    isPolicy ? [rules, isCareful] : null,
    at.dialect === 'anthropic' ? beta : null,
  ]);
}

test('the semantic cache serves no answer across dialects, keys, namespaces, models, rules, system prompts, histories, tools, formats or settings', () => {
  let [given, kept] = [0, 0];
  const one = fc.record({
    first: circumstances,
    // At most two differences: requests that differ in everything are trivial to separate.
    change: fc.record(
      Object.fromEntries(
        Object.entries({ at: circumstances, keys: fc.subarray(KEYS, { maxLength: 2 }) }),
      ),
    ) as fc.Arbitrary<{ at: Circumstances; keys: (keyof Circumstances)[] }>,
    words: fc.tuple(wording, wording),
    scope: fc.constantFrom('key' as const, 'shared' as const),
  });
  fc.assert(
    fc.property(one, ({ first, change, words, scope }) => {
      const changes = Object.fromEntries(change.keys.map((key) => [key, change.at[key]]));
      const second = { ...first, ...changes };
      const isAlike = partitionOf(first, scope) === partitionOf(second, scope);

      const isHit = isServed(lookupOf(first, words[0], scope), lookupOf(second, words[1], scope));

      expect(isHit).toBe(isAlike);
      if (isHit) given += 1;
      else kept += 1;
    }),
    { numRuns: 10_000 },
  );
  expect(given).toBeGreaterThan(2_000);
  expect(kept).toBeGreaterThan(2_000);
});

const KEYS: (keyof Circumstances)[] = [
  'dialect',
  'beta',
  'caller',
  'namespace',
  'model',
  'rules',
  'region',
  'label',
  'system',
  'history',
  'tools',
  'format',
  'settings',
];
