import { fc } from '../support/fast-check.js';
import { withMembers } from '../../src/dialects/members.js';

const edited = (body: string, members: Parameters<typeof withMembers>[1]) =>
  withMembers(Buffer.from(body), members).toString();

describe('withMembers', () => {
  test.each([
    ['{"a":1}', { b: true }, '{"b":true,"a":1}'],
    ['{ }', { b: 'x' }, '{"b":"x" }'],
    ['{"b":false,"a":1}', { b: true }, '{"b":false,"a":1}'],
    ['{"model":"m","a":1}', { model: null }, '{"a":1}'],
    ['{"model":"m"}', { model: null, v: '1' }, '{"v":"1"}'],
    ['{"a":{"model":"m"}}', { model: null }, '{"a":{"model":"m"}}'],
  ])('changes %s with %j to %s', (body, members, wanted) => {
    expect(edited(body, members)).toBe(wanted);
  });

  test('leaves all other members unchanged', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
        const json = JSON.stringify(object);
        const given = JSON.parse(json) as Record<string, unknown>;

        const got = JSON.parse(edited(json, { model: null, v: '1' })) as Record<string, unknown>;

        delete given['model'];
        expect(got).toEqual({ v: '1', ...given });
      }),
    );
  });
});
