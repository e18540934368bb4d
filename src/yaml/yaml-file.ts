import { LineCounter, isScalar, parseDocument, type Document } from 'yaml';
import type * as z from 'zod';

import { FaultyFileError, type Fault } from '../core/errors.js';
import { find, offsetInScalar, start } from './position.js';
import { complaints, formatPath, valueAt } from './sentences.js';
import { syntaxFaults } from './syntax.js';

type Path = readonly PropertyKey[];

/** Where something stands in a file; both 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A YAML file that is well formed, and knows the place of everything in it. */
export class YamlFile {
  /** The name that faults carry. */
  readonly file: string;
  /** Maps, lists and scalars as plain values; `{}` for an empty file. */
  readonly value: unknown;
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  /** Paths whose value is not the one in the file, with what the file has there. */
  readonly #replaced: ReadonlyMap<string, string>;

  private constructor(
    source: Pick<YamlFile, 'file' | 'value'> & { text: string },
    document: Document.Parsed,
    lines: LineCounter,
    replaced: ReadonlyMap<string, string>,
  ) {
    this.file = source.file;
    this.value = source.value;
    this.#text = source.text;
    this.#document = document;
    this.#lines = lines;
    this.#replaced = replaced;
  }

  /**
   * Reads one YAML 1.2 document; anchors, aliases and `<<` may be used.
   *
   * @throws {FaultyFileError} with every syntax error, duplicate key and bad alias
   */
  static parse(file: string, text: string): YamlFile {
    const lines = new LineCounter();
    const document = parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      stringKeys: true,
      merge: true,
      schema: 'core',
      logLevel: 'error',
    });
    const fault = (offset: number, message: string): Fault => {
      return { file, ...position(lines, offset), message, severity: 'error' };
    };
    const faults = syntaxFaults(document).map(({ offset, message }) => fault(offset, message));
    if (faults.length > 0) throw new FaultyFileError(inOrder(faults, 'one per line'));
    try {
      const value: unknown = document.toJS() ?? {};
      return new YamlFile({ file, value, text }, document, lines, new Map());
    } catch (error) {
      // All aliases lead somewhere, so what is left is the parser's guard against alias bombs.
      if (!(error instanceof ReferenceError)) throw error;
      throw new FaultyFileError([fault(0, 'the aliases in this file multiply without bounds.')]);
    }
  }

  /**
   * Where the value at `path` starts.
   *
   * @param path - a step into nothing gives the place of the deepest part that exists
   * @param index - a character of the text at `path`, to point into it
   */
  locate(path: Path, index?: number): Position {
    const { found, complete } = find(this.#document, path);
    if (complete && found.value !== null) {
      const { value } = found;
      const at = index === undefined ? start(value) : offsetInScalar(this.#text, value, index);
      return position(this.#lines, at);
    }
    // The key is where a reader looks for what is missing below it.
    return position(this.#lines, found.key ?? (found.value === null ? 0 : start(found.value)));
  }

  /** Where the key at `path` stands; as `locate` for what has no key. */
  locateKey(path: Path): Position {
    const { found, complete } = find(this.#document, path);
    return complete && found.key !== null ? position(this.#lines, found.key) : this.locate(path);
  }

  /** Whether the file itself states something at `path`. */
  has(path: Path): boolean {
    return find(this.#document, path).complete;
  }

  /** A fault at the value at `path`. `message` is a plain sentence with its full stop. */
  fault(path: Path, message: string, severity: Fault['severity'] = 'error'): Fault {
    return { file: this.file, ...this.locate(path), message, severity };
  }

  /** A fault at the key at `path`: for what is said of a name, or of all that is below it. */
  faultAtKey(path: Path, message: string, severity: Fault['severity'] = 'error'): Fault {
    return { file: this.file, ...this.locateKey(path), message, severity };
  }

  /**
   * The value, typed and completed by `schema`.
   *
   * A value under a schema with `.meta({ secret: true })` is in no message.
   *
   * @throws {FaultyFileError} with everything that the schema finds wrong, in the file's order
   */
  check<T>(schema: z.ZodType<T>): T {
    const result = schema.safeParse(this.value);
    if (result.success) return result.data;
    const subject = {
      schema,
      valueAt: (path: Path) => valueAt(this.value, path),
      placeholderAt: (path: Path) => this.#replaced.get(formatPath(path)) ?? null,
    };
    const { issues } = result.error;
    const wrongType = new Set(
      issues.filter((i) => i.code === 'invalid_type').map(({ path }) => formatPath(path)),
    );
    const faults = issues
      // The length of a text says nothing where a list is wanted, but zod measures it.
      .filter((i) => i.code === 'invalid_type' || !wrongType.has(formatPath(i.path)))
      .flatMap((issue) => complaints(issue, subject))
      .map(({ path, atKey, message }) =>
        atKey ? this.faultAtKey(path, message) : this.fault(path, message),
      );
    throw new FaultyFileError(inOrder(faults, 'all'));
  }

  /**
   * The same file with other values for some of its texts. Faults keep their places, and
   * show what the file has instead of the new value.
   *
   * @param replace - the new value for a text; the text itself to keep it
   */
  mapTexts(replace: (text: string, path: Path) => unknown): YamlFile {
    const replaced = new Map(this.#replaced);
    const map = (value: unknown, path: Path): unknown => {
      if (typeof value === 'string') {
        const other = replace(value, path);
        if (other !== value) replaced.set(formatPath(path), this.#source(path));
        return other;
      }
      if (Array.isArray(value)) return value.map((item, i) => map(item, [...path, i]));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, map(v, [...path, k])]));
    };
    const source = { file: this.file, value: map(this.value, []), text: this.#text };
    return new YamlFile(source, this.#document, this.#lines, replaced);
  }

  /** What the file has at a path that leads to a text. */
  #source(path: Path): string {
    const { found } = find(this.#document, path);
    return isScalar(found.value) ? String(found.value.value) : formatPath(path);
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  // An empty text has no lines at all.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** In reading order and without repeats: an alias shows the same fault at the same place twice. */
function inOrder(faults: readonly Fault[], keep: 'all' | 'one per line'): readonly Fault[] {
  const seen = new Set<string>();
  return faults
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter((fault) => {
      // One slip in the syntax makes the parser complain several times about the same line.
      const id =
        keep === 'all' ? `${fault.line}:${fault.column} ${fault.message}` : `${fault.line}`;
      return !seen.has(id) && seen.add(id);
    });
}
