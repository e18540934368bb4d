import { CALENDAR, calendarReader } from '../../../src/route/rules/calendar.js';
import { conditionCompiler } from '../../../src/route/rules/condition.js';
import { fc } from '../../support/fast-check.js';
import { someFacts } from './facts.js';

function hour(zone: string): (time: string) => number {
  const { getHours } = CALENDAR;
  if (getHours === undefined) throw new Error('no hours');
  const read = calendarReader(getHours, zone);
  return (time) => read(Date.parse(time));
}

describe('calendarReader', () => {
  test('changes to and from summer time at the exact minute', () => {
    const berlin = hour('Europe/Berlin');

    const spring = ['2026-03-29T00:59:59.999Z', '2026-03-29T01:00:00Z'].map(berlin);
    const autumn = ['2026-10-25T00:59:59.999Z', '2026-10-25T01:00:00Z'].map(berlin);

    expect(spring).toEqual([1, 3]);
    expect(autumn).toEqual([2, 2]);
  });

  test('agrees with the expression language on every field', () => {
    const zones = fc.constantFrom(null, 'Europe/Berlin', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    // Without months with a clock change: the library applies those of this machine's time zone too.
    const moments = fc
      .tuple(fc.integer({ min: 2020, max: 2040 }), fc.constantFrom(0, 6), fc.nat(31 * 86_400_000))
      .map(([year, month, ms]) => Date.UTC(year, month) + Math.min(ms, 30 * 86_400_000));
    const compiler = conditionCompiler();

    fc.assert(
      fc.property(zones, fc.constantFrom(...Object.keys(CALENDAR)), moments, (zone, name, atMs) => {
        const field = CALENDAR[name];
        if (field === undefined) throw new Error(name);
        const value = calendarReader(field, zone)(atMs);
        const call = `time.now.${name}(${zone === null ? '' : JSON.stringify(zone)})`;
        // A sum prevents the fast path.
        const interpreted = compiler.compile(`${call} + 1 == ${value + 1}`);
        const fast = compiler.compile(`${call} == ${value}`);
        if (!('holds' in interpreted) || !('holds' in fast)) throw new Error(call);

        const facts = someFacts({ timeMs: atMs });
        expect([interpreted.holds(facts), fast.holds(facts)]).toEqual([true, true]);
      }),
      { numRuns: 200 },
    );
  });
});
