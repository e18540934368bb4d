import type { Conversation, Message } from '../core/conversation.js';
import { askedAround, firstAskedLength, type AskedLength } from './asked-length.js';
import { MAX_TURN_CHARS, stripBoilerplate } from './boilerplate.js';
import { readGivenCode } from './given-code.js';
import { readMaterial } from './material.js';
import { estimateTextTokens } from './token-estimate.js';

/** Characters of demand in all. */
const MAX_DEMAND_CHARS = 4000;
/** Kept free for earlier turns and the system prompt when there are any. */
const CONTEXT_CHARS = 800;
const EARLIER_TURN_CHARS = 400;
const SYSTEM_CHARS = 240;
/** Characters from which a turn is understood without the ones before it. */
const TELLING_CHARS = 40;
/** Characters of a request below which it says nothing of what to do with a text. */
const SHORTEST_ASK = 24;
/** How long a material is when it is given back translated or corrected, in lengths of itself. */
const GIVEN_BACK = { least: 0.6, most: 1.8 };
/** User messages that are read at most: a client may send a hundred thousand empty ones. */
const MAX_TURNS_READ = 24;

/** What the conversation asks for, and how much else it carries. */
export interface Demand {
  /** Earlier user turns, the newest one, then the start of the system prompt; at most some 4,000 characters. */
  readonly text: string;
  /** `text` without material that something is to be done with. */
  readonly task: string;
  /** How long the answer is asked to be, by the newest user turn or else by the system prompt, or has to be; `null` where nothing says. */
  readonly askedLength: AskedLength | null;
  /** Characters of a text that comes along to have something done with it (`material.ts`); 0 for none. */
  readonly materialChars: number;
  /** Characters of the newest user turn without boilerplate and material; all of them where the turn is too long to strip. */
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
 * Reads a conversation for what its user wants now.
 *
 * The newest turns come first when room is shared out: "and in Rust?" means nothing without the
 * turn before it, but a long history must not drown the question. Tool results and what harnesses
 * wrap around a turn are not the demand. Time is linear in the number of parts, whatever their size.
 */
export function readDemand(conversation: Conversation): Demand {
  const census = countParts(conversation);
  const turns = readTurns(conversation, census);
  const system = systemStart(conversation, Math.min(SYSTEM_CHARS, turns.room));
  const { text, task, askedLength, taskChars, materialChars } = readAsked(turns, system);
  return {
    text,
    task,
    askedLength,
    taskChars,
    materialChars,
    turns: census.turns,
    systemChars: census.systemChars,
    toolResultChars: census.toolResultChars,
    toolCalls: census.toolCalls,
    toolResults: census.toolResults,
    contextChars: census.contextChars,
    images: census.images,
    audios: census.audios,
    files: census.files,
  };
}

type Asked = Pick<Demand, 'text' | 'task' | 'askedLength' | 'taskChars' | 'materialChars'>;

function readAsked({ earlier, newest, whole, chars }: Turns, system: string): Asked {
  const text = joinText([...earlier.map((turn) => turn.text), newest, system]);
  const before = earlier.map((turn) => turn.task);
  const material = readGivenCode(whole, system) ?? readMaterial(whole, system);
  if (material === null) {
    const askedLength = firstAskedLength([newest, system]);
    const task = taskOf(newest, before, newest === '' ? system : '');
    return { text, task, askedLength, taskChars: chars, materialChars: 0 };
  }
  const { task, isGivenBack } = material;
  const materialChars = chars - whole.length + material.chars;
  const backAgain = isGivenBack ? lengthGivenBack(materialChars, whole) : null;
  return {
    text,
    task: taskOf(task, before, task.length < SHORTEST_ASK ? system : ''),
    askedLength: firstAskedLength([task, system]) ?? backAgain,
    taskChars: task.length,
    materialChars,
  };
}

/**
 * What is asked in so many words. Turns before the newest are read as far as that one needs them, and a system prompt only
 * where it alone says what to do: a persona and a long talk make no question hard.
 */
function taskOf(newest: string, earlier: readonly string[], system: string): string {
  const pieces = [newest];
  let chars = newest.length;
  for (let i = earlier.length - 1; i >= 0 && chars < TELLING_CHARS; i--) {
    const turn = earlier[i] ?? '';
    pieces.unshift(turn);
    chars += turn.length;
  }
  return joinText([...pieces, system]);
}

/** As far as it is read. */
interface EarlierTurn {
  readonly text: string;
  /** The same, without code that something was to be done with. */
  readonly task: string;
}

function readEarlierTask(turn: string, kept: string): string {
  const task = readGivenCode(turn)?.task;
  return task === undefined ? kept : headAndTail(task, EARLIER_TURN_CHARS);
}

/** What users said, as far as it is read. */
interface Turns {
  /** The beginnings and ends of earlier turns, oldest first. */
  readonly earlier: readonly EarlierTurn[];
  /** The newest turn, bounded. */
  readonly newest: string;
  /** The same, as far as boilerplate was looked for. */
  readonly whole: string;
  /** Characters of all of it. */
  readonly chars: number;
  /** Characters that are left of what may be read in all. */
  readonly room: number;
}

function readTurns({ messages }: Conversation, census: Census): Turns {
  const lone = census.turns <= 1 && census.systemChars === 0;
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
    const share = isNewest ? room - (lone ? 0 : CONTEXT_CHARS) : EARLIER_TURN_CHARS;
    const kept = headAndTail(turn, Math.min(share, room));
    room -= kept.length;
    if (isNewest) {
      newest = kept;
      whole = turn;
      chars = Math.max(turn.length, lengthBeyond(texts));
    } else earlier.push({ text: kept, task: readEarlierTask(turn, kept) });
  }
  return { earlier: earlier.reverse(), newest, whole, chars, room };
}

