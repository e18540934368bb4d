import { fc } from '../../support/fast-check.js';
import { replaceNumberWords } from '../../../src/cache/verify/number-words.js';
import { plainText } from '../../../src/cache/verify/plain-text.js';
import { growthOf } from '../../support/growth.js';

const letters = (text: string): string =>
  plainText(text)
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

test.each([
  ['Hi there! Could you please tell me how tall Mount Fuji is? Thanks!', 'How tall Mount Fuji is?'],
  ['Please write a poem about rain.', 'Write a poem about rain'],
  ['I was wondering, why is the sky blue?', 'why is the sky blue'],
  ["What's a monad?", 'What is a monad?'],
  ["I don't know why it won't start", 'I do not know why it will not start'],
  ['How do I sort a list?', 'How can you sort a list?'],
  ['What is the best way to sort a list?', 'how to sort a list'],
  ['How tall is Mt. Fuji?', 'How tall is Mount Fuji?'],
  [
    'Name the top three players of the nineteenth century',
    'name the top 3 players of the 19th century',
  ],
  ['What is ten thousand divided by 16?', 'What is 10000 divided by 16?'],
  ['¿Qué es el solfeo? Gracias de antemano.', 'Qué es el solfeo'],
  ["S'il vous plaît, où voir des érables ? Merci", 'Où voir des érables'],
  [
    'How does white gold differ from yellow gold?',
    'What is the difference between yellow gold and white gold?',
  ],
  ['Compare hard science and soft science', 'Compare soft science and hard science.'],
  ['What is the definiton of entropy?', 'Define entropy'],
  ['What is the purpose of a heat sink?', 'What does a heat sink do?'],
  ['In which year did it sink?', 'What year did it sink?'],
  ['Which laptop is best for students?', 'What is the best laptop for students?'],
  ['Give me three examples of irony', 'What are three examples of irony?'],
  ['Can I safely eat raw leeks?', 'Is it safe to eat raw leeks?'],
  ['Suggest a book on bees', 'Recommend a book on bees'],
  ['Draft an email to Ann', 'Write an email to Ann'],
  ['Könntest du mir bitte erklären, wie ein Kran steht?', 'Erkläre mir, wie ein Kran steht'],
  ['How much does a sailing boat cost?', 'What is the price of a sailing boat?'],
  ['How do owls differ from hawks?', 'What is the difference between owls and hawks?'],
  ['What does "petrichor" mean?', 'Define the word "petrichor".'],
  ['Who is the author of Emma?', 'Who wrote Emma?'],
  ['Who is the director of Jaws?', 'Who directed Jaws?'],
  ['Dear all, why do cats purr?', 'Why do cats purr?'],
  ['Could you kindly water it?', 'Water it'],
  ['Can you recommend a hammer?', 'Would you recommend a hammer'],
  ['How do you wash your hands?', 'How does one wash your hands?'],
  ['How do you know that it rains?', 'How do I know that it rains?'],
  ['Hi there!', 'hello'],
  ['Give me a list of Baltic ports', 'List Baltic ports'],
  ['What exactly is a heap?', 'What is a heap?'],
  ['What can I do to sleep better?', 'How do I sleep better?'],
  ['Sorry to bother you, but why do cats purr? No rush.', 'Why do cats purr?'],
  ['Is $40 a lot?', 'Is 40 dollars a lot?'],
  ['A salary of £45k', 'a salary of 45000 GBP'],
  ['What does 10k USD grow to?', 'What does $10000 grow to'],
  ['Two decades ago, in a single word', '20 years ago, in one word'],
  ["A fortnight's notice", "2 weeks' notice"],
  ['Half a cup, three quarters of it', '1/2 cup, 3/4 of it'],
  ["Newton's 2nd law on 2nd July", "Newton's second law on July 2"],
  ['Type II diabetes', 'type 2 diabetes'],
  ['Solve x² = 4', 'Solve x^2 = 4'],
  ['Come on 14/07/1789 at 2 pm', 'Come on July 14, 1789 at 14:00'],
  ['What is 15% of 80?', 'What is 15 percent of 80?'],
  ['In Excel, how do I sort rows?', 'How do I sort rows in Excel?'],
  ['If it rains, may I leave early?', 'May I leave early if it rains?'],
  ['Tell me why leaves turn red.', 'Why do leaves turn red?'],
  ['Can you explain what a blockchain is?', 'What is a blockchain?'],
  ['What do you call a baby swan?', 'What is a baby swan called?'],
  ['Rank oak, lime, and maple', 'Rank lime, maple and oak'],
  ["Why shouldn't I run?", 'Why should I not run?'],
  ['A loan for one and a half years', 'A loan for 1.5 years'],
  ['Send an e-mail on Sun., 5 May', 'Send an email on Sunday, May 5th'],
  ['Excuse me, how old is the sun?', 'I know this is basic, but how old is the sun?'],
  ["I'd be grateful if you could draw a cat, if that's alright.", 'Draw a cat'],
  ['My teacher asked us today: what is a prime?', 'What is a prime?'],
  ['Comment puis-je ouvrir un zip ?', 'Comment ouvrir un zip ?'],
  ['Was geschah am 6th June, 1944?', 'Was geschah am June 6, 1944?'],
  ['What happened on the 14th of July 1789?', 'What happened on July 14, 1789?'],
  ['Who won World War II?', 'Who won the second world war?'],
  ['When was Louis XIV born?', 'When was Louis 14 born?'],
  ['A five-page essay in one hour', 'A 5 page essay in 1 hour'],
  ['Call Dr. Strange', 'Call Doctor Strange'],
  ['Fly to St. Louis', 'Fly to Saint Louis'],
  ['How do I reverse a slice in golang?', 'How do I reverse a slice in Go?'],
  ['What is the max. speed of a US train?', 'What is the maximum speed of a United States train?'],
])('plainText removes what does not matter from %j', (one, other) => {
  expect(letters(one)).toBe(letters(other));
});

