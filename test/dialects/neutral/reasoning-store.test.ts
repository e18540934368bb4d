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

describe('thoughts that led to a call', () => {
  test('come back to the caller, in the place of what the client made of them', () => {
    const { thoughts } = store();
    const unproven = { ...thought('what the client kept'), signature: null };

    thoughts.of('ann').store('a', [thought('mine')]);
    const [turn] = thoughts.of('ann').restore([called('a', unproven)]);

    expect(turn).toEqual(called('a', thought('mine')));
  });

  test('come back to nobody else, and to no other call', () => {
    const { thoughts } = store();
    thoughts.of('ann').store('a', [thought('mine')]);

    expect(thoughts.of('bob').restore([called('a')])).toEqual([called('a')]);
    expect(thoughts.of('ann').restore([called('b')])).toEqual([called('b')]);
  });

  test('give way to those that the client itself sends back', () => {
    const { thoughts } = store();
    thoughts.of('ann').store('a', [thought('mine')]);
    const turns = [called('a', thought('its own'))];

    expect(thoughts.of('ann').restore(turns)).toEqual(turns);
  });

  test('are forgotten in time, and not kept at all where nothing is to be kept', () => {
    const { clock, thoughts } = store();
    const none = store(0).thoughts;
    thoughts.of('ann').store('a', [thought('mine')]);
    none.of('ann').store('a', [thought('mine')]);

    clock.advance(LIFETIME_MS + 1);

    expect(thoughts.of('ann').restore([called('a')])).toEqual([called('a')]);
    expect(none.of('ann').restore([called('a')])).toEqual([called('a')]);
  });

  test('make room for newer ones', () => {
    const { thoughts } = store();
    const long = 'x'.repeat(40 * 1024 * 1024);

    thoughts.of('ann').store('a', [thought(long)]);
    thoughts.of('ann').store('b', [thought(long)]);

    expect(thoughts.of('ann').restore([called('a')])).toEqual([called('a')]);
    expect(thoughts.of('ann').restore([called('b')])).not.toEqual([called('b')]);
  });
});
