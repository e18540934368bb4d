import { findVeto } from '../../../src/cache/verify/veto.js';
import { growthOf } from '../../support/growth.js';

test.each([
  ['the case of a unit', 'Why is a 5 mW laser dangerous?', 'Why is a 5 MW laser dangerous?'],
  ['bits and bytes', 'How long do 10 Mb take over USB?', 'How long do 10 MB take over USB?'],
  ['bits and bytes per second', 'Is 10 Mbps much?', 'Is 10 MBps much?'],
  [
    'the case of a word that is also an acronym',
    'How do I apply for IT?',
    'How do I apply for it?',
  ],
  ['an operator between letters', 'What does p & q give in C?', 'What does p | q give in C?'],
  [
    'an operator that the question names',
    'Does the & operator bind first?',
    'Does the | operator bind first?',
  ],
  ['a quoted value', 'Is x == "5" true for 5?', 'Is x == 5 true for "5"?'],
  ['a quoted argument', 'Why does print("n") work?', 'Why does print(n) work?'],
  [
    'the quotes of a shell string',
    'What does echo "$HOME" print?',
    "What does echo '$HOME' print?",
  ],
  ['a key', 'In vim what does pressing p do?', 'In vim what does pressing P do?'],
  ['a function', 'In R, what does t(x) return?', 'In R, what does T(x) return?'],
  [
    'the case of a name that is also a word',
    'Where can I buy AIDS tests?',
    'Where can I buy aids tests?',
  ],
  ['the case of alleles', 'Cross Bb with bb.', 'Cross Bb with Bb.'],
  ['an operator', 'What does :: mean in C++?', 'What does : mean in C++?'],
  ['a separator', 'What does ; do in bash?', 'What does : do in bash?'],
  ['a folder', 'what does cd . do', 'what does cd .. do'],
  [
    'an option that ends options',
    'What does git checkout -- a do?',
    'What does git checkout a do?',
  ],
  ['a slice', 'What does "abc"[::-1] give?', 'What does "abc"[:-1] give?'],
  ['a comma between quotes', 'What prints print("a", "b")?', 'What prints print("a" "b")?'],
  ['a qualified column name', 'Explain SELECT a.b FROM t', 'Explain SELECT a, b FROM t'],
  [
    'an absolute cell reference',
    'What does $A1 do in a formula?',
    'What does A$1 do in a formula?',
  ],
  ['the direction of a comparison', 'Is x ≤ y the same as y ≥ x?', 'Is x ≤ y the same as y ≤ x?'],
  ['a musical accidental', 'What note is F♯ in German?', 'What note is F♭ in German?'],
  ['a subscript', 'What is H₂O?', 'What is H₂O₂?'],
  ['an emoji', 'Meaning of 👍 at work', 'Meaning of 👎 at work'],
  [
    'the indentation of a loop body',
    'What prints this?\nfor i in range(3):\n    print(i)\n    print("x")',
    'What prints this?\nfor i in range(3):\n    print(i)\nprint("x")',
  ],
  ['the indentation of YAML', 'Valid?\na:\n  b: 1\n  c: 2', 'Valid?\na:\n  b: 1\nc: 2'],
  ['the rows of CSV', 'Parse this CSV:\na,b\n1,2', 'Parse this CSV:\na\nb\n1,2'],
  [
    'a comma that the question is about',
    'Is a comma missing: eat, grandma',
    'Is a comma missing: eat grandma',
  ],
  [
    'capitals that the question is about',
    'Make title case: the old man',
    'Make title case: The Old Man',
  ],
  [
    'precision that the question is about',
    'Significant figures of 1500.0',
    'Significant figures of 1500',
  ],
  [
    'the text to translate',
    'Translate to French: You are coming',
    'Translate to French: You are coming?',
  ],
  ['a courtesy in the text to translate', 'Translate: please help me', 'Translate: help me'],
  [
    'the text to classify',
    'Classify the tone and sentiment: "great"',
    'Classify the tone and sentiment: "GREAT"',
  ],
  ['the text to correct', 'Rewrite: I am sorry I love you', 'Rewrite: I am sorry; I love you'],
  ['the text to count', "How many characters: don't", 'How many characters: do not'],
  ['the text to encode', 'Encode in base64: Hello', 'Encode in base64: hello'],
  ['brackets', 'what does [] do in python', 'what does {} do in python'],
  ['a variable of a shell', 'what does $? do in bash', 'what does $! do in bash'],
  ['a lazy quantifier', 'Explain the regex .*', 'Explain the regex .*?'],
  ['a group of a pattern', 'Explain the regex (foo)', 'Explain the regex (?:foo)'],
  ['a factorial', 'What is 5!?', 'What is 5?'],
  ['absolute value bars', 'what is |-5|', 'what is -5'],
  ['an assignment', 'Explain x := 1', 'Explain x = 1'],
  ['feet and inches marks', "Is 6' tall?", 'Is 6" tall?'],
  ['a smiley', 'What does :-) mean?', 'What does ;-) mean?'],
  ['a currency', 'Is ₩500 much?', 'Is ₽500 much?'],
  ['a value of JSON', 'As YAML: {"city": "Ulm", "x": null}', 'As YAML: {"city": "ulm", "x": null}'],
  [
    'a string of JSON',
    'As YAML: {"city": "Ulm", "x": null}',
    'As YAML: {"city": "Ulm", "x": "null"}',
  ],
  ['a member of JSON', 'As YAML: {"name": "Ann"}', 'As YAML: {"Name": "Ann"}'],
  [
    'an attribute',
    'Get the id: <order id="A-17">mug</order>',
    'Get the id: <order id="a-17">mug</order>',
  ],
  ['a value of YAML', 'Fix this:\na: 1\nb: yes', 'Fix this:\na: "1"\nb: yes'],
  [
    'the case of a called function',
    'Does clamp(v, lo) return a number?',
    'Does Clamp(v, lo) return a number?',
  ],
])('vetoes a difference in %s', (_what, a, b) => {
  expect(findVeto(a, b)).not.toBeNull();
  expect(findVeto(b, a)).not.toBeNull();
});

