import { vetoOf } from '../../../src/cache/verify/veto.js';

test.each([
  ['order', 'What is the remainder of 17 and 5?', 'What is the remainder of 5 and 17?'],
  ['order', 'the ratio of sand and cement', 'the ratio of cement and sand'],
  ['order', 'the cross product of p and q', 'the cross product of q and p'],
  ['order', 'Subtract income and rent', 'Subtract rent and income'],
  ['order', 'Concatenate street and city', 'Concatenate city and street'],
  ['order', 'Compose g and h', 'Compose h and g'],
  ['order', 'Left join bills and payments', 'Left join payments and bills'],
  ['order', 'the exchange rate of SEK and NOK', 'the exchange rate of NOK and SEK'],
  ['order', 'a diff of staging and production', 'a diff of production and staging'],
  ['order', 'a function that takes a path and a mode', 'a function that takes a mode and a path'],
  ['order', 'Number these: rye, oats and barley', 'Number these: oats, barley and rye'],
  ['order', 'What does divmod(p, q) give?', 'What does divmod(q, p) give?'],
  ['unit', 'How heavy are 3 tons of coal?', 'How heavy are 3 tonnes of coal?'],
  ['unit', 'Is 75 µg of thyroxine much?', 'Is 75 mg of thyroxine much?'],
  ['unit', 'Is 20 microns thin?', 'Is 20 nanometers thin?'],
  ['unit', 'Is a wait of 5 µs long?', 'Is a wait of 5 ns long?'],
  ['unit', 'Is 8 kbps slow?', 'Is 8 Mbps slow?'],
  ['number', 'Was kosten 2.000 Ziegel?', 'Was kosten 2 Ziegel?'],
  ['number', 'Combien font 3.500 euros ?', 'Combien font 3,5 euros ?'],
  ['opposite', 'How do I move photos to a stick?', 'How do I move photos from a stick?'],
  ['opposite', 'a ferry into Dover in May', 'a cheap ferry out of Dover in May'],
  ['opposite', 'How do I switch the oven on?', 'How do I switch off the oven?'],
  ['opposite', 'How do I sign up for chess?', 'How do I sign in for chess?'],
  ['opposite', 'Which cells phase in?', 'Which cells phase out?'],
  ['opposite', 'a novel by Dickens', 'a novel about Dickens'],
  ['opposite', 'rows that match any filter', 'rows that match all filters'],
  ['opposite', 'Do some birds swim?', 'Do all birds swim?'],
  ['opposite', 'yes, please', 'no'],
  ['opposite', 'Ja', 'Nein, danke'],
  ['opposite', 'Wie schalte ich den Ton ein?', 'Wie schalte ich den Ton aus?'],
  ['name', 'Which foods have vitamin K?', 'What contains vitamin D?'],
  ['name', 'Is hepatitis B curable?', 'Can hepatitis C be cured?'],
  ['name', 'print register p', 'print register q'],
  ['name', 'C', 'D'],
  ['number', 'Suggest a title for my blog', 'Suggest titles for my blog'],
  ['number', 'Write a short unit test for it', 'Write short unit tests for it'],
  ['number', 'Name one child of Bach', 'Name the children of Bach'],
  ['question', 'What did monks eat?', 'What do monks eat?'],
  ['time', 'Who won last night?', 'Who won last night?'],
  ['time', 'Qui joue ce soir ?', 'Qui joue ce soir ?'],
])('objects for a different %s where one small thing is exchanged: %s / %s', (veto, a, b) => {
  expect(vetoOf(a, b)).toBe(veto);
  expect(vetoOf(b, a)).toBe(veto);
});

test.each([
  ['Is 75 µg of thyroxine much?', 'Is 75 micrograms of thyroxine much?'],
  ['What is the difference between a ratio and a rate?', 'How do a rate and a ratio differ?'],
  ['Recipes with leeks and rice', 'Recipes with rice and leeks'],
  ['Is a crow different from a raven?', 'Is a crow different to a raven?'],
  ['How do I get to the airport in Rome?', 'In Rome, how do I get to the airport?'],
  ['How do I log in to my account?', 'How do I log into my account?'],
  ['Find a flight to Rome', 'Find flights to Rome'],
  ['Give me a few tips', 'Give me some tips'],
  ['Write a story about a cat', 'Write a story about cats'],
  ['Is there any way to tell?', 'Is there a way to tell?'],
  ['Who was Pele?', 'Who is Pele?'],
  ['Is A the best grade?', 'Is an A the best grade?'],
])('does not object to what is only said otherwise: %s / %s', (a, b) => {
  expect(vetoOf(a, b)).toBeNull();
  expect(vetoOf(b, a)).toBeNull();
});
