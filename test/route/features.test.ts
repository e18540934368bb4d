import {
  FEATURE_NAMES,
  FIRST_TOOL_FEATURE,
  informativeCount,
} from '../../src/route/dense-features.js';
import { readFeatures } from '../../src/route/features.js';
import type { Features } from '../../src/route/features.js';
import { conversation, EMPTY, message } from '../support/conversations.js';

const TOOL = {
  name: 'search',
  description: 'Searches the web',
  parameters: null,
  definitionLength: 320,
};

function ask(text: string): Features {
  return readFeatures(conversation(message('user', text)));
}

function value(features: Features, name: (typeof FEATURE_NAMES)[number]): number {
  return features.dense[FEATURE_NAMES.indexOf(name)] ?? Number.NaN;
}

describe('required capabilities', () => {
  test.each([
    { what: 'nothing', request: EMPTY, needs: [] },
    { what: 'tools', request: { ...EMPTY, tools: [TOOL] }, needs: ['tools'] },
    {
      what: 'parallel tools only when the client requests them',
      request: { ...EMPTY, tools: [TOOL], parallelTools: true },
      needs: ['tools', 'parallel_tools'],
    },
    {
      what: 'no parallel tools without tools',
      request: { ...EMPTY, parallelTools: true },
      needs: [],
    },
    {
      what: 'tools for a history of calls',
      request: conversation(
        message('assistant', { kind: 'tool_call', name: 'read', arguments: '{}' }),
      ),
      needs: ['tools'],
    },
    {
      what: 'tools for a history of results',
      request: conversation(message('tool', 'done')),
      needs: ['tools'],
    },
    {
      what: 'vision, audio and PDF for attachments',
      request: conversation(
        message('user', { kind: 'image' }, { kind: 'audio' }, { kind: 'file' }),
      ),
      needs: ['vision', 'audio', 'pdf'],
    },
    {
      what: 'JSON mode',
      request: { ...EMPTY, format: 'json_object' as const },
      needs: ['json_mode'],
    },
    {
      what: 'JSON schema',
      request: { ...EMPTY, format: 'json_schema' as const },
      needs: ['json_schema'],
    },
  ])('include $what', ({ request, needs }) => {
    const features = readFeatures(request);

    expect([...features.needs]).toEqual(needs);
  });
});

describe('text statistics', () => {
  const CODE = 'Why does this fail?\n```python\ndef f(xs):\n    return [x[0] for x in xs]\n```\n';
  const FORMULA = 'Prove that $\\sum_{i=1}^n i = \\frac{n(n+1)}{2}$ for every integer n.';
  const PROSE = 'Tell me about the history of the town I grew up in, and its old market.';
  const CHOICE = 'Which is a prime number?\nA. 21\nB. 23\nC. 25\nD. 27\nAnswer:';

  test('detect code in code and not in prose or formulas', () => {
    expect(ask(CODE).code).toBeGreaterThan(0.5);
    expect(ask(PROSE).code).toBe(0);
    expect(ask(FORMULA).code).toBe(0);
  });

  test('detect mathematics in formulas and not in prose or code', () => {
    expect(ask(FORMULA).maths).toBeGreaterThan(0.5);
    expect(ask(PROSE).maths).toBeLessThan(0.1);
    expect(ask(CODE).maths).toBeLessThan(0.5);
  });

  test('detect a multiple-choice question by its options', () => {
    expect(value(ask(CHOICE), 'options')).toBeCloseTo(0.8);
    expect(value(ask('Vitamin A. And B. is not here.'), 'options')).toBeLessThan(0.5);
    expect(value(ask(PROSE), 'options')).toBe(0);
  });

  test.each([
    { name: 'hint_explain' as const, text: 'Explain why the sky is blue.' },
    { name: 'hint_write' as const, text: 'Write a poem about autumn.' },
    { name: 'hint_code' as const, text: 'Sort a list in Rust or C++.' },
    { name: 'hint_reason' as const, text: 'Calculate the remaining total.' },
    { name: 'hint_short' as const, text: 'Answer yes or no only.' },
    { name: 'gaps' as const, text: 'The capital of France is ____.' },
    { name: 'list_items' as const, text: '- one\n- two\n3. three' },
    { name: 'questions' as const, text: 'Really?' },
    { name: 'fences' as const, text: '```\nls\n```' },
    { name: 'digit_share' as const, text: '1234 apples' },
    { name: 'longest_number' as const, text: 'Is 1234567 prime' },
    { name: 'foreign' as const, text: 'Что такое небо' },
  ])('raise $name for: $text', ({ name, text }) => {
    const found = value(ask(text), name);

    expect(found).toBeGreaterThan(value(ask('The town has an old market'), name));
  });

  test('measure the history, the tools and the schema', () => {
    const small = readFeatures(conversation(message('user', 'Hi')));

    const large = readFeatures({
      ...conversation(
        message('system', 'Be kind. '.repeat(50)),
        message('user', 'Hi'),
        message('assistant', 'Hello! '.repeat(50)),
        message('user', 'Look', { kind: 'image' }),
      ),
      tools: [TOOL],
      format: 'json_schema',
    });

    for (const name of [
      'log_system_chars',
      'log_context_chars',
      'log_turns',
      'log_tools',
      'schema',
      'images',
    ] as const) {
      expect(value(large, name)).toBeGreaterThan(value(small, name));
    }
    expect(large.images).toBe(1);
    expect(large.tools).toBe(1);
    expect(large.format).toBe('json_schema');
  });
});

