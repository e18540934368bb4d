import type { Conversation, Message } from '../core/conversation.js';
import { boundedLength, firstRequestedLength, type RequestedLength } from './requested-length.js';
import { MAX_TURN_CHARS, stripBoilerplate } from './boilerplate.js';
import { readSuppliedCode } from './supplied-code.js';
import { readMaterial } from './material.js';
import { estimateTextTokens } from './token-estimate.js';

/** Characters of the demand's text. */
const MAX_DEMAND_CHARS = 4000;
/** Of these, characters reserved for earlier turns and the system prompt, if there are any. */
const CONTEXT_CHARS = 800;
const EARLIER_TURN_CHARS = 400;
const SYSTEM_CHARS = 240;
/** A shorter turn is not understood without the ones before it. */
const SELF_CONTAINED_CHARS = 40;
/** A shorter task does not say what to do with the material, so the system prompt is added to it. */
const MIN_TASK_CHARS = 24;
/** Length of a translated or corrected text, relative to the original. */
const REWRITTEN_LENGTH = { least: 0.6, most: 1.8 };
/** User messages that are read: a client may send a hundred thousand empty ones. */
const MAX_TURNS_READ = 24;

/** The current task of a conversation, and counts of everything else in it. */
export interface Demand {
  /** Earlier user turns, the newest one, then the start of the system prompt; about 4,000 characters at most. */
  readonly text: string;
  /** `text` without material (a text or code to be worked on). */
  readonly task: string;
  /** Length of the answer as requested by the newest user turn or else by the system prompt, or as the task implies; `null` if unknown. */
  readonly askedLength: RequestedLength | null;
  /** Characters of the material, a text or code to be worked on (`material.ts`, `supplied-code.ts`); 0 for none. */
  readonly materialChars: number;
  /** Characters of the newest user turn without boilerplate and material; of the whole turn if it is too long to strip. */
  readonly taskChars: number;
  /** User messages that carry text or media. */
  readonly turns: number;
  readonly systemChars: number;
  readonly toolResultChars: number;
  readonly toolCalls: number;
  readonly toolResults: number;
  /** Characters of user and assistant messages before the newest user turn and after it. */
  readonly contextChars: number;
  readonly images: number;
  readonly audios: number;
  readonly files: number;
}

/**
 * Extracts the current task of a conversation.
 *
 * The newest turn gets most of the space and earlier ones little: "and in Rust?" means nothing without the
 * turn before it, but a long history must not outweigh the question. Tool results and harness boilerplate
 * are left out. Time is linear in the number of parts, whatever their size.
 */
export function readDemand(conversation: Conversation): Demand {
  const counts = countParts(conversation);
  const turns = readTurns(conversation, counts);
  const system = systemStart(conversation, Math.min(SYSTEM_CHARS, turns.room));
  const { text, task, askedLength, taskChars, materialChars } = readTask(turns, system);
  return {
    text,
    task,
    askedLength,
    taskChars,
    materialChars,
    turns: counts.turns,
    systemChars: counts.systemChars,
    toolResultChars: counts.toolResultChars,
    toolCalls: counts.toolCalls,
    toolResults: counts.toolResults,
    contextChars: counts.contextChars,
    images: counts.images,
    audios: counts.audios,
    files: counts.files,
  };
}

type TaskParts = Pick<Demand, 'text' | 'task' | 'askedLength' | 'taskChars' | 'materialChars'>;

function readTask({ earlier, newest, whole, chars }: Turns, system: string): TaskParts {
  const text = joinText([...earlier.map((turn) => turn.text), newest, system]);
  const before = earlier.map((turn) => turn.task);
  const material = readSuppliedCode(whole, system) ?? readMaterial(whole, system);
  if (material === null) {
    const askedLength = firstRequestedLength([newest, system]);
    const task = taskOf(newest, before, newest === '' ? system : '');
    return { text, task, askedLength, taskChars: chars, materialChars: 0 };
  }
  const { task, isRewritten } = material;
  const materialChars = chars - whole.length + material.chars;
  const rewrittenLength = isRewritten ? rewrittenLengthOf(materialChars, whole) : null;
  return {
    text,
    task: taskOf(task, before, task.length < MIN_TASK_CHARS ? system : ''),
    askedLength: firstRequestedLength([task, system]) ?? rewrittenLength,
    taskChars: task.length,
    materialChars,
  };
}

/**
 * The text of the task itself. Earlier turns are added only while the newest ones are too short, and the system prompt only
 * if it alone says what to do: a persona or a long history does not make a question hard.
 */
function taskOf(newest: string, earlier: readonly string[], system: string): string {
  const pieces = [newest];
  let chars = newest.length;
  for (let i = earlier.length - 1; i >= 0 && chars < SELF_CONTAINED_CHARS; i--) {
    const turn = earlier[i] ?? '';
    pieces.unshift(turn);
    chars += turn.length;
  }
  return joinText([...pieces, system]);
}

/** The part of an earlier turn that is read. */
interface EarlierTurn {
  readonly text: string;
  /** The same without code to be worked on. */
  readonly task: string;
}

