/** A long text or code in a turn that is to be worked on, such as an article to summarise. */
export interface Material {
  /** The task without the material; empty if only the system prompt states it. */
  readonly task: string;
  readonly chars: number;
  /** Whether the answer is a rewritten or translated version of the whole. */
  readonly isRewritten: boolean;
}

/** Shorter turns, and turns with shorter material, have no material; in characters. */
const MIN_TURN_CHARS = 800;
const MIN_MATERIAL_CHARS = 500;
/** Characters that are searched at the beginning and at the end of a turn, where instructions usually are. */
const SCAN_CHARS = 500;

/** Characters by which an instruction may continue after its first sentence. */
const MORE_CHARS = 200;

/** Work that is only done on texts, so the text need not be mentioned. For lower-case texts, like all patterns here. */
const TEXT_TASK =
  /\b(?:summar(?:y\b|ies\b|i[sz])|tl;?dr\b|translat(?:e|ion)\b|proofread|paraphras|rephras|rewrit|reword|in a nutshell|sum (?:it |this |that )?up|recap\b|key (?:points|takeaways|facts|findings)|takeaways|main (?:points?|ideas?)|action items|(?:condense|shorten) (?:this|the|it)\b|(?:grammar|spelling|typos)\b|zusammenfass|fasse?[ .!]|übersetz|korrigier|umformulier|rechtschreib|résum|tradu[icz]|corrig|reformul|resum[aei]|reescrib|riassu[mn]|samenvat|vertaal|herschrijf|streszcz|przetłumacz|sammanfatt|sammendrag|oppsummer|opsummer|oversett|oversæt|ringkas|terjemah|tóm tắt)|übersetz|översätt|özetle|çevir|सारांश|अनुवाद|لخص|ترجم|переклад|dịch sang|кратк|перевед|перескаж|исправ|резюм|总结|概括|摘要|翻译|翻譯|改写|润色|要約|翻訳|校正|요약|번역|교정/;
/** Such work with an answer as long as the text. */
const REWRITES =
  /\b(?:translat(?:e|ion)\b|proofread|rewrit|reword|rephras|paraphras|(?:correct|fix|check|improve) (?:[a-z]+ ){0,4}(?:grammar|spelling|typos)|korrigier|umformulier|tradu[icz]|corrig|reformul|reescrib|vertaal|herschrijf|przetłumacz|oversett|oversæt|terjemah)|übersetz|översätt|çevir|अनुवाद|ترجم|переклад|dịch sang|перевед|исправ|翻译|翻譯|改写|润色|翻訳|校正|번역|교정/;

const TEXTS =
  '(?:text|passage|article|document|context|paragraph|excerpt|transcript|dialog(?:ue)?|conversation|chat|thread|e-?mail|letter|report|paper|essay|plot|review|post|(?:web ?)?page|news|memo|notes|contract|agreement|policy|licen[cs]e|documentation|docs|readme|manual|background|information|source|search result|chapter|speech|interview|comment|changelog|release notes)s?';
