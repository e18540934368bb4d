/** A JSON syntax error, for error messages. */
export interface JsonSyntaxError {
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** A phrase: `unexpected "}" where a value should be`. */
  readonly what: string;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Characters below it must be escaped in a string. */
const FIRST_PLAIN = 0x20;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const SPACE = /[ \t\r\n]*/y;

/** What may come next in a document. */
type Expected = 'value' | 'first element' | 'name' | 'first name' | 'colon' | 'separator' | 'end';

const WANTED: Readonly<Record<Expected, string>> = {
  value: 'a value',
  'first element': 'a value or "]"',
  name: 'a member name in double quotes',
  'first name': 'a member name in double quotes or "}"',
  colon: 'a colon',
  separator: 'a comma or a closing bracket',
  end: 'the end',
};

/**
 * Finds the first syntax error of a text that `JSON.parse` rejects.
 *
 * V8's own messages give a position only for some errors, and quote the text for others.
 *
 * @returns `null` if the text is JSON
 */
export function findJsonSyntaxError(text: string): JsonSyntaxError | null {
  const walk = new JsonWalker(text);
  while (walk.step());
  return walk.fault;
}

class JsonWalker {
  readonly #text: string;
  readonly #open: ('{' | '[')[] = [];
  #at = 0;
  #expected: Expected = 'value';
  fault: JsonSyntaxError | null = null;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns whether there is more to read */
  step(): boolean {
    this.#take(SPACE);
    const char = this.#text[this.#at];
    if (char === undefined) {
      if (this.#expected !== 'end') this.#report('the text ends');
      return false;
    }
    if (this.#accept(char)) return true;
    this.#report(
      isStringStart(char)
        ? 'a string is not closed or contains an invalid character'
        : quoted(char),
    );
    return false;
  }

  #accept(char: string): boolean {
    switch (this.#expected) {
      case 'end':
        return false;
      case 'colon':
        return this.#move(char === ':', 'value');
      case 'separator':
        return char === ','
          ? this.#move(true, this.#inObject ? 'name' : 'value')
          : this.#close(char);
      case 'first name':
        return this.#close(char) || this.#name();
      case 'name':
        return this.#name();
      case 'first element':
        return this.#close(char) || this.#value(char);
      case 'value':
        return this.#value(char);
    }
  }

  get #inObject(): boolean {
    return this.#open.at(-1) === '{';
  }

  #move(isRight: boolean, next: Expected): boolean {
    if (!isRight) return false;
    this.#at += 1;
    this.#expected = next;
    return true;
  }

  #name(): boolean {
    if (!this.#string()) return false;
    this.#expected = 'colon';
    return true;
  }

  #value(char: string): boolean {
    if (char === '{' || char === '[') {
      this.#open.push(char);
      return this.#move(true, char === '{' ? 'first name' : 'first element');
    }
    if (!this.#string() && !this.#take(SCALAR)) return false;
    this.#afterValue();
    return true;
  }

  #close(char: string): boolean {
    if (char !== (this.#inObject ? '}' : ']')) return false;
    this.#open.pop();
    this.#at += 1;
    this.#afterValue();
    return true;
  }

  #afterValue(): void {
    this.#expected = this.#open.length === 0 ? 'end' : 'separator';
  }

  /** Not a regular expression: on megabytes of text that exhausts its stack. */
  #string(): boolean {
    const text = this.#text;
    if (text.charCodeAt(this.#at) !== QUOTE) return false;
    for (let at = this.#at + 1; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === QUOTE) {
        this.#at = at + 1;
        return true;
      }
      if (code < FIRST_PLAIN) return false;
      if (code === BACKSLASH) {
        ESCAPE.lastIndex = at;
        if (!ESCAPE.test(text)) return false;
        at = ESCAPE.lastIndex - 1;
      }
    }
    return false;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return false;
    this.#at = pattern.lastIndex;
    return true;
  }

  #report(actual: string): void {
    const before = this.#text.slice(0, this.#at);
    const lineStart = before.lastIndexOf('\n') + 1;
    this.fault = {
      line: before.split('\n').length,
      column: this.#at - lineStart + 1,
      what: `${actual} where ${WANTED[this.#expected]} should be`,
    };
  }
}

function isStringStart(char: string): boolean {
  return char === '"';
}

function quoted(char: string): string {
  return `unexpected ${char === '"' ? 'string' : JSON.stringify(char)}`;
}
