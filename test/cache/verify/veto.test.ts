import { fc } from '../../support/fast-check.js';
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
  ['code', 'Explain x == y', 'Explain `x === y`'],
  ['code', 'What does `git push` do?', 'What does `git push --force` do?'],
  ['code', 'What does ls -l do?', 'What does ls -a do?'],
  ['code', 'Unpack a .tar.gz file', 'Unpack a .7z file'],
  ['code', 'What does i++ print?', 'What does ++i print?'],
  ['code', 'Translate "the session has expired"', 'Translate "the subscription has expired"'],
  ['code', "Find the slip: 'an embassador'", 'Find the slip: "an ambasador"'],
  ['number', 'a string of exactly 8 digits', 'a string of at least 8 digits'],
  ['number', 'no more than 8 pages', 'at least 8 pages'],
  ['opposite', 'a function that encodes a list', 'decoding a list by a function'],
  ['opposite', 'types that are hashable', 'types that are unhashable'],
  ['opposite', '¿Cómo activo el modo avión?', '¿Cómo desactivo el modo avión?'],
  ['opposite', 'Explain the 1st amendment', 'Explain the 2nd amendment'],
  ['number', 'Schreibe zwei Sätze', 'Schreibe 3 Sätze'],
  ['number', 'who was henry viii', 'who was henry vii'],
  ['number', 'a three-page letter', 'a four-page letter'],
  ['negation', 'How do I delete a branch?', 'How do I not delete a branch?'],
  ['negation', 'Why does it work?', "Why doesn't it work?"],
  ['negation', 'pasta with meat', 'pasta without meat'],
  ['opposite', 'How do I enable the firewall?', 'How do I disable the firewall?'],
  ['opposite', 'sort a list in ascending order', 'sort a list in descending order'],
  ['question', 'When was it built?', 'Where was it built?'],
  ['question', 'How old is the sun?', 'How big is the sun?'],
  ['order', 'convert a string to a number', 'convert a number to a string'],
  ['order', 'a letter from the tenant to the owner', 'a letter from the owner to the tenant'],
  ['order', '¿Muerde el perro al gato?', '¿Muerde al perro el gato?'],
  ['order', 'Was schenkt die Chefin der Nichte?', 'Was schenkt der Chefin die Nichte?'],
  ['order', 'Which team beat Spain?', 'Which team did Spain beat?'],
  ['order', 'Who taught Plato?', 'Whom did Plato teach?'],
  ['order', 'May I fire her?', 'May she fire me?'],
  ['order', 'Warum liebt der Hund den Mann?', 'Warum liebt der Mann den Hund?'],
  ['order', '¿Debe avisar el médico al paciente?', '¿Debe avisar el paciente al médico?'],
  ['script', 'hello', 'привет'],
  ['time', 'What is the weather?', 'What is the weather?'],
  ['time', 'What is the current price of gold?', 'What is the current price of gold?'],
  ['time', 'I live in Oslo. Is it cold now?', 'I live in Oslo. Is it cold now?'],
  ['time', 'I need the weather forecast for Rome', 'I need the weather forecast for Rome'],
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
  ['¿Quién paga al médico y a la enfermera?', '¿Quién paga a la enfermera y al médico?'],
  ['Which teams are in Spain?', 'Which teams did I see in Spain?'],
  ['How do I get the current directory in bash?', 'How do I get the current directory in bash?'],
  ['How do I print the current date in C?', 'How do I print the current date in C?'],
  ['I moved yesterday. How do I paint a wall?', 'I moved yesterday. How do I paint a wall?'],
  ['Translate "see you tomorrow"', 'Translate "see you tomorrow"'],
  ['Translate "good morning" into French', 'How do you say good morning in French?'],
  ["What's my dog's name's origin?", "What is the origin of my dog's name?"],
  ['children of 5 years or older', 'children at least 5 years old'],
  ['Is C++ fast?', 'is c++ fast'],
  ['How many calories a day?', 'How many calories per day?'],
  ['Roast it at 200 °C', 'roast it at 200 degrees'],
  ['Add 3, 5 and 4', 'Add 5, 4 and 3'],
  ['What does `git stash pop` do?', 'What does git stash pop do?'],
  ['Explain ^\\d{3}$', 'Explain `^\\d{3}$`'],
  ['Write a song about tea in rhymes', 'Write a song in rhymes about tea'],
  ['in python how do I sort a list', 'how do I sort a list in python'],
  ['Schreibe zwei Sätze', 'Schreibe 2 Sätze'],
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