describe('tool features', () => {
  const parameters = { properties: { query: { type: 'string' } }, required: ['query'] };

  test('are set when tools are given', () => {
    const features = readFeatures({
      ...conversation(message('user', 'Search the web for a recipe')),
      tools: [{ ...TOOL, parameters }],
    });

    const found = FEATURE_NAMES.slice(FIRST_TOOL_FEATURE).filter(
      (name) => value(features, name) > 0,
    );
    expect(found).toEqual([
      'log_parameters',
      'log_required_parameters',
      'parameter_depth',
      'tool_named',
      'tool_matched',
      'tools_cover',
    ]);
    expect(informativeCount(features.dense)).toBe(FEATURE_NAMES.length);
  });

  test('are 0 without tools', () => {
    const { dense } = ask('Search the web for a recipe');

    expect(informativeCount(dense)).toBe(FIRST_TOOL_FEATURE);
    expect([...dense.slice(FIRST_TOOL_FEATURE)].every((number) => number === 0)).toBe(true);
  });
});

describe('token estimate', () => {
  test.each([
    {
      what: 'English prose',
      text: 'The quick brown fox jumps over the lazy dog. '.repeat(40),
      perToken: 4.4,
    },
    {
      what: 'code',
      text: 'for (let i = 0; i < n; i++) { sum += a[i]; }\n'.repeat(40),
      perToken: 2.5,
    },
    { what: 'Chinese', text: '今天天气很好我们去公园散步吧'.repeat(40), perToken: 1.25 },
    { what: 'Russian', text: 'Сегодня хорошая погода, пойдём гулять. '.repeat(40), perToken: 2.6 },
  ])('is within a quarter of the true count for $what', ({ text, perToken }) => {
    const { inputTokens } = ask(text);

    const expected = text.length / perToken;
    expect(inputTokens).toBeGreaterThan(expected * 0.75);
    expect(inputTokens).toBeLessThan(expected * 1.25);
  });

  test('extrapolates from a sample of a long text', () => {
    const short = ask('word '.repeat(400)).inputTokens;
    const long = ask('word '.repeat(400_000)).inputTokens;

    expect(long / short).toBeGreaterThan(950);
    expect(long / short).toBeLessThan(1050);
  });

  test('adds tools, images, audio, files and tool calls', () => {
    const plain = ask('Look').inputTokens;

    const { inputTokens } = readFeatures({
      ...conversation(
        message('user', 'Look', { kind: 'image' }, { kind: 'audio' }, { kind: 'file' }),
        message('assistant', { kind: 'tool_call', name: 'search', arguments: '{"q":"x"}' }),
      ),
      tools: [TOOL],
    });

    expect(inputTokens).toBeGreaterThan(plain + 2500);
  });
});
