import { personalDataIn } from '../../../src/route/rules/personal-data.js';
import { growthOf } from '../../support/growth.js';

describe('personalDataIn', () => {
  test.each([
    ['Write to joe@example.com, please.', ['email']],
    ['jörg.müller+shop@mail.example.co.uk', ['email']],
    ['IBAN: DE89 3704 0044 0532 0130 00 and so on', ['iban']],
    ['pay to gb82west12345698765432.', ['iban']],
    ['FR14 2004 1010 0505 0001 3M02 606', ['iban']],
    ['NO93 8601 1117 947', ['iban']],
    ['card 4111 1111 1111 1111 12/27 123', ['card']],
    ['378282246310005', ['card']],
    ['5555-5555-5555-4444', ['card']],
    ['a@b.de DE89370400440532013000 4111111111111111', ['email', 'iban', 'card']],
  ])('detects: %s', (text, kinds) => {
    expect(personalDataIn(text)).toEqual(kinds);
  });

  test.each([
    'What is the capital of France?',
    'npm install left-pad@1.3.0 @types/node',
    '@decorator class A {}',
    'DE89 3704 0044 0532 0130 01',
    'XX89 3704 0044 0532 0130 00',
    'DE89 3704 0044 0532 0130 0017ab',
    '4111 1111 1111 1112',
    '1234567890123456',
    'version 4.11111.1111',
    'commit 9f4111111111111111 or 4111111111111111c0ffee',
    'a fraction: 0.4111111111111111',
    '',
  ])('does not detect: %s', (text) => {
    expect(personalDataIn(text)).toEqual([]);
  });

  test.each(['4', '4 ', 'DE12', 'DE12 ', 'a@', 'a@a.', 'a@a.a.'])(
    'takes linear time for repeated %j',
    async (part) => {
      const textOf = (length: number) => part.repeat(length / part.length);
      const sizes = { small: 10_000, large: 200_000 };

      expect(await growthOf(textOf, personalDataIn, sizes)).toBeLessThan(120);
    },
  );
});