type Census = Omit<Demand, keyof Asked>;
type Counts = { -readonly [K in keyof Census]: Census[K] };

function countParts(conversation: Conversation): Census {
  const census = {
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
    const mediaBefore = census.images + census.audios + census.files;
    const chars = countMessage(message, census);
    if (message.role === 'system') census.systemChars += chars;
    else if (message.role === 'tool') countToolMessage(census, chars);
    else census.contextChars += chars;
    const media = census.images + census.audios + census.files - mediaBefore;
    if (message.role === 'user' && (chars > 0 || media > 0)) {
      census.turns += 1;
      newestChars = chars;
    }
  }
  census.contextChars -= newestChars;
  return census;
}

/** In OpenAI's dialect a tool's result may be plain text of a message whose role says what it is. */
function countToolMessage(census: Counts, chars: number): void {
  census.toolResults += 1;
  census.toolResultChars += chars;
}

/** Adds a message's parts to the counts and returns its characters of plain text. */
function countMessage(message: Message, census: Counts): number {
  let chars = 0;
  for (const part of message.parts) {
    switch (part.kind) {
      case 'text':
        chars += part.text.length;
        break;
      case 'image':
        census.images += 1;
        break;
      case 'audio':
        census.audios += 1;
        break;
      case 'file':
        census.files += 1;
        break;
      case 'tool_call':
        census.toolCalls += 1;
        break;
      case 'tool_result':
        census.toolResults += 1;
        census.toolResultChars += part.text.length;
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

/** @param chars - of a material that is given back, in a turn like `turn` */
function lengthGivenBack(chars: number, turn: string): AskedLength {
  const tokens = (chars / turn.length) * estimateTextTokens([turn]);
  return askedAround(GIVEN_BACK.least * tokens, GIVEN_BACK.most * tokens);
}

/** Characters of a turn of which `stripBoilerplate` reads only a part; 0 when it reads all. */
function lengthBeyond(texts: readonly string[]): number {
  const chars = texts.reduce((sum, text) => sum + text.length, 0);
  return chars > MAX_TURN_CHARS ? chars : 0;
}

function systemStart(conversation: Conversation, chars: number): string {
  const system = conversation.messages.find((message) => message.role === 'system');
  if (system === undefined || chars <= 0) return '';
  return stripBoilerplate(textsOf(system)).slice(0, chars);
}

/** Two thirds from the head, a third from the tail: instructions stand before or after what they are about. */
function headAndTail(text: string, chars: number): string {
  if (text.length <= chars) return text;
  const head = Math.floor((2 * chars) / 3);
  return `${text.slice(0, head)}\n${text.slice(text.length - (chars - head - 1))}`;
}

function joinText(pieces: readonly string[]): string {
  return pieces.filter((piece) => piece !== '').join('\n\n');
}
