import { PromptCacheTracker, type PromptCacheState } from '../../src/account/prompt-caches.js';
import type { Message, Conversation } from '../../src/core/conversation.js';
import type { Upstream } from '../../src/core/model.js';
import type { Usage } from '../../src/core/usage.js';
import { conversation, EMPTY, message } from '../support/conversations.js';
import { FakeClock } from '../support/fake-clock.js';

const RETENTION_MS = 300_000;
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
  const known = caches.lookup({ ...EMPTY, messages, ...change }, caller, RETENTION_MS);
  if (known === null) throw new Error('too short');
  return known;
}

const cachedAt = (messages: readonly Message[]) =>
  Object.fromEntries(look(messages).cachedTokens ?? []);

test('a continued conversation is cached at the model that answered its last turn', () => {
  caches.record(look(first), upstream('acme/large'), used());

  expect(cachedAt(second)).toEqual({ 'acme/large': 2_000 });
  expect(cachedAt(first)).toEqual({});
});

test('the cached prefix is recognised before tool calls and when the last answer is replaced', () => {
  const call: Message = {
    role: 'assistant',
    parts: [{ kind: 'tool_call', name: 'read', arguments: '{"clause":1}' }],
  };
  const result: Message = { role: 'tool', parts: [{ kind: 'tool_result', text: 'It is this.' }] };
  caches.record(look(first), upstream('acme/large'), used());

  expect(cachedAt([...first, call, result])).toEqual({ 'acme/large': 2_000 });
  expect(
    cachedAt([...first, message('assistant', 'Another answer.'), message('user', 'No!')]),
  ).toEqual({
    'acme/large': 2_000,
  });
});

test('several models may cache one conversation, each up to the prompt that it last read', () => {
  caches.record(look(first), upstream('acme/large'), used());
  caches.record(look(first), upstream('acme/small'), used({ inputTokens: 1_900 }));
  caches.record(
    look(second),
    upstream('acme/large'),
    used({ inputTokens: 2_100, cacheReadTokens: 1_920 }),
  );

  expect(cachedAt(third)).toEqual({ 'acme/large': 2_100, 'acme/small': 1_900 });
});

test.each([
  {
    what: 'its beginning differs',
    other: () => look([message('system', `${LONG}!`), ...second.slice(1)]),
  },
  { what: 'the caller differs', other: () => look(second, {}, 'bob') },
  {
    what: 'its tools differ',
    other: () =>
      look(second, {
        tools: [{ name: 't', description: '', parameters: null, definitionLength: 9 }],
      }),
  },
  {
    what: 'the retention has passed',
    other: () => {
      clock.advance(RETENTION_MS + 1);
      return look(second);
    },
  },
])('nothing is reported as cached when $what', ({ other }) => {
  caches.record(look(first), upstream('acme/large'), used());

  expect(other().cachedTokens).toBeNull();
});

test('for providers with explicit caching, the reported cache writes and reads count', () => {
  const claude = upstream('acme/claude', 'anthropic');
  caches.record(look(first), claude, used());
  const withoutWrites = cachedAt(second);

  caches.record(look(first), claude, used({ cacheWriteTokens: 1_500 }));

  expect(withoutWrites).toEqual({});
  expect(cachedAt(second)).toEqual({ 'acme/claude': 1_500 });
});

test('a provider that reported no cached tokens for a cached prefix is not expected to cache this conversation again', () => {
  const model = upstream('acme/large');
  caches.record(look(first), model, used());
  caches.record(look(second), model, used());

  expect(cachedAt(third)).toEqual({});
  caches.record(look(third), model, used());
  expect(cachedAt([...third, message('assistant', 'That.'), message('user', 'Four?')])).toEqual({});
});

test('estimated usage does not count as evidence of a missed cache', () => {
  caches.record(look(first), upstream('acme/large'), used());
  caches.record(look(second), upstream('acme/large'), used({ estimated: true }));

  expect(cachedAt(third)).toEqual({ 'acme/large': 2_000 });
});

test('nothing is tracked for a model without a price for cache reads', () => {
  caches.record(look(first), upstream('acme/large', 'openai', null), used());

  expect(cachedAt(second)).toEqual({});
});

test('short requests are not tracked, nor any request when the retention is 0', () => {
  const short = conversation(message('user', 'x'.repeat(4_095)));
  const long = conversation(message('user', 'x'.repeat(4_096)));
  const tools = [{ name: 't', description: '', parameters: null, definitionLength: 4_096 }];

  expect(caches.lookup(short, 'ann', RETENTION_MS)).toBeNull();
  expect(caches.lookup(long, 'ann', 0)).toBeNull();
  expect(caches.lookup(long, 'ann', RETENTION_MS)).not.toBeNull();
  expect(caches.lookup({ ...short, tools }, 'ann', RETENTION_MS)).not.toBeNull();
});

test('the oldest conversations are evicted at capacity', () => {
  const at = (i: number) => [message('system', `${i} ${LONG}`), message('user', 'Hi')];
  for (let i = 0; i < 50_001; i++) caches.record(look(at(i)), upstream('acme/large'), used());
  const continued = (i: number) =>
    cachedAt([...at(i), message('assistant', 'Hi'), message('user', 'Ho')]);

  expect(continued(0)).toEqual({});
  expect(continued(1)).toEqual({ 'acme/large': 2_000 });
});
