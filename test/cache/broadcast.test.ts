import { fc } from '../support/fast-check.js';
import { Broadcast } from '../../src/cache/broadcast.js';
import { InFlightRequest, untilAborted } from '../../src/cache/in-flight-request.js';
import type { TimedFrame } from '../../src/cache/cached-answer.js';
import { Replay } from '../../src/cache/replay.js';
import { DisconnectSignal } from '../../src/core/disconnect-signal.js';
import { GatewayError } from '../../src/core/errors.js';
import { FakeClock } from '../support/fake-clock.js';

/** A client that signals backpressure after `room` writes. */
class Client {
  text = '';
  ending = '';
  room: number;
  constructor(room = Infinity) {
    this.room = room;
  }
  write(bytes: Buffer): boolean {
    this.text += bytes.toString();
    this.room -= 1;
    return this.room > 0;
  }
  end(): void {
    this.ending = 'end';
  }
  fail(error: GatewayError, lastBytes: Buffer): void {
    this.ending = `${error.code} ${lastBytes.toString()}`;
  }
}

let clock: FakeClock;
let drained: number;
let overflowed: boolean;
let recording: readonly TimedFrame[] | null | undefined;

function broadcasting(maxBytes = 1_000): Broadcast {
  clock = new FakeClock();
  drained = 0;
  overflowed = false;
  recording = undefined;
  return new Broadcast({
    clock,
    maxBytes,
    framesIn: (bytes) => [{ bytes, usageOnly: bytes.toString() === 'usage' }],
    onDrained: () => (drained += 1),
    onOverflow: () => (overflowed = true),
    onEnd: (frames) => (recording = frames),
  });
}

describe('Broadcast', () => {
  test('replays the stream to late listeners, and records it with its timing', () => {
    const broadcast = broadcasting();
    const [early, late, after] = [new Client(), new Client(), new Client()];
    broadcast.listen(early, false);
    broadcast.write(Buffer.from('one '));
    clock.advance(40);
    broadcast.listen(late, true);
    broadcast.write(Buffer.from('two '));
    broadcast.write(Buffer.from('usage'));
    broadcast.end();
    broadcast.listen(after, false);

    expect([early, late, after].map(({ text }) => text)).toEqual([
      'one two ',
      'one two usage',
      'one two ',
    ]);
    expect([early, late, after].map(({ ending }) => ending)).toEqual(['end', 'end', 'end']);
    expect(recording?.map(({ atMs }) => atMs)).toEqual([0, 40, 40]);
  });

  test('pauses the upstream only while all listeners are blocked', () => {
    const broadcast = broadcasting();
    const [slow, fast] = [new Client(1), new Client(2)];
    const slowListener = broadcast.listen(slow, false);
    broadcast.listen(fast, false);

    const wants = ['a', 'b', 'c'].map((text) => broadcast.write(Buffer.from(text)));
    slow.room = 9;
    slowListener.drained();

    expect(wants).toEqual([true, false, false]);
    expect(slow.text).toBe('abc');
    expect(fast.text).toBe('ab');
    expect(drained).toBe(1);
  });

  test('follows the slowest listener once the stream is too long to record, and drops what all have read', () => {
    const broadcast = broadcasting(3);
    const [slow, fast] = [new Client(1), new Client()];
    const slowListener = broadcast.listen(slow, false);
    broadcast.listen(fast, false);

    const wants = ['aa', 'bb', 'cc'].map((text) => broadcast.write(Buffer.from(text)));
    slow.room = 9;
    slowListener.drained();
    broadcast.end();

    expect(wants).toEqual([true, false, false]);
    expect(overflowed).toBe(true);
    expect(broadcast.hasBeginning).toBe(false);
    expect([slow.text, fast.text]).toEqual(['aabbcc', 'aabbcc']);
    expect(recording).toBeNull();
  });

  test('resumes when a slow listener leaves, and forwards a failure to the rest', () => {
    const broadcast = broadcasting(1);
    const [slow, fast] = [new Client(1), new Client()];
    const leaving = broadcast.listen(slow, false);
    broadcast.listen(fast, false);
    broadcast.write(Buffer.from('aa'));

    leaving.leave();
    leaving.leave();
    broadcast.fail(new GatewayError('upstream_cut', 'cut'), Buffer.from('bye'));

    expect(drained).toBe(1);
    expect(fast.ending).toBe('upstream_cut bye');
    expect(slow.ending).toBe('');
    expect(recording).toBeNull();
  });

  test('delivers the stream unchanged to all listeners, whatever their pace', () => {
    const pace = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pace, fc.array(fc.string({ minLength: 1 })), fc.nat(60), (rooms, texts, max) => {
        const broadcast = broadcasting(max);
        const clients = rooms.map((room) => new Client(room));
        const listeners = clients.map((client) => broadcast.listen(client, true));
        const drainAll = () => {
          clients.forEach((client, i) => {
            client.room = rooms[i] ?? 1;
            listeners[i]?.drained();
          });
        };
        for (const text of texts) if (!broadcast.write(Buffer.from(text))) drainAll();
        broadcast.end();
        for (let i = 0; i <= texts.length; i++) drainAll();

        expect(clients.map(({ text }) => text)).toEqual(clients.map(() => texts.join('')));
        expect(clients.every(({ ending }) => ending === 'end')).toBe(true);
      }),
    );
  });
});

