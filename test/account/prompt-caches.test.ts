import { PromptCacheTracker, type PromptCacheState } from '../../src/account/prompt-caches.js';
import type { Message, Conversation } from '../../src/core/conversation.js';
import type { Upstream } from '../../src/core/model.js';
import type { Usage } from '../../src/core/usage.js';
import { conversation, EMPTY, message } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';

const HOLDS_MS = 300_000;
const LONG = 'Here is the whole of the contract. '.repeat(200);

const first = [message('system', LONG), message('user', 'What is clause one?')];
const second = [...first, message('assistant', 'It is this.'), message('user', 'And clause two?')];
const third = [...second, message('assistant', 'It is that.'), message('user', 'And three?')];

function upstream(modelId: string, dialect = 'openai', cacheRead: number | null = 0.1): Upstream {
  return {
    id: `acme/${modelId}`,
    provider: 'acme',
    modelId,
    upstreamModel: modelId,
    dialect,
    price: {
      input: 1,
      output: 4,
      cacheRead,
      cacheWrite: null,
      tiers: [],
      asOf: '2026-11-01',
      source: 'test',
    },
  };
}

function used(change: Partial<Usage> = {}): Usage {
  return {
    inputTokens: 2_000,
    outputTokens: 20,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: false,
    ...change,
  };
}

let clock: FakeClock;
let caches: PromptCacheTracker;

beforeEach(() => {
  clock = new FakeClock();
  caches = new PromptCacheTracker(clock);
});

function look(
  messages: readonly Message[],
  change: Partial<Conversation> = {},
  caller = 'ann',
): PromptCacheState {
  const known = caches.lookup({ ...EMPTY, messages, ...change }, caller, HOLDS_MS);
  if (known === null) throw new Error('too short');
  return known;
}

const heldOf = (messages: readonly Message[]) =>
  Object.fromEntries(look(messages).cachedTokens ?? []);

test('a conversation that goes on is held where its last turn was answered', () => {
  caches.record(look(first), upstream('acme/large'), used());

  expect(heldOf(second)).toEqual({ 'acme/large': 2_000 });
  expect(heldOf(first)).toEqual({});
});

test('what led to calls of tools is held as well, and when an answer is taken back', () => {
  const call: Message = {
    role: 'assistant',
    parts: [{ kind: 'tool_call', name: 'read', arguments: '{"clause":1}' }],
  };
  const result: Message = { role: 'tool', parts: [{ kind: 'tool_result', text: 'It is this.' }] };
  caches.record(look(first), upstream('acme/large'), used());

  expect(heldOf([...first, call, result])).toEqual({ 'acme/large': 2_000 });
  expect(
    heldOf([...first, message('assistant', 'Another answer.'), message('user', 'No!')]),
  ).toEqual({
    'acme/large': 2_000,
  });
});

test('several models may hold it, each what it last read', () => {
  caches.record(look(first), upstream('acme/large'), used());
  caches.record(look(first), upstream('acme/small'), used({ inputTokens: 1_900 }));
  caches.record(
    look(second),
    upstream('acme/large'),
    used({ inputTokens: 2_100, cacheReadTokens: 1_920 }),
  );

  expect(heldOf(third)).toEqual({ 'acme/large': 2_100, 'acme/small': 1_900 });
});

test.each([
  {
    what: 'its beginning differs',
    other: () => look([message('system', `${LONG}!`), ...second.slice(1)]),
  },
  { what: 'it is of somebody else', other: () => look(second, {}, 'bob') },
  {
    what: 'its tools differ',
    other: () =>
      look(second, {
        tools: [{ name: 't', description: '', parameters: null, definitionLength: 9 }],
      }),
  },
  {
    what: 'it was too long ago',
    other: () => {
      clock.advance(HOLDS_MS + 1);
      return look(second);
    },
  },
])('nothing is held where $what', ({ other }) => {
  caches.record(look(first), upstream('acme/large'), used());

  expect(other().cachedTokens).toBeNull();
});

test('a provider that is told what to keep holds what it says it wrote and read', () => {
  const claude = upstream('acme/claude', 'anthropic');
  caches.record(look(first), claude, used());
  const unasked = heldOf(second);

  caches.record(look(first), claude, used({ cacheWriteTokens: 1_500 }));

  expect(unasked).toEqual({});
  expect(heldOf(second)).toEqual({ 'acme/claude': 1_500 });
});

test('a provider that read nothing where it should have is not believed again in this conversation', () => {
  const model = upstream('acme/large');
  caches.record(look(first), model, used());
  caches.record(look(second), model, used());

  expect(heldOf(third)).toEqual({});
  caches.record(look(third), model, used());
  expect(heldOf([...third, message('assistant', 'That.'), message('user', 'Four?')])).toEqual({});
});

test('what nobody told is no proof against a provider', () => {
  caches.record(look(first), upstream('acme/large'), used());
  caches.record(look(second), upstream('acme/large'), used({ estimated: true }));

  expect(heldOf(third)).toEqual({ 'acme/large': 2_000 });
});

test('where reading it again costs as much, nothing needs to be known', () => {
  caches.record(look(first), upstream('acme/large', 'openai', null), used());

  expect(heldOf(second)).toEqual({});
});

test('short requests, and gateways that do not want it, are not looked at', () => {
  const short = conversation(message('user', 'x'.repeat(4_095)));
  const long = conversation(message('user', 'x'.repeat(4_096)));
  const tools = [{ name: 't', description: '', parameters: null, definitionLength: 4_096 }];

  expect(caches.lookup(short, 'ann', HOLDS_MS)).toBeNull();
  expect(caches.lookup(long, 'ann', 0)).toBeNull();
  expect(caches.lookup(long, 'ann', HOLDS_MS)).not.toBeNull();
  expect(caches.lookup({ ...short, tools }, 'ann', HOLDS_MS)).not.toBeNull();
});

test('of very many conversations the oldest are forgotten', () => {
  const at = (i: number) => [message('system', `${i} ${LONG}`), message('user', 'Hi')];
  for (let i = 0; i < 50_001; i++) caches.record(look(at(i)), upstream('acme/large'), used());
  const goneOn = (i: number) =>
    heldOf([...at(i), message('assistant', 'Hi'), message('user', 'Ho')]);

  expect(goneOn(0)).toEqual({});
  expect(goneOn(1)).toEqual({ 'acme/large': 2_000 });
});