test.each([
  ['Translate "thank you" into French', 'Translate "please" into French'],
  ['How do I say hello in Welsh?', 'How do I say goodbye in Welsh?'],
  ['Explain one-way doors', 'Explain two-way doors'],
  ['Is it safe?', 'Is it not safe?'],
  ['How much did it cost?', 'How much does it cost?'],
  ['Use exactly five words', 'Use five words'],
  ['Is it $5?', 'Is it €5?'],
  ['Hey', 'Thank you!'],
  ['Merci', "S'il vous plaît"],
  ['Finish this card:\nDear Olga,', 'Finish this card:\nDear Uncle,'],
  ['Dear Zachary cast', 'Dear Esther cast'],
  ['How do you see our chances?', 'How do I see our chances?'],
  ['How do you think?', 'How do I think?'],
  ['How would you store my files?', 'How would I store my files?'],
  ['What happens if you lose my parcel?', 'What happens if I lose my parcel?'],
  ['Can you eat moldy cheese?', 'Would you eat moldy cheese?'],
  ['Could you go to prison for that?', 'Will you go to prison for that?'],
  ['Who was the director of the mint?', 'Who is the director of the mint?'],
  ['Who is the director of the BND?', 'Who directed the BND?'],
])('plainText keeps what distinguishes %j from %j', (one, other) => {
  expect(letters(one)).not.toBe(letters(other));
});

test('plainText removes spaces between code symbols in backticks only', () => {
  expect(plainText('Explain `let please( a, b )`')).toBe('Explain `let please(a,b)`');
});

