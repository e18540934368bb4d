import { SharedEncoders } from '../../../src/embed/encoder/shared-encoders.js';
import { RestartingEncoder } from '../../../src/embed/encoder/restarting-encoder.js';
import { FakeClock } from '../../support/fake-clock.js';
import { FakeEncoder } from '../../support/fake-encoder.js';

const ID = 'encoder-0123456789ab';

let clock: FakeClock;
/** What is found at each opening, an error for one that fails; the last again and again. */
let found: (FakeEncoder | Error)[];
let openings: number;
let told: (string | null)[];

beforeEach(() => {
  clock = new FakeClock();
  found = [new FakeEncoder(ID)];
  openings = 0;
  told = [];
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
    told.push(trouble === null ? null : trouble.message);
  },
});
const steady = (): Promise<RestartingEncoder> => RestartingEncoder.open({ ...wanted(), open });
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('an encoder whose process may end', () => {
  test('is opened again a second after it has ended, and says so', async () => {
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
    expect(encoder.trouble).toBeNull();
    expect(told).toEqual(['killed', null]);
  });

  test('is tried again ever more seldom as long as it cannot be opened, then works', async () => {
    found = [new Error('no network')];
    const encoder = await steady();
    expect(encoder.trouble?.message).toBe('no network');

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
    expect(encoder.trouble).toBeNull();
    expect(told).toEqual([null]);
  });

  test('is ended and opened again where no vector comes for half a minute', async () => {
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
    expect(told).toEqual(['acme/tiny: no vector received for 30 s', null]);
    expect(clock.waiting).toBe(0);
  });

  test('is refused where it is another one than was trained for', async () => {
    const other = new FakeEncoder('encoder-ba9876543210');
    found = [other];

    await expect(steady()).rejects.toThrow(
      `acme/tiny: expected the encoder ${ID}, found encoder-ba9876543210`,
    );
    expect(other.isClosed).toBe(true);
  });

  test('stays closed', async () => {
    const encoder = await steady();

    encoder.close();
    clock.advance(600_000);

    await expect(encoder.encode('cat')).rejects.toThrow('the encoder is closed');
    expect(openings).toBe(1);
    expect(told).toEqual([]);
  });
});

describe('an encoder that is shared', () => {
  test('is opened once for all who use it at a time, and ends with the last of them', async () => {
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

  test('is looked for anew after another one was found', async () => {
    found = [new FakeEncoder('encoder-ba9876543210'), new FakeEncoder(ID)];
    const encoders = new SharedEncoders(open);

    await expect(encoders.lease(wanted())).rejects.toThrow('expected the encoder');
    const { encoder } = await encoders.lease(wanted());

    expect(encoder.trouble).toBeNull();
  });
});
