import { findAcronym } from '../../../src/cache/verify/acronyms.js';
import { findVeto } from '../../../src/cache/verify/veto.js';

const words = (text: string): string[] => text.split(' ');

test.each([
  ['vpc', 'set up a virtual private cloud', { from: 3, to: 6 }],
  ['2fa', 'turn on 2 factor authentication', { from: 2, to: 5 }],
  ['doe', 'the department of energy', { from: 1, to: 4 }],
  ['vpc', 'a virtual cloud', null],
  ['a', 'apple', null],
  ['usa', '', null],
])('findAcronym finds %s in %s', (acronym, text, run) => {
  expect(findAcronym(acronym, words(text))).toEqual(run);
});

test('findAcronym uses only words that are not taken', () => {
  expect(findAcronym('vpc', words('virtual private cloud'), (place) => place !== 1)).toBeNull();
});

test('findVeto accepts the acronym of a name, unless the question is about the acronym', () => {
  expect(findVeto('How do I set up a VPC?', 'How do I set up a Virtual Private Cloud?')).toBeNull();
  expect(findVeto('How do I set up a VPC?', 'How do I set up a VPN?')).toBe('name');
  expect(findVeto('What does VPC stand for?', 'What does virtual private cloud stand for?')).toBe(
    'name',
  );
});