/** Mentions of a text that the task is about. */
const OF_TEXT = new RegExp(
  `\\b(?:following|above|below|attached|provided|given|this|these|retrieved|supplied)[^a-z\\n]+(?:[a-z]+[ -]){0,2}?${TEXTS}\\b` +
    `|\\b${TEXTS} (?:above|below|provided|attached|that follows|online)\\b` +
    `|\\b(?:based|according|relying|only) (?:on|to) (?:the |this |these )?${TEXTS}\\b` +
    `|(?:^|[\\n.?!]["”]? ?)[#*<]{0,3}${TEXTS}(?:\\*{0,2}:|>)` +
    '|\\b(?:from|of|for|about|with|on|into) (?:this|these|that):\\s*\\n' +
    '|folgende[nrs]? (?:text|artikel|kontext|dokument|bericht|vertrag|e-?mail)|(?:texte|article|document|contexte|passage) (?:suivant|ci-dessous)|siguiente (?:texto|artículo|documento|contexto)|(?:seguente|questo) (?:testo|articolo|documento)|(?:seguinte|este) (?:texto|artigo|documento)|(?:根据|阅读)(?:以下|下面|上述|上文)|(?:以下|次)の(?:文章|文書|テキスト|記事)|다음 (?:글|문서|텍스트|기사)|следующ[а-я]+ (?:текст|стать|документ)' +
    // Phrases of templates for retrieval-augmented generation.
    '|(?:gegebene|bereitgestellte|obige)[nrs]? (?:text|kontext|dokument)|(?:contexte|texte|document)s? (?:fourni|ci-dessus)|(?:contexto|texto|documento)s? (?:proporcionad|fornecid)|(?:contesto|testo|documento) (?:fornito|seguente)|seguente contesto|(?:使用|基于|结合)(?:以下|下面|上述|提供的)|(?:以下|次)の(?:コンテキスト|文脈|情報)|다음 (?:컨텍스트|문맥|정보)|следующ[а-я]+ контекст' +
    '|(?:^|\\n)[#*<]{0,3}(?:kontext|contexte|contexto|contesto|контекст|上下文|コンテキスト|文脈|컨텍스트|문맥)(?:\\*{0,2} ?[:：]|>)',
);
/** Code that is to be explained, not written or run. */
const OF_CODE =
  /\b(?:explain|describe|document|comment|walk me through|overview of|what (?:does|do|is|are)|erkläre?)\b[^.?!\n]{0,60}\b(?:code|function|file|class|script|snippet|module|component|method|program|quer(?:y|ies)|config(?:uration)?)\b/;

