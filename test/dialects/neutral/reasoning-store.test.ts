import type { Turn } from '../../../src/dialects/neutral/part.js';
import { ReasoningStore } from '../../../src/dialects/neutral/reasoning-store.js';
import { FakeClock } from '../../support/fake-clock.js';

const LIFETIME_MS = 1_000;

const thought = (text: string) =>
  ({
    kind: 'reasoning',
    text,
    signature: 'sig',
    redacted: null,
    vendor: 'anthropic',
    at: '',
  }) as const;
const called = (id: string, ...before: Turn['parts']): Turn => ({
  role: 'assistant',
  parts: [...before, { kind: 'tool_call', id, name: 'f', arguments: '{}', at: '' }],
  at: '',
});

function store(lifetimeMs = LIFETIME_MS) {
  const clock = new FakeClock();
  return { clock, thoughts: new ReasoningStore(clock, () => lifetimeMs) };
}

describe('ReasoningStore', () => {
  test('restores reasoning for its caller in place of unsigned reasoning', () => {
    const { thoughts } = store();
    const unproven = { ...thought('what the client kept'), signature: null };

    thoughts.of('ann').store('a', [thought('mine')]);
    const [turn] = thoughts.of('ann').restore([called('a', unproven)]);

    expect(turn).toEqual(called('a', thought('mine')));
  });

  test('restores nothing for another caller or another call', () => {
    const { thoughts } = store();
    thoughts.of('ann').store('a', [thought('mine')]);

    expect(thoughts.of('bob').restore([called('a')])).toEqual([called('a')]);
    expect(thoughts.of('ann').restore([called('b')])).toEqual([called('b')]);
  });

  test('keeps signed reasoning that the client sends back', () => {
    const { thoughts } = store();
    thoughts.of('ann').store('a', [thought('mine')]);
    const turns = [called('a', thought('its own'))];

    expect(thoughts.of('ann').restore(turns)).toEqual(turns);
  });

  test('forgets reasoning after its lifetime, and stores none with a lifetime of 0', () => {
    const { clock, thoughts } = store();
    const none = store(0).thoughts;
    thoughts.of('ann').store('a', [thought('mine')]);
    none.of('ann').store('a', [thought('mine')]);

    clock.advance(LIFETIME_MS + 1);

    expect(thoughts.of('ann').restore([called('a')])).toEqual([called('a')]);
    expect(none.of('ann').restore([called('a')])).toEqual([called('a')]);
  });

  test('evicts old reasoning to make room', () => {
    const { thoughts } = store();
    const long = 'x'.repeat(40 * 1024 * 1024);

    thoughts.of('ann').store('a', [thought(long)]);
    thoughts.of('ann').store('b', [thought(long)]);

    expect(thoughts.of('ann').restore([called('a')])).toEqual([called('a')]);
    expect(thoughts.of('ann').restore([called('b')])).not.toEqual([called('b')]);
  });
});
