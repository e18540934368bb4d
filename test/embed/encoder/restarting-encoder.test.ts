import { SharedEncoders } from '../../../src/embed/encoder/shared-encoders.js';
import { RestartingEncoder } from '../../../src/embed/encoder/restarting-encoder.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeEncoder } from '../../support/fake-encoder.js';

const ID = 'encoder-0123456789ab';

let clock: FakeClock;
/** The result of each opening, an error if it fails; the last one repeats. */
let found: (FakeEncoder | Error)[];
let openings: number;
let reported: (string | null)[];

beforeEach(() => {
  clock = new FakeClock();
  found = [new FakeEncoder(ID)];
  openings = 0;
  reported = [];
});

const open = (): Promise<FakeEncoder> => {
  const next = found.length > 1 ? found.shift() : found[0];
  openings += 1;
  return next instanceof FakeEncoder
    ? Promise.resolve(next)
    : Promise.reject(next ?? new Error('nothing is there'));
};
const wanted = () => ({
  source: 'acme/tiny',
  id: ID,
  clock,
  onChange: (trouble: Error | null) => {
    reported.push(trouble === null ? null : trouble.message);
  },
});
const steady = (): Promise<RestartingEncoder> => RestartingEncoder.open({ ...wanted(), open });
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('RestartingEncoder', () => {
  test('reopens the encoder a second after its process ends, and reports both', async () => {
    const [first, second] = [new FakeEncoder(ID), new FakeEncoder(ID)];
    found = [first, second];
    const encoder = await steady();
    first.isSilent = true;
    const lost = encoder.encode('cat');
    first.die('killed');

    await expect(lost).rejects.toThrow('killed');
    await expect(encoder.encode('dog')).rejects.toThrow('killed');
    clock.advance(999);
    expect(openings).toBe(1);
    clock.advance(1);
    await settle();

    expect([...(await encoder.encode('cat'))]).toEqual([1]);
    expect(encoder.failure).toBeNull();
    expect(reported).toEqual(['killed', null]);
  });

  test('retries with exponential back-off until the encoder opens', async () => {
    found = [new Error('no network')];
    const encoder = await steady();
    expect(encoder.failure?.message).toBe('no network');

    const triedAtS: number[] = [];
    for (let second = 1; second <= 300; second += 1) {
      const before = openings;
      clock.advance(1000);
      await settle();
      if (openings > before) triedAtS.push(second);
    }
    found = [new FakeEncoder(ID)];
    clock.advance(60_000);
    await settle();

    expect(triedAtS).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
    expect(encoder.failure).toBeNull();
    expect(reported).toEqual([null]);
  });

  test('closes and reopens an encoder that returns no vector for 30 s', async () => {
    const [first, second] = [new FakeEncoder(ID), new FakeEncoder(ID)];
    found = [first, second];
    const encoder = await steady();
    first.isSilent = true;
    const stuck = encoder.encode('cat');
    const settled = Promise.allSettled([stuck]);

    clock.advance(29_999);
    expect(first.isClosed).toBe(false);
    clock.advance(1);
    expect(await settled).toMatchObject([{ status: 'rejected' }]);
    clock.advance(1000);
    await settle();

    expect(first.isClosed).toBe(true);
    expect([...(await encoder.encode('cat'))]).toEqual([1]);
    expect(reported).toEqual(['acme/tiny: no vector received for 30 s', null]);
    expect(clock.waiting).toBe(0);
  });

  test('rejects an encoder with another id', async () => {
    const other = new FakeEncoder('encoder-ba9876543210');
    found = [other];

    await expect(steady()).rejects.toThrow(
      `acme/tiny: expected the encoder ${ID}, found encoder-ba9876543210`,
    );
    expect(other.isClosed).toBe(true);
  });

  test('does not reopen after close', async () => {
    const encoder = await steady();

    encoder.close();
    clock.advance(600_000);

    await expect(encoder.encode('cat')).rejects.toThrow('the encoder is closed');
    expect(openings).toBe(1);
    expect(reported).toEqual([]);
  });
});

describe('SharedEncoders', () => {
  test('opens an encoder once for concurrent leases and closes it with the last', async () => {
    const [first, second] = [new FakeEncoder(ID), new FakeEncoder(ID)];
    found = [first, second];
    const encoders = new SharedEncoders(open);
    const [one, two] = await Promise.all([encoders.lease(wanted()), encoders.lease(wanted())]);

    one.release();
    one.release();
    expect([...(await two.encoder.encode('cat'))]).toEqual([1]);
    expect(first.isClosed).toBe(false);
    two.release();
    await settle();
    const three = await encoders.lease(wanted());

    expect(openings).toBe(2);
    expect(first.isClosed).toBe(true);
    expect([...(await three.encoder.encode('cat'))]).toEqual([1]);
  });

  test('opens again after an encoder with another id was rejected', async () => {
    found = [new FakeEncoder('encoder-ba9876543210'), new FakeEncoder(ID)];
    const encoders = new SharedEncoders(open);

    await expect(encoders.lease(wanted())).rejects.toThrow('expected the encoder');
    const { encoder } = await encoders.lease(wanted());

    expect(encoder.failure).toBeNull();
  });
});