test.each([
  [
    'case in an all-lowercase question',
    'in vim what does pressing p do',
    'In vim what does pressing P do?',
  ],
  ['the case of an unambiguous unit', 'Can I send 10 mb by mail?', 'Can I send 10 MB by mail?'],
  ['the space before a question mark', 'Comment ça va ?', 'Comment ça va?'],
  ['decoration', 'How do I bake bread 😀', 'How do I bake bread'],
  ['backticks around code', 'What is `std::move` in C++?', 'What is std::move in C++?'],
  ['the width of indentation', 'Why?\ndef f():\n  return 1', 'Why?\ndef f():\n    return 1'],
  ['the placement of braces', 'Why?\nint f() {\n  return 1;\n}', 'Why?\nint f()\n{\nreturn 1;\n}'],
  ['line breaks in prose', 'I bake bread.\nIt is hard.\nWhy?', 'I bake bread. It is hard. Why?'],
  [
    'greetings on lines of their own',
    'Hi!\n\nWhy is the sky blue?\n\nThanks',
    'Why is the sky blue?',
  ],
  [
    'quotes around the text to translate',
    'Translate to Greek: Keep it.',
    'Translate to Greek: "Keep it"',
  ],
  [
    'a contraction in the text to translate',
    "Translate to Greek: I don't know",
    'Translate to Greek: I do not know',
  ],
  [
    'thanks after a quoted text',
    'Translate to Greek: "Keep it." Thanks!',
    'Translate to Greek: "Keep it."',
  ],
  ['ß and ss', 'Wie heißt das Buch über Eis?', 'Wie heisst das Buch über Eis?'],
  ['the case of a language name', 'How do I say cat in Dutch?', 'How do I say cat in dutch?'],
  [
    'backticks around a regular expression',
    'Explain this regex: `^a+$`',
    'Explain this regex: ^a+$',
  ],
  ['whitespace in JSON', 'As YAML: {"a": 1,\n "b": 2}', 'As YAML: {"a": 1, "b": 2}'],
  [
    'whitespace in HTML',
    'As text: <ul>\n  <li>salt</li>\n</ul>',
    'As text: <ul><li>salt</li></ul>',
  ],
])('accepts a difference in %s', (_what, a, b) => {
  expect(findVeto(a, b)).toBeNull();
  expect(findVeto(b, a)).toBeNull();
});

test.each([
  'a.',
  '. ',
  '::x',
  '"a", ',
  '$a',
  'Bb ',
  'a: b\n  ',
  'sort by on, ',
  '{ ',
  '<a ',
  'say: "',
  '="a',
  "'$a",
  ' & bb',
])('takes linear time for repeated %j', async (part) => {
  const pairOf = (count: number): [string, string] => [
    part.repeat(count),
    `${part.repeat(count)} x`,
  ];

  const growth = await growthOf(pairOf, ([a, b]) => findVeto(a, b), { small: 50, large: 1_000 });

  expect(growth).toBeLessThan(120);
});
