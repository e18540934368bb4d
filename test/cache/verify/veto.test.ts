import fc from 'fast-check';
import { vetoOf } from '../../../src/cache/verify/veto.js';

test.each([
  ['number', 'How do I list 10 files?', 'How do I list 100 files?'],
  ['number', 'Write two examples.', 'Write three examples.'],
  ['number', 'What is 17 * 4?', 'What is 17 * 5?'],
  ['unit', 'How far is 5 km?', 'How far is 5 miles?'],
  ['unit', 'Is 20% a lot?', 'Is 20 € a lot?'],
  ['name', 'What is the capital of France?', 'What is the capital of Spain?'],
  ['name', 'Who wrote the novel Emma?', 'Who wrote the novel Persuasion?'],
  ['name', 'How do I use SQL joins?', 'How do I use joins?'],
  ['code', 'What does parse_args do?', 'What does parse_known do?'],
  ['code', 'Install version 1.2.3', 'Install version 1.2.4'],
  ['code', 'Explain `a += b`', 'Explain `a -= b`'],
  ['negation', 'How do I delete a branch?', 'How do I not delete a branch?'],
  ['negation', 'Why does it work?', "Why doesn't it work?"],
  ['negation', 'pasta with meat', 'pasta without meat'],
  ['opposite', 'How do I enable the firewall?', 'How do I disable the firewall?'],
  ['opposite', 'sort a list in ascending order', 'sort a list in descending order'],
  ['question', 'When was it built?', 'Where was it built?'],
  ['question', 'How old is the sun?', 'How big is the sun?'],
  ['order', 'convert a string to a number', 'convert a number to a string'],
  ['order', 'May I fire her?', 'May she fire me?'],
  ['order', 'Warum liebt der Hund den Mann?', 'Warum liebt der Mann den Hund?'],
  ['order', '¿Debe avisar el médico al paciente?', '¿Debe avisar el paciente al médico?'],
  ['script', 'hello', 'привет'],
  ['time', 'What is the weather?', 'What is the weather?'],
  ['time', 'Who won the game last week?', 'Who won the game last week?'],
])('objects for a different %s: %s / %s', (veto, a, b) => {
  expect(vetoOf(a, b)).toBe(veto);
  expect(vetoOf(b, a)).toBe(veto);
});

test.each([
  ['How do I reverse a string in Python?', 'How can I reverse a string in Python?'],
  ['What is the capital of France?', 'what is the capital of france, please?'],
  ['List 1,000 primes', 'Please list 1000 primes'],
  ["What's a monad?", 'What is a monad?'],
  ['Write two haikus about rain.', 'write 2 haikus about rain'],
  ['Explain how parse_args works', 'Explain to me how parse_args works'],
])('does not object: %s / %s', (a, b) => {
  expect(vetoOf(a, b)).toBeNull();
});

test('objects to a text and itself only for its time, and takes anything', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string(), (a, b) => {
      expect([null, 'time']).toContain(vetoOf(a, a));
      expect(vetoOf(a, b)).toBe(vetoOf(b, a));
    }),
  );
});
