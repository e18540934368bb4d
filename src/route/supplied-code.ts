import { NEW_PROGRAM } from './material.js';
import type { Material } from './material.js';
import { isCodeLine } from './notation.js';

/** Longest task, in characters: a longer one states a problem that the code is a part of. */
const MAX_TASK_CHARS = 600;
/** Shortest code, in characters. */
const MIN_CODE_CHARS = 60;
/** Characters of a code span that are sampled, and the least share of them in lines of code. */
const SAMPLE_CHARS = 2000;
const MIN_CODE_SHARE = 0.6;
/** A shorter task asks for nothing by itself: the system prompt has to say what to do with the code. */
const MIN_TASK_CHARS = 24;

const FENCE = '```';
const DATA_LINE = /^\s*(?:"[^"]{0,100}"\s*:|"[^"]{0,100}",?$|[{}[\]]+,?$|-?[\d.]+,$)/;
const DIFF_HEADER = /^(?:diff --git |@@ -\d)/m;
const COMMENT_LINE = /^\s*(?:\/[/*]|\*\/)|^\s+\*(?: |$)/;
const LOG_LINE =
  /^(?:[[(]?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|[[(]?(?:debug|info|warn(?:ing)?|error|fatal|trace)\b[\]):| ]|\s+at \S+ ?\(|traceback \(|\s+file ")/i;

/** Work on existing code. For lower-case texts, like the other patterns. */
const CODE_TASK = new RegExp(
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
/** Exercises: predicting the output of a program, or completing one. */
const EXERCISE =
  /\bwhat (?:is|will|would|does|do|gets?|are)\b[^?]{0,80}\b(?:output|print|return|evaluate|value|result|exception)|\b(?:predict|give|provide|compute|determine)\b[^.?!]{0,40}\boutput|\b(?:output|outputs|printed|prints)\b[^.]{0,30}\?|\b(?:complete|finish|implement|fill in|solve|decode)\b|\bassert|\bexample 1\b|\binput:|\[asy\]|\\(?:frac|begin)/;
/** Work whose result is about as long as the code. */
const REWRITES =
  /\b(?:write|add|generate|create|need|cover)\b[^.?!\n]{0,60}\b(?:tests?|specs?|docs|docstrings?|comments?|types?|hints?|annotations?|logging|validation|error handling)\b|\b(?:refactor|clean (?:\w+ )?up|simplif|restructure|moderni[sz]|reformat|rename|convert|translat|port|migrat|rewrit|fix|optimi[sz]|faster|umschreib|refaktor|convertis|explicitement)|(?:^|[\n.:;] ?|\b(?:please|and|you) )(?:add|change|modify|update|extend|remove|replace|support|make)\b|重构|修复|优化|转换|リファクタ|修正|변환|수정/;

/**
 * Separates the task of a turn from the code that it is about: code to be tested, reviewed, explained, changed or translated to
 * another language; also data and logs, if the task names such work.
 *
 * In graded prompts, code makes a prompt hard because it is the problem itself: what does it return, how does it continue? For such
 * prompts, and for ones that state a problem at length, the result is `null`.
 *
 * @param turn - a user turn
 * @param system - the beginning of the system prompt, which may say what to do with the code
 * @returns `null` if there is no code, or no task about it
 */
export function readSuppliedCode(turn: string, system = ''): Material | null {
  const span = codeSpan(turn);
  if (span === null || span.end - span.start < MIN_CODE_CHARS) return null;
  const task = `${turn.slice(0, span.start).trim()}\n${turn.slice(span.end).trim()}`.trim();
  if (task.length > MAX_TASK_CHARS) return null;
  const asksNothing = task.length < MIN_TASK_CHARS;
  const instruction = (asksNothing ? `${task}\n${system}` : task).toLowerCase();
  if (isExercise(instruction)) return null;
  if ((asksNothing || !span.isCode) && !CODE_TASK.test(instruction)) return null;
  return { task, chars: span.end - span.start, isRewritten: REWRITES.test(instruction) };
}

function isExercise(instruction: string): boolean {
  return EXERCISE.test(instruction) || NEW_PROGRAM.test(instruction);
}

interface Span {
  readonly start: number;
  readonly end: number;
  /** Whether it is certainly code: formulas and puzzles may look like code. */
  readonly isCode: boolean;
}

function codeSpan(turn: string): Span | null {
  // Code has several lines.
  if (!turn.includes('\n')) return null;
  return fencedSpan(turn) ?? diffSpan(turn) ?? plainSpan(turn);
}

/** From the first fence to the end of the last. */
function fencedSpan(turn: string): Span | null {
  const start = turn.indexOf(FENCE);
  if (start < 0 || start > MAX_TASK_CHARS) return null;
  const last = turn.lastIndexOf(FENCE);
  const end = last > start ? last + FENCE.length : turn.length;
  const isCode =
    codeShare(turn.slice(start, Math.min(end, start + SAMPLE_CHARS))) >= MIN_CODE_SHARE;
  return { start, end, isCode };
}

/** From the header of a diff to the end. */
function diffSpan(turn: string): Span | null {
  const start = turn.slice(0, MAX_TASK_CHARS).search(DIFF_HEADER);
  return start < 0 ? null : { start, end: turn.length, isCode: true };
}

/** From the first line of code to the last, if most text between them is code. */
function plainSpan(turn: string): Span | null {
  const start = firstCodeLine(turn);
  if (start < 0) return null;
  const end = lastCodeLineEnd(turn);
  if (end <= start) return null;
  const share = codeShare(turn.slice(start, Math.min(end, start + SAMPLE_CHARS)));
  return share < MIN_CODE_SHARE ? null : { start, end, isCode: false };
}

/** Start of the first line of code within the longest task; -1 for none. */
function firstCodeLine(turn: string): number {
  let start = 0;
  while (start <= Math.min(MAX_TASK_CHARS, turn.length - 1)) {
    const found = turn.indexOf('\n', start);
    const end = found < 0 ? turn.length : found;
    if (isCodeLike(turn.slice(start, end))) return start;
    start = end + 1;
  }
  return -1;
}

function lastCodeLineEnd(turn: string): number {
  let end = turn.length;
  while (end > Math.max(0, turn.length - MAX_TASK_CHARS)) {
    const start = turn.lastIndexOf('\n', end - 1) + 1;
    if (isCodeLike(turn.slice(start, end))) return end;
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
    if (isCodeLike(line)) code += length;
  }
  return all === 0 ? 0 : code / all;
}

/** Whether a line is code, data, or part of a log or a stack trace. */
function isCodeLike(line: string): boolean {
  return isCodeLine(line) || COMMENT_LINE.test(line) || DATA_LINE.test(line) || LOG_LINE.test(line);
}
