import { buildSlots, mix } from '../embed/word-hash.js';

/** Languages told apart by their commonest words; the order of the votes. */
export const LATIN_LANGUAGES = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'sv',
  'da',
  'fi',
  'tr',
  'cs',
  'ro',
  'id',
  'vi',
] as const;

/** What a word hints at beyond its language; each has a bit above those of the languages. */
export const HINTS = ['explain', 'write', 'code', 'reason', 'short', 'maths'] as const;
export type Hint = (typeof HINTS)[number];

/** The lowest bit of the hints in a word's flags. */
export const FIRST_HINT_BIT = LATIN_LANGUAGES.length;

const STOP_WORDS: Readonly<Record<(typeof LATIN_LANGUAGES)[number], string>> = {
  en: 'the a an of and to in is are was for on with that this it as be by from or what how which who when where why can do does if you i my your not have has will would should',
  de: 'der die das und ist nicht ein eine einen dem den des mit für auf zu von im wie was ich sie er wir du kann wird sind auch oder aber bei nach wenn warum mir dass bitte aus einer einem eines vor über um zum zur mein meine meiner kein keine haben werden wurde ihr ihre nur noch dann gibt zwei drei durch gegen unter',
  fr: 'le la les un une des du et est de que qui dans pour pas sur avec ce cette je tu il vous nous en au aux plus par ou mais comment quel quelle pourquoi sont être deux son sa ses leur leurs ont été fait entre sous sans très moi mes',
  es: 'el la los las un una de que y en es por con para no se del al lo como más su qué cuál cómo pero o este esta son mi yo está fue muy dos sus desde hasta entre sobre también hay tiene ser ella nos cada',
  it: 'il lo la gli le un una di che e in è per con non si del della dei come più sono questo questa ma o nel alla quale perché cosa mi ho anche ed al sta uomo suo sua loro dal dalla delle degli nelle sul sulla ha hanno mia mio',
  pt: 'o a os as um uma de que e em é por com para não se do da dos das no na como mais seu sua mas ou este esta são qual você eu ao foi pelo pela dois duas ter tem nas ela ele seus suas meu minha',
  nl: 'de het een en van is in op te dat niet met voor zijn ik je aan er hoe wat wie naar ook maar of als bij uit deze kan waarom worden twee dan hun haar zich wordt heeft hebben waren tot mijn',
  pl: 'i w na z do się jest nie to że jak co o dla od po czy jego przez ale oraz który która są ma być gdzie dlaczego sobie tego tym przy nad przed dwa dwie ze został',
  sv: 'och att det i en ett är som på för med av den till inte om har jag hur vad kan från de eller men var när varför',
  da: 'og at det i en et er som på for med af den til ikke om har jeg hvordan hvad kan fra de eller men når hvorfor',
  fi: 'ja on ei se että mitä miten kun tai ovat hän mutta kuin joka myös olla oli minä sinä kuinka miksi tämä',
  tr: 've bir bu için ne ile da de mi nasıl olarak çok gibi daha var değil kadar neden ben sen olan hangi',
  cs: 'a v na se je že to s do jak pro co z ale by nebo jsou který která jako není proč kde být za ve',
  ro: 'și de la în a este cu pe un o nu care din că pentru sau mai sunt ce cum după dacă fi această',
  id: 'yang dan di ke dari untuk dengan ini itu adalah tidak apa dalam bagaimana saya pada akan bisa atau oleh juga anda',
  vi: 'là của và có không cho các một được những với trong này như để về người tôi bạn gì thế nào',
};

const HINT_WORDS: Readonly<Record<Hint, string>> = {
  explain:
    'explain why how describe compare discuss analyze analyse evaluate summarize summarise difference differences meaning elaborate detail detailed thoroughly erkläre expliquer explique explica explicar',
  write:
    'write create generate compose draft essay story poem letter email article blog script plan outline brainstorm rewrite speech novel tweet headline slogan song schreibe écris escribe escreva scrivi',
  code: 'code function python javascript typescript java sql implement program class method algorithm bug debug regex html css api compile rust golang c++ bash shell query database json array string loop return stdin stdout output variable',
  reason:
    'prove solve calculate derive compute determine find probability maximum minimum puzzle logic deduce infer total remaining each every after before left many much exactly step steps sequence pattern grid rule rules permutation',
  short:
    'only yes no true false choose select classify option options answer correct following word label extract format sentence entailment sentiment category multiple choice',
  maths:
    'equation integral derivative triangle theorem polynomial matrix vector integer integers real prime modulo divisible angle radius circle square root logarithm sum product fraction percent percentage probability function limit converge eigenvalue group ring field isomorphic hypothesis variance mean algebra geometry remainder equals perpendicular sin cos tan log sqrt',
};

/** The hash of an empty word; `wordHash` of a letter and the hash so far makes the next. */
export const EMPTY_HASH = 0x811c9dc5;

/** FNV-1a, a UTF-16 unit at a time. */
export function wordHash(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

const FLAGS_BY_WORD = gatherFlags();
const HASHES = Int32Array.from(FLAGS_BY_WORD.keys(), hashOf);
const FLAGS = Int32Array.from(FLAGS_BY_WORD.values());
const SLOTS = buildSlots(HASHES.length, (index) => mix(HASHES[index] ?? 0));

/**
 * A bit for each language and hint that a lower-case word speaks for, found by its hash alone.
 *
 * No string is made; that a word of a client's has a listed word's 32-bit hash by accident is as
 * likely as one in four million, and would be one hint too many.
 */
export function flagsOf(hash: number): number {
  let slot = mix(hash) & (SLOTS.length - 1);
  for (;;) {
    const index = SLOTS[slot] ?? -1;
    if (index < 0) return 0;
    if (HASHES[index] === hash) return FLAGS[index] ?? 0;
    slot = (slot + 1) & (SLOTS.length - 1);
  }
}

function hashOf(word: string): number {
  let hash = EMPTY_HASH;
  for (let i = 0; i < word.length; i++) hash = wordHash(hash, word.charCodeAt(i));
  return hash;
}

function gatherFlags(): ReadonlyMap<string, number> {
  const flags = new Map<string, number>();
  const add = (words: string, bit: number): void => {
    for (const word of words.split(' ')) flags.set(word, (flags.get(word) ?? 0) | (1 << bit));
  };
  LATIN_LANGUAGES.forEach((language, bit) => {
    add(STOP_WORDS[language], bit);
  });
  HINTS.forEach((hint, index) => {
    add(HINT_WORDS[hint], FIRST_HINT_BIT + index);
  });
  return flags;
}
