import { readLanguage } from '../../src/route/language.js';
import type { Language } from '../../src/route/language.js';
import { readStatistics } from '../../src/route/text-statistics.js';

function languageOf(text: string): Language {
  return readLanguage(text, readStatistics(text));
}

test.each([
  ['en', 'How do I boil an egg so that the yolk is soft?'],
  ['en', 'Plan a day at the café Olé in São Paulo for me.'],
  ['de', 'Wie koche ich ein Ei, so dass das Gelbe weich ist?'],
  ['de', 'Schreibe eine kurze Postkarte aus Japan an meine Großmutter, höchstens 27 Wörter.'],
  ['fr', 'Comment cuire un œuf pour que le jaune ne soit pas dur ?'],
  ['fr', "Quelle est la capitale de l'Australie ?"],
  ['es', '¿Cómo puedo cocer un huevo para que la yema no esté dura?'],
  ['it', 'Un uomo suona la chitarra nella sua stanza.'],
  ['it', 'Come si cuoce un uovo in modo che il tuorlo non sia duro?'],
  ['pt', 'Como posso cozinhar um ovo para que a gema não fique dura?'],
  ['ca', 'Com puc coure un ou perquè el rovell no quedi dur? És per a la meva filla.'],
  ['ro', 'Cum pot să fierb un ou astfel încât gălbenușul să rămână moale?'],
  ['nl', 'Hoe kook ik een ei zodat de dooier zacht blijft?'],
  ['sv', 'Hur kokar jag ett ägg så att gulan blir mjuk?'],
  ['da', 'Hvordan koger jeg et æg, så blommen er blød? Hvad er bedst?'],
  ['no', 'Hva er hovedstaden i Australia, og hvor mange bor der?'],
  ['fi', 'Kuinka keitän munan niin, että keltuainen on pehmeä?'],
  ['pl', 'Jak ugotować jajko, żeby żółtko nie było twarde i czy to jest trudne?'],
  ['cs', 'Jak uvařím vejce tak, aby žloutek byl měkký?'],
  ['sk', 'Ako uvarím vajce tak, aby bol žĺtok mäkký?'],
  ['hr', 'Kako skuhati jaje da žumanjak bude mekan? Što je najbolje?'],
  ['hu', 'Hogyan főzzek tojást, hogy a sárgája ne legyen kemény?'],
  ['tr', 'Bir yumurta nasıl pişirilir ve bu ne kadar sürer?'],
  ['tr', 'Avustralya’nın başkenti neresidir?'],
  ['vi', 'Làm thế nào để luộc trứng cho lòng đỏ mềm?'],
  ['id', 'Bagaimana cara merebus telur agar kuningnya tidak keras?'],
  ['tl', 'Paano ba magluto ng itlog na malambot ang pula?'],
  ['sw', 'Ni nini mji mkuu wa Australia na watu wangapi wanaishi huko?'],
  ['ru', 'Как сварить яйцо, чтобы желток был мягким?'],
  ['uk', 'Як зварити яйце, щоб жовток був м’яким? Це легко і швидко її зробити.'],
  ['sr', 'Како да скувам јаје тако да жуманце буде меко, а да љуска не пукне?'],
  ['zh', '怎样煮鸡蛋才能让蛋黄是软的？'],
  ['ja', '黄身が柔らかい卵のゆで方を教えてください。'],
  ['ko', '노른자가 부드러운 달걀은 어떻게 삶나요?'],
  ['ar', 'كيف أسلق بيضة بحيث يبقى الصفار طريا؟'],
  ['fa', 'چگونه تخم مرغ را آب پز کنم که زرده آن نرم بماند؟'],
  ['hi', 'अंडे को कैसे उबालें ताकि जर्दी नरम रहे?'],
  ['ml', 'മഞ്ഞക്കരു മൃദുവാകാൻ മുട്ട എങ്ങനെ പുഴുങ്ങാം?'],
  ['th', 'ต้มไข่อย่างไรให้ไข่แดงนิ่ม'],
  ['und', '12 + 30 = 42'],
])('readLanguage returns %s for: %s', (expected, text) => {
  expect(languageOf(text).code).toBe(expected);
});

test.each([
  'What does the word привет mean and how do you say it?',
  'Find the sum of e + z + w if z = e^2, w = 3z - y, y = i and e = 4',
  'Was the man in the war? He was so over it, so am I. Give me one more son per door.',
  'Translate "la vida es sueño" into English for me, please.',
  'Is personal experience recollection distorted over time?',
  'Who is the head of the EU, the UN and the IMF?',
])('readLanguage returns English despite foreign words: %s', (text) => {
  expect(languageOf(text)).toMatchObject({ code: 'en' });
  expect(languageOf(text).foreign).toBeLessThan(0.2);
});

test.each([
  ['is 0 in English', 'How do you do?', 0],
  ['is 0 for text without words', '12 + 30 = 42', 0],
  ['is 1 in another language of Latin script', 'Wie koche ich ein Ei?', 1],
  ['is the share of letters in another script', 'слово means word', 5 / 14],
])('the foreign share %s', (_, text, share) => {
  expect(languageOf(text).foreign).toBeCloseTo(share);
});

test('readLanguage returns und for a list of words without function words', () => {
  expect(languageOf('attach, cube, spatula, bank, clip, pool, birthday').code).toBe('und');
});