describe('Replay', () => {
  const frames: TimedFrame[] = [
    { bytes: Buffer.from('one '), atMs: 0, usageOnly: false },
    { bytes: Buffer.from('two '), atMs: 100, usageOnly: false },
    { bytes: Buffer.from('usage'), atMs: 100, usageOnly: true },
    { bytes: Buffer.from('three'), atMs: 250, usageOnly: false },
  ];

  test('writes all frames at once', () => {
    const client = new Client();
    let ended = 0;
    const options = { clock: new FakeClock(), natural: false, includeUsage: true };

    new Replay(frames, options, () => (ended += 1)).pipe(client);

    expect(client).toMatchObject({ text: 'one two usagethree', ending: 'end' });
    expect(ended).toBe(1);
  });

  test('writes at the original pace, or at the client’s if that is slower', () => {
    const time = new FakeClock();
    const client = new Client(2);
    const options = { clock: time, natural: true, includeUsage: false };
    const replay = new Replay(frames, options, () => undefined);

    replay.pipe(client);
    const texts = [client.text];
    for (const ms of [99, 1, 200]) {
      time.advance(ms);
      texts.push(client.text);
    }
    client.room = 9;
    replay.drained();

    expect(texts).toEqual(['one ', 'one ', 'one two ', 'one two ']);
    expect(client).toMatchObject({ text: 'one two three', ending: 'end' });
    expect(time.waiting).toBe(0);
  });

  test('stops when its client leaves', () => {
    const time = new FakeClock();
    const client = new Client();
    const replay = new Replay(frames, { clock: time, natural: true, includeUsage: false }, () => {
      throw new Error('it has not ended');
    });
    replay.pipe(client);

    replay.abandon();
    time.advance(1_000);

    expect(client).toMatchObject({ text: 'one ', ending: '' });
  });
});

describe('InFlightRequest', () => {
  const facts = { order: { tenant: null, namespace: 'n', tags: [] }, openedMs: 0 };

  test('is aborted when the last client has left, and not before', () => {
    let empty = 0;
    const flight = new InFlightRequest<string>(facts, () => (empty += 1));
    const clients = [new DisconnectSignal(), new DisconnectSignal()];
    const leavers = clients.map((client) => flight.join(client));

    clients[0]?.abort();
    leavers[0]?.();
    const early = flight.signal.aborted;
    leavers[1]?.();

    expect(early).toBe(false);
    expect(flight.signal.aborted).toBe(true);
    expect(empty).toBe(1);
  });

  test('resolves for every waiting client, and with null for disconnected ones', async () => {
    const flight = new InFlightRequest<string>(facts, () => undefined);
    const [stays, leaves, gone] = [
      new DisconnectSignal(),
      new DisconnectSignal(),
      new DisconnectSignal(),
    ];
    gone.abort();
    const waiting = [stays, leaves, gone].map((client) => flight.wait(client));

    leaves.abort();
    flight.settle('here');
    flight.settle('again');

    expect(await Promise.all(waiting)).toEqual(['here', null, null]);
    expect(await untilAborted(Promise.resolve(1), stays)).toBe(1);
  });
});
