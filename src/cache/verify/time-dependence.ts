/** Words after which yesterday's answer may be wrong today. */
const TIMELY =
  /\b(?:today|tonight|tomorrow|yesterday|now|currently|current|latest|newest|recent|recently|nowadays|upcoming|weather|forecast|news|heute|morgen|gestern|jetzt|aktuell|neueste|aujourd.?hui|maintenant|derzeit|momentan|dies(?:e|er|es) (?:woche|jahr)|actuellement|en ce moment|demain|ce soir|cette semaine|hoy|ahora|ayer|actualmente|en este momento|esta (?:semana|noche)|last night|at present|as we speak|in the (?:last|past) \d+ (?:hours?|days?)|hoje|agora|oggi|adesso|vandaag|(?:this|next|last|past) (?:week|month|year|quarter|weekend|season|hour|minute)|this (?:morning|afternoon|evening)|(?:at|as of) (?:the|this) moment|these days|as of (?:this|right)|so far (?:this|in \d{4})|how (?:long|many \p{L}+)(?: is it| are there| left)* (?:until|till)|until (?:new year|christmas|easter|halloween|thanksgiving)|since (?:mon|tues|wednes|thurs|fri|satur|sun)day)(?![\p{L}\p{N}])/iu;

/** Such words in scripts in which `\b` does not work. */
const TIMELY_ELSEWHERE =
  /сегодня|сейчас|завтра|вчера|今日|今天|现在|明日|明天|昨天|昨日|오늘|지금|اليوم|आज/u;
/** Whole questions about the current state of something. */
const STATE_OF_THINGS =
  /^(?:what(?: is|'s) the (?:time|date)|what(?: is|'s)? (?:the )?(?:time|day|date) is it|what day is (?:it|today)|is \S+(?: \S+){0,3} (?:down|offline|open))(?: (?:in|for|at) \S+(?: \S+){0,2})?\W*$/iu;

/** The same words in phrases that do not depend on the day: the state of a program, electricity, kinds of text. */
const TIMELESS =
  /\b(?:(?:current|latest|newest|recent) (?:working )?(?:directory|folder|path|branch|commit|user|row|line|element|index|page|url|window|process|thread|session|tab|cell|cursor|scope|context|state)s?|(?:electric(?:al)?|alternating|direct|eddy|ocean|constant) current|current (?:in|of|through|flow\p{L}*|density|divider|source|law)|current(?=[?.!,]|$)|current (?=(?:and|or) (?!former|past|previous|future|new|next|recent|upcoming|projected|expected))|(?:fake|big|good|bad|great|sad) news|news (?:article|anchor|report|story|stories|room)s?|now (?:that|and then)|(?:what|do) now|from now on|\d+ \p{L}+ from now|\p{L}+\.now|(?:i|we)(?: am| are| was| were| have| had| would| will)? (?:now|currently)|(?:my|our|your|his|her|their) current|(?:cold|hot|warm|wet|dry|bad|good|nice|fine|freezing|humid|rainy|stormy|windy|severe|extreme|inclement|sunny) weather|(?:when|if|because|as|while) (?:the )?weather (?:is|gets|turns|becomes)|(?:newest|latest|most recent) (?:first|last|ones?|to oldest)|(?:with|by) the (?:latest|newest|most recent)|at the latest)\b/giu;

/** How to get the current date in a program does not depend on the day. */
const HOW_TO =
  /^how\b.*\b(?:current|today's|this|last|next) (?:date|time|timestamp|day|week|month|year)\b/iu;

const QUOTED = /"[^"]*"|`[^`]*`|(?<![\p{L}\p{N}])'(?:[^'\n]|'(?=\p{L})){8,}?'(?![\p{L}\p{N}])/gu;
/** The end of a sentence, or of a statement before a question: `she turns four tomorrow, which bike`. */
const SENTENCE_END =
  /(?<=[.!?])\s+|(?:[,;:]| -) (?=(?:so |and |but )?(?:which|what|how|who|where|why|can|could|should|would|do|does|is|are|may|please|any)\b)/u;
/** Beginnings of statements, unless they are requests (`I need`). */
const TELLS =
  /^(?:i|we|he|she|it|they|you|my|our|his|her|their|the|this|there|a|an|yesterday|today)\b(?! (?:need|want|wish|would like|am looking|are looking|'d like)\b)/iu;

/** A request to write something. */
const WRITES = /^(?:write|draft|compose)\b/iu;
/** A request to edit a text that it contains. */
const WORKS_ON =
  /^(?:rewrite|rephrase|reword|translate|proofread|correct|fix|shorten|summari[sz]e|paraphrase|polish|condense|sort|classify|turn|change|put)\b.*(?::|\bthe following\b|\bbelow\b)/iu;
/** Facts of the day, which a request does not contain. */
const ABOUT_THE_DAY =
  /\b(?:weather|forecast|news|headlines|current|currently|latest|newest|recent|recently|nowadays|upcoming|prices?|scores?|results?)\b|\b(?:about|of|on|regarding|what|who|how|why)(?: \S+){0,4} (?:today|yesterday|tonight|last|this)\b/iu;

/** A request to write or edit a text whose content is in the request, so that it does not depend on the day. */
const isSelfContained = (sentence: string): boolean =>
  (WRITES.test(sentence) || WORKS_ON.test(sentence)) && !ABOUT_THE_DAY.test(sentence);

/**
 * Whether the right answer depends on when it is given. Quotes do not count, nor do statements before the
 * question: `I moved yesterday. How do I paint a wall?`
 *
 * @param plain - the plain form of a question
 */
export function isTimeDependent(plain: string): boolean {
  if (TIMELY_ELSEWHERE.test(plain)) return true;
  if (!TIMELY.test(plain) && !STATE_OF_THINGS.test(plain)) return false;
  const sentences = plain.replaceAll(QUOTED, ' ').split(SENTENCE_END);
  return sentences.some((sentence, i) => {
    // A statement counts only if no sentence follows it.
    const isStatement = sentences.length > 1 && !/\?\W*$/u.test(sentence) && TELLS.test(sentence);
    if (isStatement && i + 1 < sentences.length) return false;
    if (isSelfContained(sentence)) return false;
    if (STATE_OF_THINGS.test(sentence)) return true;
    return TIMELY.test(sentence.replaceAll(TIMELESS, ' ')) && !HOW_TO.test(sentence);
  });
}
