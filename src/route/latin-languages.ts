/** What identifies a language of Latin script. */
interface Marks {
  /** Its most common words. Of single ASCII letters only `a`: the others are variables more often. */
  readonly words: string;
  /** Letters and signs that English does not have. */
  readonly letters?: string;
}

const MARKS = {
  en: {
    words:
      'the a an of and to in is are was were for on with that this it as be by from or what how which who when where why can do does did if you my your not have has had will would should could there their they he she we me his her its but about into than then some any all give tell please make let am been being at so these those no man men over under door son war die hat plus comment may per non us up one two here only also most after before between both during each other because very just like hi im pro pre min met till',
  },
  de: {
    words:
      'in der die das und ist nicht ein eine einen dem den des mit für auf zu von im wie was ich sie er wir du es kann wird sind auch oder aber bei nach wenn warum mir dass bitte aus einer einem eines vor über um zum zur mein meine meiner kein keine haben werden wurde ihr ihre nur noch dann gibt zwei drei durch gegen unter an als sich wo wer welche welcher welches wann mehr sein seine hatte diese dieser dieses viele wieviel man am war so hat',
    letters: 'äöüß',
  },
  fr: {
    words:
      'le la les un une des du et est de que qui dans pour pas sur avec ce cette je tu il vous nous en au aux par ou où mais quel quelle quels quelles pourquoi sont être deux sa ses leur leurs ont été fait entre sous sans très moi mes elle ils elles mon ma qu se si comme peux ton ta tes donne cet ces quand combien plus comment son',
    letters: 'éèêëàâçîïôûùœ',
  },
  es: {
    words:
      'a el la los las un una de que en es por con para se del al lo como más su qué cuál cómo pero esta este son mi yo está fue muy dos sus desde hasta entre sobre también hay tiene ser ella nos cada quién cuándo dónde cuántos cuántas te le les si sin unos unas ha han era puedo puede no me',
    letters: 'áéíóúñ¿¡ü',
  },
  it: {
    words:
      'a il lo la gli le un una di che in si del della dei come più sono questo questa ma nel alla quale perché cosa mi ho anche ed al sta uomo suo sua loro dal dalla delle degli nelle nella nello sul sulla ha hanno mia mio con da se su uno dove quando quanto quanti quali essere è tra fra era agli alle dell all nell sull quest qual per non',
    letters: 'àèéìòù',
  },
  pt: {
    words:
      'a os as um uma de que em por com para não se da dos das na nos nas como mais seu sua mas ou este esta são qual quais você ao aos foi pelo pela dois duas ter tem ela ele seus suas meu minha está isso quem quando onde quanto quantos muito já também entre até ser do no me',
    letters: 'áâãàçéêíóôõú',
  },
  nl: {
    words:
      'de het een en van in is op te dat niet met voor zijn ik je aan er hoe wat wie naar ook maar of als bij uit deze dit die kan waarom worden wordt twee dan hun haar zich heeft hebben waren tot mijn om welke waar wanneer hoeveel veel geen nog meer hij zij wij ze jou mij door over we me was',
    letters: 'ëï',
  },
  pl: {
    words:
      'a na się jest nie że jak co dla od po czy jego przez ale oraz który która które są ma być gdzie dlaczego sobie tego tym przy nad przed dwa dwie ze został ta te jaki jaka jakie kiedy kto ile mi mnie jej ich lub za pod bez może można tylko już tak więc był była było to do',
    letters: 'ąćęłńóśźż',
  },
  sv: {
    words:
      'och att det en ett är som på för med av den till inte om har jag hur vad kan från de eller var när varför vi du sig mig han hon sin sina vilken vilket vilka vem där här ska också efter över mellan två hade blev blir mitt min men man under',
    letters: 'åäö',
  },
  da: {
    words:
      'og at det en et er som på for med af den til ikke om har jeg hvordan hvad kan fra de eller når hvorfor vi du sig mig han hun sin hvilken hvilket hvilke hvem hvor der skal også efter mellem havde blev bliver mit min være noget men man over to',
    letters: 'åæø',
  },
  no: {
    words:
      'og at det en et er som på for med av den til ikke om har jeg hvordan hva kan fra de eller når hvorfor vi du seg meg han hun sin hvilken hvilket hvilke hvem hvor der skal også etter mellom hadde ble blir mitt min være noe ei dette disse men man over to',
    letters: 'åæø',
  },
  fi: {
    words:
      'ja on ei se että mitä miten kun tai ovat hän mutta kuin joka jotka myös olla oli minä sinä kuinka miksi tämä mikä kuka missä milloin ne sen sitä ole voi jos vain niin kanssa kaksi minulle ovatko onko paljonko',
    letters: 'äö',
  },
  tr: {
    words:
      've bir bu için ne ile da de mi mı nasıl olarak çok gibi daha var değil kadar neden ben sen olan hangi nedir kim kaç nerede zaman mü ya veya en iki sonra önce bana tarafından ki olduğunu yer göre şu ise',
    letters: 'çğıİöşü',
  },
  cs: {
    words:
      'a na se je že jak pro co ale by nebo jsou který která které jako není proč kde být za ve ze od po při tak jeho její jsem jaký jaká jaké kdy kdo kolik mi mě bylo byl byla pod nad před mezi aby však již také si to do',
    letters: 'áčďéěíňóřšťúůýž',
  },
  sk: {
    words:
      'a na sa je že ako pre čo ale by alebo sú ktorý ktorá ktoré nie prečo kde byť za vo zo od po pri tak jeho jej som aký aká aké kedy kto koľko mi ma bolo bol bola pod nad pred medzi aby však už tiež si to do',
    letters: 'áäčďéíĺľňóôŕšťúýž',
  },
  hr: {
    words:
      'na se je da kako za što ali bi ili su koji koja koje nije zašto gdje biti od po pri tako njegov njezin sam kakav kada tko koliko mi bilo bio bila pod nad pred između li ne iz sa kao samo više ima šta gde to do ova ovo ovaj ove svi sve te',
    letters: 'čćđšž',
  },
  ro: {
    words:
      'a și de la în este cu pe un din că pentru sau mai sunt ce cum după dacă fi această acest unei unui al ale lui ei îi se sa să prin cine când unde cât câte câți mea meu îmi au fost ca între către lor nu',
    letters: 'ăâîșțşţ',
  },
  hu: {
    words:
      'a az és hogy nem egy ez mi de van meg ha csak mint már volt vagy kell ki azt mit milyen miért hogyan hol mikor melyik mennyi hány lehet ezt el még nagyon akkor aki ami amely minden között után én te ők le fel be írj egyik sem is',
    letters: 'áéíóöőúüű',
  },
  ca: {
    words:
      'a el la els les un una de que en és amb es del dels al als com més seu seva què quin quina però aquest aquesta són mi jo està va molt dos des fins entre sobre també hi ha té ser ella nos cada qui quan on quants quantes em et si sense uns unes puc pot perquè li ho per',
    letters: 'àçèéíïòóúü',
  },
  id: {
    words:
      'yang dan di ke dari untuk dengan ini itu adalah tidak apa dalam bagaimana saya pada akan bisa atau oleh juga anda sebagai ada berapa siapa kapan mana mengapa kenapa dapat telah sudah lebih satu dua kami kita mereka dia jika karena tersebut para orang seorang sebuah tampilkan tentang secara',
  },
  vi: {
    words:
      'là của và có không cho các một được những với trong này như để về người tôi bạn gì thế nào khi đã từ ở ra vào đến hay hoặc nhưng bao nhiêu đâu đó sẽ bị nó',
    letters: 'ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ',
  },
  tl: {
    words:
      'ang ng sa na mga ay ako ko mo ka siya ito iyon hindi kung paano ano bakit sino saan kailan para ni kay nang lang din rin wala isang po ba niya nila natin kami tayo',
  },
  sw: {
    words:
      'ya wa na kwa ni katika za la cha vya hii hiyo huu kuwa gani nini vipi jinsi kama au lakini yake yangu wangu watu mimi wewe yeye sisi si kila bila sana pia ambayo ambao nani lini wapi',
  },
} as const satisfies Readonly<Record<string, Marks>>;