function readEarlierTask(turn: string, kept: string): string {
  const task = readSuppliedCode(turn)?.task;
  return task === undefined ? kept : headAndTail(task, EARLIER_TURN_CHARS);
}

/** The user turns, as far as they are read. */
interface Turns {
  /** The beginnings and ends of earlier turns, oldest first. */
  readonly earlier: readonly EarlierTurn[];
  /** The newest turn, cut to size. */
  readonly newest: string;
  /** The newest turn before it is cut to size, as `stripBoilerplate` returned it. */
  readonly whole: string;
  /** Characters of the newest turn. */
  readonly chars: number;
  /** Characters left for the system prompt. */
  readonly room: number;
}

function readTurns({ messages }: Conversation, counts: Counts): Turns {
  const isAlone = counts.turns <= 1 && counts.systemChars === 0;
  let room = MAX_DEMAND_CHARS;
  let newest = '';
  let whole = '';
  let chars = 0;
  let read = 0;
  const earlier: EarlierTurn[] = [];
  for (let i = messages.length - 1; i >= 0 && room > SYSTEM_CHARS && read < MAX_TURNS_READ; i--) {
    const message = messages[i];
    if (message?.role !== 'user') continue;
    read += 1;
    const texts = textsOf(message);
    const turn = stripBoilerplate(texts);
    if (turn === '') continue;
    const isNewest = newest === '';
    const share = isNewest ? room - (isAlone ? 0 : CONTEXT_CHARS) : EARLIER_TURN_CHARS;
    const kept = headAndTail(turn, Math.min(share, room));
    room -= kept.length;
    if (isNewest) {
      newest = kept;
      whole = turn;
      chars = Math.max(turn.length, unstrippedLength(texts));
    } else earlier.push({ text: kept, task: readEarlierTask(turn, kept) });
  }
  return { earlier: earlier.reverse(), newest, whole, chars, room };
}

type Counts = Omit<Demand, keyof TaskParts>;
type MutableCounts = { -readonly [K in keyof Counts]: Counts[K] };

function countParts(conversation: Conversation): Counts {
  const counts = {
    turns: 0,
    systemChars: 0,
    toolResultChars: 0,
    toolCalls: 0,
    toolResults: 0,
    contextChars: 0,
    images: 0,
    audios: 0,
    files: 0,
  };
  let newestChars = 0;
  for (const message of conversation.messages) {
    const mediaBefore = counts.images + counts.audios + counts.files;
    const chars = countMessage(message, counts);
    if (message.role === 'system') counts.systemChars += chars;
    else if (message.role === 'tool') countToolMessage(counts, chars);
    else counts.contextChars += chars;
    const media = counts.images + counts.audios + counts.files - mediaBefore;
    if (message.role === 'user' && (chars > 0 || media > 0)) {
      counts.turns += 1;
      newestChars = chars;
    }
  }
  counts.contextChars -= newestChars;
  return counts;
}

/** In OpenAI's dialect a tool's result may be plain text of a message with the role `tool`. */
function countToolMessage(counts: MutableCounts, chars: number): void {
  counts.toolResults += 1;
  counts.toolResultChars += chars;
}

/** Adds a message's parts to the counts and returns its characters of plain text. */
function countMessage(message: Message, counts: MutableCounts): number {
  let chars = 0;
  for (const part of message.parts) {
    switch (part.kind) {
      case 'text':
        chars += part.text.length;
        break;
      case 'image':
        counts.images += 1;
        break;
      case 'audio':
        counts.audios += 1;
        break;
      case 'file':
        counts.files += 1;
        break;
      case 'tool_call':
        counts.toolCalls += 1;
        break;
      case 'tool_result':
        counts.toolResults += 1;
        counts.toolResultChars += part.text.length;
        break;
      case 'refusal':
        break;
    }
  }
  return chars;
}

function textsOf(message: Message): string[] {
  const texts: string[] = [];
  for (const part of message.parts) if (part.kind === 'text') texts.push(part.text);
  return texts;
}

/** @param chars - of material that is translated or rewritten; `turn` tells its tokens per character */
function rewrittenLengthOf(chars: number, turn: string): RequestedLength {
  const tokens = (chars / turn.length) * estimateTextTokens([turn]);
  return boundedLength(REWRITTEN_LENGTH.least * tokens, REWRITTEN_LENGTH.most * tokens);
}

/** Characters of a turn that `stripBoilerplate` reads only in part; 0 if it reads all of it. */
function unstrippedLength(texts: readonly string[]): number {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  return chars > MAX_TURN_CHARS ? chars : 0;
}

function systemStart(conversation: Conversation, chars: number): string {
  const system = conversation.messages.find((message) => message.role === 'system');
  if (system === undefined || chars <= 0) return '';
  return stripBoilerplate(textsOf(system)).slice(0, chars);
}

/** Two thirds from the head, a third from the tail: instructions come before or after what they are about. */
function headAndTail(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const head = Math.floor((2 * chars) / 3);
  return `${text.slice(0, head)}\n${text.slice(text.length - (chars - head - 1))}`;
}

function joinText(pieces: readonly string[]): string {
  return pieces.filter((piece) => piece !== '').join('\n\n');
}