test.each([
  ['twenty-four hours', '24 hours'],
  ['three hundred people', '300 people'],
  ['a million stars', '1000000 stars'],
  ['½ cup', '0.5 cup'],
  ['1/4 mile', '0.25 mile'],
  ['the twelfth night', 'the 12th night'],
  ['no one knows', 'no one knows'],
  ['the second question', 'the second question'],
  ['11/12 of them', '11/12 of them'],
  ['a three-course meal', 'a 3-course meal'],
  ['Henry VIII and henry vii', 'Henry 8 and henry 7'],
  ['emacs or vi', 'emacs or vi'],
  ['the 2nd of May', '2 may'],
  ['May 2023', 'May 2023'],
])('replaceNumberWords writes %j as %j', (words, figures) => {
  expect(replaceNumberWords(words)).toBe(figures);
});

test('plainText accepts any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      expect(typeof plainText(text)).toBe('string');
    }),
  );
});

test.each(['a ', 'please ', "don't ", '. '])(
  'plainText takes linear time for repeated %j',
  async (part) => {
    const textOf = (length: number) => part.repeat(length / part.length);

    expect(await growthOf(textOf, plainText, { small: 200, large: 4_000 })).toBeLessThan(120);
  },
);

test.each([
  ['How does China see us?', 'How does China see USA?'],
  ['They sent us a letter', 'They sent U.S. a letter'],
  ['How do I pay A$5?', 'How do I pay $5?'],
  ['Meet me at 9 Rodeo Dr. Tuesday', 'Meet me at 9 Rodeo Doctor Tuesday'],
  ['Write st. on the form', 'Write Saint on the form'],
  ['It takes 5 min. at most', 'It takes 5 minimum at most'],
  ['What does min. stand for?', 'What does minimum stand for?'],
  ['Is go a good game?', 'Is golang a good game?'],
  ['Where do I get the app?', 'Where do I get the application?'],
  ['Expand the abbreviation AI', 'Expand the abbreviation artificial intelligence'],
  ['Is NLP a pseudoscience?', 'Is natural language processing a pseudoscience?'],
  ['How loud is 60 db?', 'How loud is 60 database?'],
  ['Start IV fluids', 'Start 4 fluids'],
  ['Continue red, green and blue', 'Continue blue, green and red'],
  ['Convert 10, 20 and 30', 'Convert 30, 20 and 10'],
  ['What is the party?', 'What is the par?'],
  ['Bitter melon recipe', 'R melon recipe'],
  ['Explain inertia', 'Explain iner'],
  ['One day I will sail', '1 day I will sail'],
])(
  'plainText does not expand an ambiguous abbreviation: "%s" and "%s" stay distinct',
  (one, other) => {
    expect(letters(one)).not.toBe(letters(other));
  },
);

test.each([
  ['In Japanese, how do I say please?', 'In Japanese, how do I say thank you?'],
  ['Translate to German: thanks', 'Translate to German: please'],
  ['How do Koreans say thank you very much?', 'How do Koreans say please?'],
  ['What is the gesture for thank you?', 'What is the gesture for please?'],
  ['What do I reply when someone says much obliged?', 'What do I reply when someone says cheers?'],
  ['Who sang Please?', 'Who sang Thank You?'],
  ['How do you spell thanks?', 'How do you spell please?'],
  ['Wie sagt man auf Spanisch danke?', 'Wie sagt man auf Spanisch bitte?'],
  ['Comment dit-on en anglais merci ?', "Comment dit-on en anglais s'il vous plaît ?"],
  ['¿Cómo se dice en inglés gracias?', '¿Cómo se dice en inglés por favor?'],
  ['Write a mail and end it with many thanks', 'Write a mail and end it with cheers'],
  ['Hello in French', 'Hi in French'],
])('plainText keeps words of courtesy that the question is about: %s', (a, b) => {
  expect(letters(a)).not.toBe(letters(b));
});

test.each([
  ["What's the purpose of `go mod tidy`?", 'what does `go mod tidy` do?'],
  ['What does `a ?? b` mean?', 'define `a??b`?'],
  ['What is the purpose of café?', 'what does café do?'],
])('plainText keeps the end of a question: %s', (text, plain) => {
  expect(plainText(text)).toBe(plain);
});
