import { fc } from '../../support/fast-check.js';
import { globMatcher } from '../../../src/route/rules/glob.js';

describe('globMatcher', () => {
  test.each([
    ['openai/gpt-5', 'openai/gpt-5', true],
    ['openai/gpt-5', 'openai/gpt-5-mini', false],
    ['openai/*', 'openai/gpt-5', true],
    ['openai/*', 'openai/', true],
    ['*', 'anything/at/all', true],
    ['*-mini', 'openai/gpt-5-mini', true],
    ['*-mini', 'openai/gpt-5-mini-2', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'ac', false],
    ['a*b*b', 'ab', false],
    ['ab*ba', 'aba', false],
    ['gpt.5', 'gpt-5', false],
  ])('%s against %s is %s', (pattern, name, expected) => {
    expect(globMatcher([pattern])(name)).toBe(expected);
  });

  test('matches when one pattern of a list matches', () => {
    const matches = globMatcher(['openai/*', 'mistral/small']);

    expect(['openai/x', 'mistral/small', 'mistral/large'].map(matches)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('matches nothing with an empty list', () => {
    expect(globMatcher([])('openai/gpt-5')).toBe(false);
  });

  test('agrees with the equivalent regular expression', () => {
    const word = fc.stringMatching(/^[ab/*]{0,8}$/);

    fc.assert(
      fc.property(word, fc.stringMatching(/^[ab/]{0,10}$/), (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name);

        expect(globMatcher([pattern])(name)).toBe(expected);
      }),
    );
  });
});