/** A program that is to be written: its specification determines the difficulty. */
export const NEW_PROGRAM =
  /\b(?:implement|write|build|create|develop) (?:(?!(?:about|for|from|in|of|on|to|with) )[\w'+#-]+ ){0,4}(?:function|class|parser|compiler|program|script|code (?:that|which|to|for|in)|api|endpoint|component|method|algorithm|module|query)\b/;
/** Code that is to be changed or translated. */
const CHANGED_CODE =
  /\b(?:rewrit|translat|convert|port|correct|fix|reformul|umformulier|tradu[icz])[^.?!\n]{0,60}\b(?:code|function|class|script|program|component|method|module|query|sql|python|java|javascript|typescript|rust|go|golang|kotlin|swift|php|ruby|c\+\+|c#)(?![\w+#])/;

/** Ends of a text: what follows is the task, whatever its words. */
const TEXT_ENDS = [
  new RegExp(`</[a-z_-]*(?:${TEXTS}|content|data|files?|chunks?|knowledge|results?)[a-z_-]*>`, 'g'),
  /\n(?:```|"""|'''|-{3,}|={3,})[ ]*(?=\n)/g,
];
/** Starts of a question without a question mark, and of a last line with an instruction. */
const TASK_STARTS = [
  /(?:^|\n)[#*<]{0,3} ?(?:the )?(?:user(?:['’]s)?[ _])?(?:question|query|request|task|instructions?|frage|aufgabe|pregunta|pergunta|domanda|vraag|pytanie|вопрос|问题|問題|質問|질문)(?:\*{0,2} ?[:：]|>)/g,
  /\n(?:(?:please|now|then|bitte|por favor) )?(?:list|write|explain|describe|give|tell|show|find|extract|identify|classify|compare|name|answer|create|generate|make|build|implement|develop|return|output|nenne|liste|schreibe?|erkläre?|donne|écris|explique|enumera|escribe|elenca|scrivi|напиши|назови|перечисли|объясни) [^\n]*\s*$/g,
];

/** Shares of digits and symbols above which a text is a problem to work out, not prose: tables, grids, programs. */
const MAX_DIGIT_SHARE = 0.08;
const MAX_SYMBOL_SHARE = 0.08;

/** A turn that ends like this ends with the task. */
const ENDS_OPEN = /[?:？：]\s*$/u;
/** Ends of a sentence, a line or an introduction. */
const SENTENCE_END = /[.?!:](?=\s)|[。？！：]|\n/gu;

/**
 * Separates the task of a turn from its material: an article to be summarised or translated, a context to answer from, code to be
 * explained.
 *
 * The length and notation of a problem indicate its difficulty; those of material hardly do. Nothing counts as material unless the
 * turn or the system prompt mentions a text, or work that is only done on texts.
 *
 * @param turn - the newest user turn; time does not depend on its length
 * @param system - the beginning of the system prompt
 * @returns `null` if the turn is short, or all of it may be the task
 */
export function readMaterial(turn: string, system = ''): Material | null {
  if (turn.length < MIN_TURN_CHARS) return null;
  const head = turn.slice(0, SCAN_CHARS).toLowerCase();
  const tail = turn.slice(-SCAN_CHARS).toLowerCase();
  const opening = instructionEnd(head);
  const instructionAt = instructionStart(tail);
  const before = head.slice(0, opening);
  const instruction = `${before}\n${tail.slice(instructionAt)}\n${system.toLowerCase()}`;
  const isWork = TEXT_TASK.test(instruction) || OF_CODE.test(instruction);
  if (!isWork && !OF_TEXT.test(instruction)) return null;
  const start = Math.min(instructionAt, markedStart(tail));
  const task = `${before}\n${tail.slice(start)}`;
  if (NEW_PROGRAM.test(task)) return null;
  const closing = turn.length - (tail.length - start);
  const material = turn.slice(opening, closing).trim();
  if (material.length < MIN_MATERIAL_CHARS) return null;
  if ((!isWork || CHANGED_CODE.test(task)) && !isProse(material)) return null;
  return {
    task: `${turn.slice(0, opening).trim()}\n${turn.slice(closing).trim()}`.trim(),
    chars: material.length,
    // An instruction at the beginning takes precedence: what is at the end may belong to the text.
    isRewritten: REWRITES.test(opening > 0 ? `${before}\n${system.toLowerCase()}` : instruction),
  };
}

/** End of the instruction at the beginning of a turn; 0 if there is none. */
function instructionEnd(head: string): number {
  const cue = firstCue(head);
  if (cue < 0) return 0;
  SENTENCE_END.lastIndex = cue;
  const found = SENTENCE_END.exec(head);
  const end = found === null ? cue : found.index + 1;
  // The text up to the next blank line may belong to it.
  const blank = head.indexOf('\n\n', end);
  return blank >= 0 && blank - end <= MORE_CHARS ? blank : end;
}

/** Start of the instruction at the end of a turn; the length of `tail` if there is none. */
function instructionStart(tail: string): number {
  const cue = firstCue(tail);
  const asksLast = ENDS_OPEN.test(tail);
  if (cue < 0 && !asksLast) return tail.length;
  // The question itself: choices and `Answer:` may follow it.
  const question = asksLast ? Math.max(tail.lastIndexOf('?'), tail.lastIndexOf('？')) : -1;
  const behind = Math.min(...[cue, question].filter((at) => at >= 0), tail.trimEnd().length - 1);
  let start = 0;
  for (const { index } of tail.matchAll(SENTENCE_END)) {
    if (index + 1 < behind) start = index + 1;
  }
  return start;
}

/** Start of an instruction by a marker other than a question mark; the length of `tail` if there is none. */
function markedStart(tail: string): number {
  const marked = TEXT_ENDS.map((pattern) => {
    const last = [...tail.matchAll(pattern)].at(-1);
    return last === undefined ? tail.length : last.index + last[0].length;
  });
  const taskStarts = TASK_STARTS.map(
    (pattern) => [...tail.matchAll(pattern)].at(-1)?.index ?? tail.length,
  );
  // Questions are found by their question mark.
  const question = Math.max(tail.lastIndexOf('?'), tail.lastIndexOf('？'));
  const starts = [...marked, ...taskStarts].filter((at) => at > question);
  return Math.min(tail.length, ...starts.filter((at) => tail.slice(at).trim() !== ''));
}

/** End of the first words that indicate an instruction; -1 for none. */
function firstCue(text: string): number {
  let first = -1;
  for (const pattern of [TEXT_TASK, OF_TEXT, OF_CODE]) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const end = found.index + found[0].length;
    if (first < 0 || end < first) first = end;
  }
  return first;
}

function isProse(material: string): boolean {
  const sample = material.slice(0, 2000);
  const digits = sample.match(/\d/g)?.length ?? 0;
  const symbols = sample.match(/[{}[\]()<>=+*/\\|^~_$#@;]/g)?.length ?? 0;
  return digits < MAX_DIGIT_SHARE * sample.length && symbols < MAX_SYMBOL_SHARE * sample.length;
}