type LatinLanguage = keyof typeof MARKS;

/** Languages that are told apart by their most common words and their letters; in the order of the votes. */
export const LATIN_LANGUAGES = Object.keys(MARKS) as readonly LatinLanguage[];

/** The most common words of a language, in lower case. */
export function commonWords(language: LatinLanguage): readonly string[] {
  return [...new Set(MARKS[language].words.split(' '))];
}

/** Letters of a language that English does not have, in lower and upper case. */
export function distinctiveLetters(language: LatinLanguage): readonly string[] {
  const { letters = '' }: Marks = MARKS[language];
  return [...new Set(letters + letters.toUpperCase())];
}

/** Weights of a word or letter that a language shares with 0, 1, 2 … others: the fewer, the higher. */
export const MAX_VOTE = 6;
export const MIN_VOTE = 2;
const VOTES = [MAX_VOTE, 4, 3];

/**
 * Adds a vote for each language whose bit is set in `languages`.
 *
 * @param votes - in `LATIN_LANGUAGES` order
 */
export function addVotes(votes: Uint16Array, languages: number): void {
  let others = -1;
  for (let rest = languages; rest !== 0; rest &= rest - 1) others += 1;
  const weight = VOTES[others] ?? MIN_VOTE;
  for (let rest = languages; rest !== 0; rest &= rest - 1) {
    const bit = 31 - Math.clz32(rest & -rest);
    votes[bit] = (votes[bit] ?? 0) + weight;
  }
}
