import type { Script, Seen, Understood, Wish } from './script.js';
import { TOKENS } from './script.js';

/** One turn of a scenario: the client's request, the provider's answer, and the expected result. */
export interface Round {
  readonly wish: Wish;
  readonly script: Script;
  readonly seen: object;
  readonly understood: Partial<Understood>;
}

/** A use case, tested between all dialects. */
export interface Scenario {
  readonly name: string;
  /** Only applies to streams. */
  readonly streamOnly?: boolean;
  readonly first: Round;
  /** The next turn, built from what the client got. */
  readonly second?: (seen: Seen) => Round;
}

const TEXT = 'Grüße, 世界 👋 — "quoted" \\ and\nbroken over lines.';
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const SCHEMA = {
  type: 'object',
  properties: { ok: { type: 'boolean' } },
  required: ['ok'],
  additionalProperties: false,
};
const WEATHER = { name: 'weather', input: { city: 'Łódź 🚦' } };
const ROME = { name: 'weather', input: { city: 'Rome' } };
const NOW = { name: 'now', input: {} };
const THOUGHT = { text: 'The user wants the weather, so I look it up.', signature: 'c2lnbmVk' };

const hello: Wish = { text: 'Say hello.' };

function round(wish: Wish, script: Script, understood: Partial<Understood> = {}): Round {
  const { text, refusal, thought, calls = [], finish } = script;
  const seen = {
    status: 200,
    error: null,
    finish,
    tokens: TOKENS,
    text: text ?? refusal ?? '',
    thought: thought?.text ?? '',
    refused: refusal !== undefined,
    calls: calls.map((call) => ({ ...call, id: expect.any(String) as string })),
  };
  return { wish, script, seen, understood };
}

/** The client runs the tools, and the model answers with their results. */
function afterTools(wish: Wish, script: Script, understood: Partial<Understood> = {}) {
  return ({ turn, calls }: Seen): Round => {
    const results = Object.fromEntries(calls.map(({ id, name }) => [id, `${name} gave ${id}`]));
    const expected = { ...understood, results: Object.values(results) };
    return round({ ...wish, earlier: { turn, results } }, script, expected);
  };
}

const failing = (failure: Script['failure']): Round => ({
  wish: hello,
  script: { text: 'Hello there.', finish: 'stop', ...(failure !== undefined && { failure }) },
  seen: { finish: null, error: { message: expect.any(String) as string } },
  understood: {},
});

const oneTool: Wish = { text: 'How is the weather?', tools: ['weather'] };
const twoTools: Wish = { text: 'Weather and time?', tools: ['weather', 'now'] };
const thinking: Wish = { ...oneTool, thinks: true, maxTokens: 4_096 };
const DONE: Script = { text: 'It rains.', finish: 'stop' };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'text',
    first: round(hello, { text: TEXT, finish: 'stop' }, { system: '', said: ['Say hello.'] }),
  },
  {
    name: 'a system prompt',
    first: round({ ...hello, system: 'Be brief.' }, DONE, {
      system: 'Be brief.',
      said: ['Say hello.'],
    }),
  },
  {
    name: 'an answer cut off at max_tokens',
    first: round(
      { ...hello, maxTokens: 17 },
      { text: 'One two', finish: 'length' },
      { maxTokens: 17 },
    ),
  },
  {
    name: 'a refusal',
    first: round(hello, { refusal: 'I cannot help with that.', finish: 'refusal' }),
  },
  {
    name: 'a tool call',
    first: round(oneTool, { calls: [WEATHER], finish: 'tools' }, { tools: ['weather'] }),
  },
  {
    name: 'text and parallel tool calls, one without arguments',
    first: round(twoTools, { text: 'Let me see.', calls: [WEATHER, NOW, ROME], finish: 'tools' }),
  },
  {
    name: 'tool results',
    first: round(twoTools, { calls: [WEATHER, NOW], finish: 'tools' }),
    second: afterTools(twoTools, DONE),
  },
  { name: 'an image', first: round({ ...hello, image: PIXEL }, DONE, { images: [PIXEL] }) },
  {
    name: 'an answer with a response schema',
    first: round(
      { ...hello, schema: SCHEMA },
      { text: '{"ok":true}', finish: 'stop' },
      { schema: SCHEMA },
    ),
  },
  {
    name: 'thinking with tools over two turns',
    first: round(
      thinking,
      { thought: THOUGHT, calls: [WEATHER], finish: 'tools' },
      { thinks: true },
    ),
    second: afterTools(thinking, { ...DONE, thought: THOUGHT }, { thinks: true }),
  },
  { name: 'an error before the answer', first: failing('before') },
  { name: 'an error in the middle of a stream', streamOnly: true, first: failing('middle') },
];
