import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fc } from '../../support/fast-check.js';
import { ResponseStore } from '../../../src/dialects/responses/response-store.js';
import { FakeClock } from '../../support/fake-clock.js';
import { timesTheCost } from '../../support/growth.js';

const HOUR = 3_600_000;

function open(limits: { keepMs?: number; maxBytes?: number } = {}) {
  const clock = new FakeClock();
  const inForce = { keepMs: HOUR, maxBytes: 1_000_000, ...limits };
  const store = new ResponseStore(clock, () => inForce);
  return { clock, inForce, store, mine: store.of('me') };
}

/** Bytes of all buffers that are in use. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

const answered = (id: string, previous: string | null = null, more = '') => ({
  response: { id, output: [{ id: `msg_${id}`, type: 'message', content: more }] },
  input: [{ role: 'user', content: `to ${id}` }],
  previous,
});
const said = (id: string) => [answered(id).input[0], answered(id).response.output[0]];

describe('ResponseStore', () => {
  test('returns a conversation from its beginning, in order', () => {
    const { mine } = open();
    mine.store(answered('a'));
    mine.store(answered('b', 'a'));
    mine.store(answered('c', 'b'));

    expect(mine.history('c')).toEqual([...said('a'), ...said('b'), ...said('c')]);
    expect(mine.history('a')).toEqual(said('a'));
    expect(mine.response('b')).toEqual(answered('b').response);
    expect(mine.items(['msg_b', 'msg_c', 'msg_d'])).toEqual(
      new Map([
        ['msg_b', answered('b').response.output[0]],
        ['msg_c', answered('c').response.output[0]],
      ]),
    );
  });

  test('does not retain memory that stored bytes shared with other buffers', () => {
    const { mine } = open({ maxBytes: 10_000_000 });
    const before = heldBytes();
    const kept = 3_000;
    const other: Buffer[] = [];

    for (let i = 0; i < kept; i++) {
      mine.store(answered(`resp_${i}`));
      // As in the gateway, most buffers are short-lived.
      other[i % 8] = Buffer.from('x'.repeat(3_500));
    }

    expect((heldBytes() - before) / kept).toBeLessThan(1_500);
    expect(mine.response('resp_0')).not.toBeNull();
  });

  test('evicts only responses of the caller that fills it', () => {
    const { mine, store } = open({ maxBytes: 10_000 });
    const flood = store.of('flood');
    mine.store(answered('a'));
    mine.store(answered('b', 'a'));

    for (let i = 0; i < 500; i++) flood.store(answered(`f${i}`, null, 'x'.repeat(200)));

    expect(mine.history('b')).toEqual([...said('a'), ...said('b')]);
    expect(flood.response('f0')).toBeNull();
    expect(flood.response('f499')).not.toBeNull();
  });

  test('gives a single caller all space, and shares it once there are others', () => {
    const { mine, store } = open({ maxBytes: 10_000 });
    const keep = (shelf: typeof mine, i: number) => {
      shelf.store(answered(`r${i}`, null, 'x'.repeat(800)));
    };
    const counted = (shelf: typeof mine) =>
      Array.from({ length: 40 }, (_, i) => shelf.response(`r${i}`)).filter((one) => one !== null)
        .length;
    for (let i = 0; i < 40; i++) keep(mine, i);
    const alone = counted(mine);

    for (let i = 0; i < 40; i++) keep(store.of('other'), i);

    expect(alone).toBeGreaterThan(8);
    expect(counted(mine)).toBeGreaterThanOrEqual(Math.floor(alone / 2));
    expect(counted(store.of('other'))).toBeGreaterThanOrEqual(Math.floor(alone / 2));
  });

  test('hides responses from other callers', () => {
    const { mine, store } = open();
    mine.store(answered('a'));

    const other = store.of('other');

    expect([other.response('a'), other.history('a'), other.items(['msg_a'])]).toEqual([
      null,
      null,
      new Map(),
    ]);
    expect(other.delete('a')).toBe(false);
    expect(mine.response('a')).not.toBeNull();
  });

  test('deletes a response with its items, and the history of responses that continue it', () => {
    const { mine } = open();
    mine.store(answered('a'));
    mine.store(answered('b', 'a'));

    expect(mine.delete('a')).toBe(true);

    expect(mine.delete('a')).toBe(false);
    expect([mine.response('a'), mine.items(['msg_a']), mine.history('b')]).toEqual([
      null,
      new Map(),
      null,
    ]);
    expect(mine.response('b')).not.toBeNull();
  });

  test('keeps an item of two responses as long as the later one', () => {
    const { mine } = open();
    const { response, ...rest } = answered('a');
    mine.store({ ...rest, response });
    mine.store({ ...rest, response: { ...response, id: 'b' } });

    mine.delete('a');

    expect(mine.items(['msg_a']).get('msg_a')).toEqual(response.output[0]);
  });

  test('finds many items of a long response as fast as one', async () => {
    const { mine } = open({ maxBytes: 10_000_000 });
    const ids = Array.from({ length: 100 }, (_, i) => `fc_${i}`);
    const output = ids.map((id) => ({ id, type: 'function_call' }));
    const input = [{ role: 'user', content: 'x'.repeat(1_000_000) }];
    mine.store({ response: { id: 'a', output }, input, previous: null });

    const cost = await timesTheCost(
      () => mine.items(ids),
      () => mine.items(['fc_0']),
    );

    expect([...mine.items(ids).values()]).toEqual(output);
    // Reading the response once per item would take a hundred times as long.
    expect(cost).toBeLessThan(10);
  });

  test('keeps a response for its lifetime, counted from its last use', () => {
    const { mine, clock } = open();
    mine.store(answered('a'));
    mine.store(answered('b'));
    clock.advance(HOUR - 1);
    mine.history('a');

    clock.advance(HOUR - 1);

    expect([mine.response('a') === null, mine.response('b') === null]).toEqual([false, true]);
  });

  test('no longer has a response at the end of its lifetime', () => {
    const { mine, clock } = open();
    mine.store(answered('a'));
    mine.store(answered('b', 'a'));
    clock.advance(HOUR);

    expect([mine.response('a'), mine.history('b')]).toEqual([null, null]);
    expect(mine.items(['msg_a'])).toEqual(new Map());
    expect(mine.delete('a')).toBe(false);
  });

  test('keeps nothing with a lifetime of 0', () => {
    const { mine } = open({ keepMs: 0 });

    mine.store(answered('a'));

    expect([mine.isEnabled, mine.response('a')]).toEqual([false, null]);
  });

  test('evicts the least recently used response, and keeps none above its limit', () => {
    const size = Buffer.byteLength(JSON.stringify(answered('a')));
    const { mine } = open({ maxBytes: 3 * size });
    for (const id of ['a', 'b', 'c']) mine.store(answered(id));
    mine.response('a');

    mine.store(answered('d'));
    mine.store(answered('e', null, 'x'.repeat(3 * size)));

    const kept = ['a', 'b', 'c', 'd', 'e'].filter((id) => mine.response(id) !== null);
    expect(kept).toEqual(['a', 'c', 'd']);
  });

  test('returns null for a conversation that contains itself', () => {
    const { mine } = open();

    mine.store(answered('a', 'a'));

    expect(mine.history('a')).toBeNull();
  });

  test('never exceeds its byte limit', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.record({
      id,
      previous: fc.option(id),
      size: fc.nat(300),
      forget: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const maxBytes = 800;
        const { mine } = open({ maxBytes });
        for (const { id: name, previous, size, forget } of steps) {
          if (forget) mine.delete(name);
          else mine.store(answered(name, previous, 'é'.repeat(size)));
        }

        const held = ['a', 'b', 'c', 'd', 'e'].map((name) => mine.response(name) ?? {});
        expect(Buffer.byteLength(JSON.stringify(held))).toBeLessThanOrEqual(maxBytes + 20);
      }),
    );
  });
});
