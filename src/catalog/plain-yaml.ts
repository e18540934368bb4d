/** Thrown within this file for a text that is not plain YAML; never escapes it. */
class NotPlain extends Error {}

interface Line {
  readonly indent: number;
  readonly text: string;
}

/**
 * Parses the subset of YAML in which catalog files are written, some thirty times as fast as a full
 * parser: a catalog of a hundred models would otherwise delay every start by half a second.
 *
 * The subset: block maps and lists, `[…]` and `{…}` on one line, words, whole and decimal numbers,
 * `true`, `false`, `null`, double-quoted text without escapes, and comments on lines of their own.
 *
 * @returns the same value as YAML 1.2, or `undefined` if the text is faulty or uses more than this
 *   subset: the caller then uses the full parser, which reports line and column
 */
export function parsePlainYaml(text: string): unknown {
  try {
    const lines = toLines(text);
    if (lines.length === 0) return undefined;
    const reader = new BlockReader(lines);
    const value = reader.block(0);
    return reader.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NotPlain) return undefined;
    throw error;
  }
}

// Tabs, carriage returns, comments after a value and spaces at a line's end.
const NOT_PLAIN = /[\t\r]|\S #| $/m;

function toLines(text: string): Line[] {
  if (NOT_PLAIN.test(text)) throw new NotPlain();
  const lines: Line[] = [];
  for (const raw of text.split('\n')) {
    const trimmed = raw.trimStart();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    lines.push({ indent: raw.length - trimmed.length, text: trimmed });
  }
  return lines;
}

const KEY = /^([A-Za-z_][\w-]*):(?: (.+))?$/;

class BlockReader {
  readonly #lines: Line[];
  #at = 0;

  constructor(lines: Line[]) {
    this.#lines = lines;
  }

  atEnd(): boolean {
    return this.#at === this.#lines.length;
  }

  block(indent: number): unknown {
    const first = this.#lines[this.#at];
    if (first?.indent !== indent) throw new NotPlain();
    return first.text.startsWith('- ') ? this.#list(indent) : this.#map(indent);
  }

  #list(indent: number): unknown[] {
    const items: unknown[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line?.indent !== indent || !line.text.startsWith('- ')) return items;
      const text = line.text.slice(2);
      if (KEY.test(text)) {
        // The map that starts on the dash's line is indented by the dash.
        this.#lines[this.#at] = { indent: indent + 2, text };
        items.push(this.#map(indent + 2));
      } else {
        this.#at++;
        items.push(flowValue(text));
      }
    }
  }

  #map(indent: number): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    for (;;) {
      const line = this.#lines[this.#at];
      if (line?.indent !== indent || line.text.startsWith('- ')) return map;
      const match = KEY.exec(line.text);
      const key = match?.[1];
      if (key === undefined || isSpecial(key) || Object.hasOwn(map, key)) throw new NotPlain();
      this.#at++;
      map[key] = match?.[2] === undefined ? this.#nested(indent) : flowValue(match[2]);
    }
  }

  #nested(parent: number): unknown {
    const next = this.#lines[this.#at];
    if (next === undefined || next.indent < parent) return null;
    // A list may have the same indentation as its key.
    if (next.indent > parent || next.text.startsWith('- ')) return this.block(next.indent);
    return null;
  }
}

const SPECIAL_KEY = /^(?:__proto__|true|false|null)$/i;

/** Words with a special meaning in YAML or JavaScript. */
function isSpecial(key: string): boolean {
  return SPECIAL_KEY.test(key);
}

function flowValue(text: string): unknown {
  const reader = new FlowReader(text);
  const value = reader.value(true);
  if (!reader.atEnd()) throw new NotPlain();
  return value;
}

// All sticky: each matches only at the reader's position.
const LIST_START = /\[ ?/y;
const LIST_END = / ?\]/y;
const MAP_START = /\{ ?/y;
const MAP_END = / ?\}/y;
const COMMA = /, /y;
const COLON = /: /y;
const FLOW_KEY = /[A-Za-z_][\w-]*(?=: )/y;
const QUOTED = /"[^"\\]*"/y;
const OUTER_WORD = /[\w/(+.-][^#"]*/y;
// Excludes the space before a closing bracket.
const INNER_WORD = /[\w/(+.-](?:[^#",[\]{}]*[^#",[\]{}\s])?/y;

class FlowReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  value(outermost: boolean): unknown {
    switch (this.#text[this.#at]) {
      case '[':
        this.#take(LIST_START);
        return this.#list();
      case '{':
        this.#take(MAP_START);
        return this.#map();
      case '"':
        return this.#need(QUOTED).slice(1, -1);
      default:
        return scalar(this.#need(outermost ? OUTER_WORD : INNER_WORD));
    }
  }

  #list(): unknown[] {
    const items: unknown[] = [];
    if (this.#take(LIST_END) !== null) return items;
    do items.push(this.value(false));
    while (this.#take(COMMA) !== null);
    this.#need(LIST_END);
    return items;
  }

  #map(): Record<string, unknown> {
    const map: Record<string, unknown> = {};
    if (this.#take(MAP_END) !== null) return map;
    do {
      const key = this.#need(FLOW_KEY);
      if (isSpecial(key) || Object.hasOwn(map, key)) throw new NotPlain();
      this.#take(COLON);
      map[key] = this.value(false);
    } while (this.#take(COMMA) !== null);
    this.#need(MAP_END);
    return map;
  }

  #need(pattern: RegExp): string {
    const found = this.#take(pattern);
    if (found === null) throw new NotPlain();
    return found;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? null;
    if (found !== null) this.#at += found.length;
    return found;
  }
}

const PLAIN_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;
const PLAIN_WORD = /^[A-Za-z\d/(](?:[^:]|:(?! |$))*$/;

function scalar(word: string): unknown {
  if (word !== word.trim()) throw new NotPlain();
  if (word === 'null') return null;
  if (word === 'true') return true;
  if (word === 'false') return false;
  if (PLAIN_NUMBER.test(word)) return Number(word);
  // Other forms of numbers and constants are not plain.
  const special = /^(?:0[ox]|[-+.])/i.test(word) || !Number.isNaN(Number(word));
  if (special || /^(?:null|true|false|~)$/i.test(word)) throw new NotPlain();
  if (!PLAIN_WORD.test(word)) throw new NotPlain();
  return word;
}
