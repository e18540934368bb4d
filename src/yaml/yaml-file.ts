import { LineCounter, isScalar, parseDocument, type Document } from 'yaml';
import type * as z from 'zod';

import { FaultyFileError, type Fault } from '../core/errors.js';
import { findValue, offsetInScalar, startOffset } from './position.js';
import { issueMessages, formatPath, valueAt } from './issue-messages.js';
import { syntaxFaults } from './syntax.js';

type Path = readonly PropertyKey[];

/** A position in a file; both numbers are 1-based. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A well-formed YAML file with the position of every value. */
export class YamlFile {
  /** The file name in faults. */
  readonly file: string;
  /** Maps, lists and scalars as plain values; `{}` for an empty file. */
  readonly value: unknown;
  readonly #text: string;
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  /** Paths whose value was replaced, with the text in the file. */
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
   * Parses one YAML 1.2 document; anchors, aliases and `<<` are supported.
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
      // All aliases resolve, so this is the parser's protection against alias bombs.
      if (!(error instanceof ReferenceError)) throw error;
      throw new FaultyFileError([fault(0, 'the aliases in this file expand to too many values.')]);
    }
  }

  /**
   * The start of the value at `path`.
   *
   * @param path - if it does not exist, the position is that of its deepest existing part
   * @param index - a character of the text at `path`, to locate instead of its start
   */
  locate(path: Path, index?: number): Position {
    const { found, complete } = findValue(this.#document, path);
    if (complete && found.value !== null) {
      const { value } = found;
      const at =
        index === undefined ? startOffset(value) : offsetInScalar(this.#text, value, index);
      return position(this.#lines, at);
    }
    // A value that is missing is reported at the key above it.
    return position(
      this.#lines,
      found.key ?? (found.value === null ? 0 : startOffset(found.value)),
    );
  }

  /** The position of the key at `path`; the same as `locate` if there is no key. */
  locateKey(path: Path): Position {
    const { found, complete } = findValue(this.#document, path);
    return complete && found.key !== null ? position(this.#lines, found.key) : this.locate(path);
  }

  /** Whether the file has a value at `path`. */
  has(path: Path): boolean {
    return findValue(this.#document, path).complete;
  }

  /** A fault at the value at `path`. @param message - a sentence with its full stop */
  fault(path: Path, message: string, severity: Fault['severity'] = 'error'): Fault {
    return { file: this.file, ...this.locate(path), message, severity };
  }

  /** A fault at the key at `path`: concerns a name, or everything below it. */
  faultAtKey(path: Path, message: string, severity: Fault['severity'] = 'error'): Fault {
    return { file: this.file, ...this.locateKey(path), message, severity };
  }

  /**
   * Validates the value and returns the schema's output.
   *
   * Values whose schema has `.meta({ secret: true })` appear in no message.
   *
   * @throws {FaultyFileError} with all violations of the schema, in the file's order
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
      // Zod also reports the length of a text where a list is expected.
      .filter((i) => i.code === 'invalid_type' || !wrongType.has(formatPath(i.path)))
      .flatMap((issue) => issueMessages(issue, subject))
      .map(({ path, atKey, message }) =>
        atKey ? this.faultAtKey(path, message) : this.fault(path, message),
      );
    throw new FaultyFileError(inOrder(faults, 'all'));
  }

  /**
   * The same file with some of its texts replaced. Faults keep their positions, and show the text in
   * the file instead of the new value.
   *
   * @param replace - returns the new value for a text, or the text itself to keep it
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

  /** The text that the file has at a path. */
  #source(path: Path): string {
    const { found } = findValue(this.#document, path);
    return isScalar(found.value) ? String(found.value.value) : formatPath(path);
  }
}

function position(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  // In an empty text there are no lines.
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}

/** Sorted by position and without duplicates: a fault in an aliased value is reported for each alias. */
function inOrder(faults: readonly Fault[], keep: 'all' | 'one per line'): readonly Fault[] {
  const seen = new Set<string>();
  return faults
    .toSorted((a, b) => a.line - b.line || a.column - b.column)
    .filter((fault) => {
      // One syntax error makes the parser report several on the same line.
      const id =
        keep === 'all' ? `${fault.line}:${fault.column} ${fault.message}` : `${fault.line}`;
      return !seen.has(id) && seen.add(id);
    });
}
