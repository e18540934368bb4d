import { findVeto } from '../../../src/cache/verify/veto.js';
import { growthOf } from '../../support/growth.js';

test.each([
  ['a measure', 'Why is a 5 mW laser dangerous?', 'Why is a 5 MW laser dangerous?'],
  ['bits and bytes', 'How long do 10 Mb take over USB?', 'How long do 10 MB take over USB?'],
  ['bits and bytes a second', 'Is 10 Mbps much?', 'Is 10 MBps much?'],
  ['a word behind a usual form', 'How do I apply for IT?', 'How do I apply for it?'],
  ['an operator between letters', 'What does p & q give in C?', 'What does p | q give in C?'],
  ['an operator by name', 'Does the & operator bind first?', 'Does the | operator bind first?'],
  ['a string', 'Is x == "5" true for 5?', 'Is x == 5 true for "5"?'],
  ['a string as an argument', 'Why does print("n") work?', 'Why does print(n) work?'],
  ['what a shell looks into', 'What does echo "$HOME" print?', "What does echo '$HOME' print?"],
  ['a key', 'In vim what does pressing p do?', 'In vim what does pressing P do?'],
  ['a function', 'In R, what does t(x) return?', 'In R, what does T(x) return?'],
  ['a name that is a word', 'Where can I buy AIDS tests?', 'Where can I buy aids tests?'],
  ['what is inherited', 'Cross Bb with bb.', 'Cross Bb with Bb.'],
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
  ['a table’s column', 'Explain SELECT a.b FROM t', 'Explain SELECT a, b FROM t'],
  ['what a dollar fixes', 'What does $A1 do in a formula?', 'What does A$1 do in a formula?'],
  ['a comparison turned', 'Is x ≤ y the same as y ≥ x?', 'Is x ≤ y the same as y ≤ x?'],
  ['a note', 'What note is F♯ in German?', 'What note is F♭ in German?'],
  ['an index', 'What is H₂O?', 'What is H₂O₂?'],
  ['a pictogram', 'Meaning of 👍 at work', 'Meaning of 👎 at work'],
  [
    'what belongs to a loop',
    'What prints this?\nfor i in range(3):\n    print(i)\n    print("x")',
    'What prints this?\nfor i in range(3):\n    print(i)\nprint("x")',
  ],
  ['what belongs to a key', 'Valid?\na:\n  b: 1\n  c: 2', 'Valid?\na:\n  b: 1\nc: 2'],
  ['rows', 'Parse this CSV:\na,b\n1,2', 'Parse this CSV:\na\nb\n1,2'],
  ['a comma asked about', 'Is a comma missing: eat, grandma', 'Is a comma missing: eat grandma'],
  ['capitals asked about', 'Make title case: the old man', 'Make title case: The Old Man'],
  ['exactness asked about', 'Significant figures of 1500.0', 'Significant figures of 1500'],
  [
    'what is translated',
    'Translate to French: You are coming',
    'Translate to French: You are coming?',
  ],
  ['what is translated, courtesy', 'Translate: please help me', 'Translate: help me'],
  [
    'a quote that is classified',
    'Classify the tone and sentiment: "great"',
    'Classify the tone and sentiment: "GREAT"',
  ],
  ['what is corrected', 'Rewrite: I am sorry I love you', 'Rewrite: I am sorry; I love you'],
  ['what is counted', "How many characters: don't", 'How many characters: do not'],
  ['what is encoded', 'Encode in base64: Hello', 'Encode in base64: hello'],
  ['brackets', 'what does [] do in python', 'what does {} do in python'],
  ['a variable of a shell', 'what does $? do in bash', 'what does $! do in bash'],
  ['a lazy quantifier', 'Explain the regex .*', 'Explain the regex .*?'],
  ['a group of a pattern', 'Explain the regex (foo)', 'Explain the regex (?:foo)'],
  ['a factorial', 'What is 5!?', 'What is 5?'],
  ['an amount without its sign', 'what is |-5|', 'what is -5'],
  ['an assignment', 'Explain x := 1', 'Explain x = 1'],
  ['feet and inches', "Is 6' tall?", 'Is 6" tall?'],
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
    'a function that is called',
    'Does clamp(v, lo) return a number?',
    'Does Clamp(v, lo) return a number?',
  ],
])('objects to another spelling of %s', (_what, a, b) => {
  expect(findVeto(a, b)).not.toBeNull();
  expect(findVeto(b, a)).not.toBeNull();
});

test.each([
  ['who writes all small', 'in vim what does pressing p do', 'In vim what does pressing P do?'],
  ['a careless measure', 'Can I send 10 mb by mail?', 'Can I send 10 MB by mail?'],
  ['a space before the mark', 'Comment ça va ?', 'Comment ça va?'],
  ['decoration', 'How do I bake bread 😀', 'How do I bake bread'],
  ['code that is marked', 'What is `std::move` in C++?', 'What is std::move in C++?'],
  ['steps of another width', 'Why?\ndef f():\n  return 1', 'Why?\ndef f():\n    return 1'],
  ['braces', 'Why?\nint f() {\n  return 1;\n}', 'Why?\nint f()\n{\nreturn 1;\n}'],
  ['lines of prose', 'I bake bread.\nIt is hard.\nWhy?', 'I bake bread. It is hard. Why?'],
  [
    'greetings on lines of their own',
    'Hi!\n\nWhy is the sky blue?\n\nThanks',
    'Why is the sky blue?',
  ],
  ['a translation, quoted or not', 'Translate to Greek: Keep it.', 'Translate to Greek: "Keep it"'],
  ['a contraction in it', "Translate to Greek: I don't know", 'Translate to Greek: I do not know'],
  [
    'thanks behind quotes',
    'Translate to Greek: "Keep it." Thanks!',
    'Translate to Greek: "Keep it."',
  ],
  ['ß and ss', 'Wie heißt das Buch über Eis?', 'Wie heisst das Buch über Eis?'],
  ['a name of a language', 'How do I say cat in Dutch?', 'How do I say cat in dutch?'],
  ['a regular expression, marked', 'Explain this regex: `^a+$`', 'Explain this regex: ^a+$'],
  ['JSON with other spaces', 'As YAML: {"a": 1,\n "b": 2}', 'As YAML: {"a": 1, "b": 2}'],
  [
    'HTML with other spaces',
    'As text: <ul>\n  <li>salt</li>\n</ul>',
    'As text: <ul><li>salt</li></ul>',
  ],
])('takes for the same: %s', (_what, a, b) => {
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
])('looks at a long text of nothing but %j in time proportional to it', async (part) => {
  const pairOf = (count: number): [string, string] => [
    part.repeat(count),
    `${part.repeat(count)} x`,
  ];

  const growth = await growthOf(pairOf, ([a, b]) => findVeto(a, b), { small: 50, large: 1_000 });

  expect(growth).toBeLessThan(120);
});
