import { fc } from '../support/fast-check.js';
import { withMembers } from '../../src/dialects/members.js';

const shown = (body: string, members: Parameters<typeof withMembers>[1]) =>
  withMembers(Buffer.from(body), members).toString();

describe('members that a provider wants of every request', () => {
  test.each([
    ['{"a":1}', { b: true }, '{"b":true,"a":1}'],
    ['{ }', { b: 'x' }, '{"b":"x" }'],
    ['{"b":false,"a":1}', { b: true }, '{"b":false,"a":1}'],
    ['{"model":"m","a":1}', { model: null }, '{"a":1}'],
    ['{"model":"m"}', { model: null, v: '1' }, '{"v":"1"}'],
    ['{"a":{"model":"m"}}', { model: null }, '{"a":{"model":"m"}}'],
  ])('%s with %j is %s', (body, members, wanted) => {
    expect(shown(body, members)).toBe(wanted);
  });

  test('leave all other members as they were', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const json = JSON.stringify(object);
        const given = JSON.parse(json) as Record<string, unknown>;

        const got = JSON.parse(shown(json, { model: null, v: '1' })) as Record<string, unknown>;

        delete given['model'];
        expect(got).toEqual({ v: '1', ...given });
      }),
    );
  });
});
