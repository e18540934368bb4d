import { NEW_PROGRAM } from './material.js';
import type { Material } from './material.js';
import { isCodeLine } from './notation.js';

/** Characters of what is asked, at most: a longer one states a problem, and its code is a part of that. */
const MOST_ASKED = 600;
/** Characters of code, at least: a shorter one hardly tells. */
const SHORTEST_CODE = 60;
/** Code that no fence marks is looked at so far, in characters, and has so large a share of lines of code. */
const LOOKED_AT = 2000;
const LEAST_CODE = 0.6;
/** Below so many characters a turn asks for nothing by itself, and the system prompt says what to do with code. */
const SHORTEST_ASK = 24;

const FENCE = '```';
const DATA_LINE = /^\s*(?:"[^"]{0,100}"\s*:|"[^"]{0,100}",?$|[{}[\]]+,?$|-?[\d.]+,$)/;
const DIFF_HEADER = /^(?:diff --git |@@ -\d)/m;
const COMMENT_LINE = /^\s*(?:\/[/*]|\*\/)|^\s+\*(?: |$)/;
const LOG_LINE =
  /^(?:[[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[[(]?(?:debug|info|warn(?:ing)?|error|fatal|trace)\b[\]):| ]|\s+at \S+ ?\(|traceback \(|\s+file ")/i;

/** What is done with code that is there, by those who work on it. For texts in small letters, like the others. */
const WORK = new RegExp(
  [
    String.raw`\b(?:write|add|generate|create|need|cover)\b[^.?!\n]{0,60}\b(?:tests?|specs?|docs|docstrings?|comments?|types?|hints?|annotations?|logging|validation|error handling)\b`,
    String.raw`\b(?:unit|jest|pytest|integration) tests?\b`,
    String.raw`\b(?:refactor|clean (?:\w+ )?up|simplif|tidy|restructure|moderni[sz]|reformat|lint|rename|extract|inline|split)`,
    String.raw`\b(?:review|critique|feedback|improve|best practices?|code smells?|vulnerabilit|readab|maintainab|idiomatic|pull request|commit message|release notes|changelog)`,
    String.raw`\b(?:explain|describe|document|comment|walk (?:me )?through|summar|overview|understand|what (?:does|do|is|are) (?:this|these|the (?:code|function|class|script|query|regex|file|following|above))|how does)`,
    String.raw`\b(?:convert|translat|port|migrat|rewrit|transform|turn (?:this|it|the)\b)`,
    String.raw`\b(?:bugs?|fix(?:e[sd])?|debug|errors?|exceptions?|fail(?:s|ed|ing)?|broken|break|crash|throws?|warning|does(?:n['’]t| not) (?:work|compile|run)|not working|wrong|issues?|why (?:does|is|do|am|are)|what['’]s)\b`,
    String.raw`\b(?:optimi[sz]|faster|speed|performan|efficien|memory leak|root cause|diagnos|troubleshoot)`,
    String.raw`(?:^|[\n.:;] ?|\b(?:please|to|and|you|we|i|should|must) )(?:add|change|modify|update|extend|remove|replace|support|allow|handle|use|make|move|set|switch|include|delete)\b`,
    String.raw`\b(?:erklär|überarbeit|verbesser|fehler|refaktor|kommentier|optimier|dokumentier|umschreib|übersetz|ergänz|änder|teste?\b)`,
    String.raw`\b(?:expliqu|corrig|amélior|optimis|convert|comment|erreur|ajout|modifi|explica|mejora|añad|cambia|errores?|comenta|melhor|adicion|erro\b|spiega|miglior|aggiung|modifica|uitleg|verbeter|voeg|wyjaśni|popraw|dodaj|błąd|förklara|lägg till)`,
    'объясн|рефактор|исправ|ошибк|оптимиз|перепиш|добав|измени|тест|коммент',
    '解释|解釋|重构|重構|修复|修復|修改|优化|優化|注释|註解|测试|測試|改成|转换|轉換|错误|錯誤|审查|报错|添加|説明|リファクタ|修正|最適化|コメント|テスト|変換|エラー|レビュー|追加|설명|리팩|수정|최적화|주석|테스트|변환|오류|에러|추가',
  ].join('|'),
  'u',
);
/** What is asked of somebody who runs a program in the head, or who has yet to write it. */
const PROBLEM =
  /\bwhat (?:is|will|would|does|do|gets?|are)\b[^?]{0,80}\b(?:output|print|return|evaluate|value|result|exception)|\b(?:predict|give|provide|compute|determine)\b[^.?!]{0,40}\boutput|\b(?:output|outputs|printed|prints)\b[^.]{0,30}\?|\b(?:complete|finish|implement|fill in|solve|decode)\b|\bassert|\bexample 1\b|\binput:|\[asy\]|\\(?:frac|begin)/;
/** Work whose result is the code again, or as much of it. */
const GIVES_BACK =
  /\b(?:write|add|generate|create|need|cover)\b[^.?!\n]{0,60}\b(?:tests?|specs?|docs|docstrings?|comments?|types?|hints?|annotations?|logging|validation|error handling)\b|\b(?:refactor|clean (?:\w+ )?up|simplif|restructure|moderni[sz]|reformat|rename|convert|translat|port|migrat|rewrit|fix|optimi[sz]|faster|umschreib|refaktor|convertis|explicitement)|(?:^|[\n.:;] ?|\b(?:please|and|you) )(?:add|change|modify|update|extend|remove|replace|support|make)\b|重构|修复|优化|转换|リファクタ|修正|변환|수정/;

/**
 * Tells what is asked from the code that it is asked of: code to be tested, reviewed, explained, changed, or turned into another
 * language; data and logs as well, if something is said that is done with such.
 *
 * Code makes graded prompts hard, because there it is the problem: what does it return, what is to be written behind it? Such
 * prompts, and ones that state a problem at length, are none of these.
 *
 * @param turn - the user's
 * @param system - the beginning of the system prompt, which may say what to do with code
 * @returns `null` where no code is given, or nothing is asked of it
 */
export function readGivenCode(turn: string, system = ''): Material | null {
  const span = givenSpan(turn);
  if (span === null || span.end - span.start < SHORTEST_CODE) return null;
  const task = `${turn.slice(0, span.start).trim()}\n${turn.slice(span.end).trim()}`.trim();
  if (task.length > MOST_ASKED) return null;
  const asksNothing = task.length < SHORTEST_ASK;
  const asked = (asksNothing ? `${task}\n${system}` : task).toLowerCase();
  if (isProblem(asked)) return null;
  if ((asksNothing || !span.isCode) && !WORK.test(asked)) return null;
  return { task, chars: span.end - span.start, isGivenBack: GIVES_BACK.test(asked) };
}

function isProblem(asked: string): boolean {
  return PROBLEM.test(asked) || NEW_PROGRAM.test(asked);
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether it is nothing but code for certain: formulas and puzzles look alike. */
  readonly isCode: boolean;
}

function givenSpan(turn: string): Span | null {
  // Code has lines.
  if (!turn.includes('\n')) return null;
  return fencedSpan(turn) ?? diffSpan(turn) ?? plainSpan(turn);
}

/** From the first fence to behind the last. */
function fencedSpan(turn: string): Span | null {
  const start = turn.indexOf(FENCE);
  if (start < 0 || start > MOST_ASKED) return null;
  const last = turn.lastIndexOf(FENCE);
  const end = last > start ? last + FENCE.length : turn.length;
  const isCode = codeShare(turn.slice(start, Math.min(end, start + LOOKED_AT))) >= LEAST_CODE;
  return { start, end, isCode };
}

/** From the header of a difference between two versions to the end. */
function diffSpan(turn: string): Span | null {
  const start = turn.slice(0, MOST_ASKED).search(DIFF_HEADER);
  return start < 0 ? null : { start, end: turn.length, isCode: true };
}

/** From the first line of code to the last, if most lines between are such. */
function plainSpan(turn: string): Span | null {
  const start = firstGivenLine(turn);
  if (start < 0) return null;
  const end = behindLastGivenLine(turn);
  if (end <= start) return null;
  const share = codeShare(turn.slice(start, Math.min(end, start + LOOKED_AT)));
  return share < LEAST_CODE ? null : { start, end, isCode: false };
}

/** Where the first line of code begins; -1 for none where what is asked may end. */
function firstGivenLine(turn: string): number {
  let start = 0;
  while (start <= Math.min(MOST_ASKED, turn.length - 1)) {
    const found = turn.indexOf('\n', start);
    const end = found < 0 ? turn.length : found;
    if (isGivenLine(turn.slice(start, end))) return start;
    start = end + 1;
  }
  return -1;
}

function behindLastGivenLine(turn: string): number {
  let end = turn.length;
  while (end > Math.max(0, turn.length - MOST_ASKED)) {
    const start = turn.lastIndexOf('\n', end - 1) + 1;
    if (isGivenLine(turn.slice(start, end))) return end;
    end = start - 1;
  }
  return end;
}

/** Share of the characters in lines of code, 0 to 1. */
function codeShare(text: string): number {
  let code = 0;
  let all = 0;
  for (const line of text.split('\n')) {
    const { length } = line.trim();
    all += length;
    if (isGivenLine(line)) code += length;
  }
  return all === 0 ? 0 : code / all;
}

/** Whether a line is one of code, of data, of a log or of a stack trace. */
function isGivenLine(line: string): boolean {
  return isCodeLine(line) || COMMENT_LINE.test(line) || DATA_LINE.test(line) || LOG_LINE.test(line);
}
