import type * as z from 'zod';

import { nearest } from '../core/nearest.js';
import { keysAt, schemaAt, requiresInteger } from './schema-walk.js';

/** A schema violation as a sentence, with its path in the document. */
export interface IssueMessage {
  readonly path: readonly PropertyKey[];
  /** Whether it concerns the key at `path` instead of its value. */
  readonly atKey: boolean;
  readonly message: string;
}

/** The validated document, as far as sentences refer to it. */
export interface ValidatedDocument {
  readonly schema: z.core.$ZodType;
  /** The value at a path; `undefined` if there is none. */
  readonly valueAt: (path: readonly PropertyKey[]) => unknown;
  /** The placeholder that a value came from (`${PORT}`), or `null`. Such values are never shown. */
  readonly placeholderAt: (path: readonly PropertyKey[]) => string | null;
}

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

// Longer texts are truncated when a sentence quotes them.
const MAX_QUOTED_CHARS = 40;
// Longer lists of options are not shown: they would not fit on a line or two.
const MAX_LISTED = 12;

/** Converts an issue reported by zod to sentences that name the option, what it must be, and what it is. */
export function issueMessages(
  issue: Issue,
  subject: ValidatedDocument,
  parent: Path = [],
): IssueMessage[] {
  const path = [...parent, ...issue.path];
  const value = (sentence: string): IssueMessage[] => [{ path, atKey: false, message: sentence }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownOption([...path, key], subject));
    case 'invalid_key':
      return [invalidKey(issue, path, subject)];
    case 'invalid_union':
      return union(issue, path, subject);
    case 'custom':
      return value(custom(issue.message, path));
    default: {
      if (subject.valueAt(path) === undefined) return value(missing(issue, path, subject));
      const demand = isDefaultMessage(issue) ? requirement(issue, path, subject) : issue.message;
      return value(`${name(path)} ${demand}${actual(issue, path, subject)}`);
    }
  }
}

/**
 * All issues of a value that is not a YAML file, such as a line of JSON, as one text.
 *
 * @param whole - the name for the value itself in sentences (`the line`)
 */
export function formatZodError(
  { issues }: z.ZodError,
  { schema, value, whole }: { schema: z.ZodType; value: unknown; whole: string },
): string {
  const subject = {
    schema,
    valueAt: (path: Path) => valueAt(value, path),
    placeholderAt: () => null,
  };
  const sentences = issues
    .flatMap((issue) => issueMessages(issue, subject))
    // An empty value in YAML is `null` in JSON.
    .map(({ message }) => message.replace(/, not empty\.$/u, ', not null.'))
    .map((message) => message.replace(/^the file\b/u, whole));
  return [...new Set(sentences)].join(' ');
}

/** The value at a path; `undefined` if there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step))
      return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** Formats a path as in `server.port` or `keys[0].name`. */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
}

function name(path: Path): string {
  return path.length === 0 ? 'the file' : `"${formatPath(path)}"`;
}

function custom(message: string, path: Path): string {
  return /[.?]$/.test(message) ? message : `${name(path)} ${message}.`;
}

function unknownOption(path: Path, { schema }: ValidatedDocument): IssueMessage {
  const key = String(path.at(-1));
  const known = keysAt(schema, path.slice(0, -1));
  const hint = nearest(key, known);
  const listed = known.length > 0 && known.length <= MAX_LISTED;
  const others = listed ? `; known options: ${known.join(', ')}.` : '.';
  const message = `unknown option "${key}"${hint === null ? others : `; did you mean "${hint}"?`}`;
  return { path, atKey: true, message };
}

function invalidKey(
  issue: z.core.$ZodIssueInvalidKey,
  path: Path,
  subject: ValidatedDocument,
): IssueMessage {
  const inner = issue.issues[0];
  const key = String(path.at(-1));
  if (inner === undefined)
    return { path, atKey: true, message: `"${truncate(key)}" is not a valid name.` };
  const what = isDefaultMessage(inner) ? requirement(inner, path, subject) : inner.message;
  const message = `the name "${truncate(key)}" in ${name(path.slice(0, -1))} ${what}.`;
  return { path, atKey: true, message };
}

function missing(issue: Issue, path: Path, subject: ValidatedDocument): string {
  return `${name(path)} is missing; it ${requirement(issue, path, subject)}.`;
}

/** Whether the message is zod's default, and not one written in the schema. */
function isDefaultMessage(issue: Issue): boolean {
  return /^(Invalid|Too)\b/.test(issue.message);
}

/** What the schema requires, as the second half of a sentence without its full stop. */
function requirement(issue: Issue, path: Path, subject: ValidatedDocument): string {
  switch (issue.code) {
    case 'invalid_type': {
      // For a text, zod reports "number" as the expected type of an integer schema.
      const whole = issue.expected === 'number' && requiresInteger(subject.schema, path);
      return `must be ${TYPE_NAMES[whole ? 'int' : issue.expected] ?? issue.expected}`;
    }
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map(literal))}`;
    case 'too_small':
    case 'too_big':
      return bound(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return `must be ${FORMAT_NAMES[issue.format] ?? `text in the form ${issue.format}`}`;
    default:
      return 'is not valid';
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map of options',
  record: 'a map',
  array: 'a list',
  null: 'empty',
};

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  url: 'a URL such as https://host.example/v1',
  date: 'a date in the form 2026-01-31',
  email: 'an e-mail address',
};

function bound(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const small = issue.code === 'too_small';
  const limit = String(small ? issue.minimum : issue.maximum);
  const exact = small ? 'at least' : 'at most';
  if (issue.origin === 'string' || issue.origin === 'array') {
    if (small && limit === '1') return 'must not be empty';
    const unit = issue.origin === 'string' ? 'character' : 'entr';
    return `must have ${exact} ${limit} ${plural(unit, limit)}`;
  }
  const strict = small ? 'more than' : 'less than';
  return `must be ${issue.inclusive === false ? strict : exact} ${limit}`;
}

function plural(unit: string, count: string): string {
  if (unit === 'entr') return count === '1' ? 'entry' : 'entries';
  return count === '1' ? unit : `${unit}s`;
}

/** The end of a sentence: `, not 0.` or, for a misspelt word, a suggestion. */
function actual(issue: Issue, path: Path, subject: ValidatedDocument): string {
  const value = subject.valueAt(path);
  const { secret } = schemaAt(subject.schema, path);
  const from = subject.placeholderAt(path);
  if (from !== null) return secret ? '.' : `; it comes from ${truncate(from)}.`;
  // Avoids "must not be empty, not empty".
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '.';
  if (secret && typeof value === 'string') return '.';
  const shown = secret ? kind(value) : show(value);
  if (issue.code === 'invalid_value' && typeof value === 'string') {
    const hint = nearest(value, issue.values.map(String));
    return `, not ${shown}${hint === null ? '.' : `; did you mean "${hint}"?`}`;
  }
  return `, not ${shown}.`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return `the text "${truncate(value)}"`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return kind(value);
}

function kind(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a map' : `a ${typeof value}`;
}

function truncate(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= MAX_QUOTED_CHARS ? line : `${line.slice(0, MAX_QUOTED_CHARS)}…`;
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function oneOf(choices: readonly string[]): string {
  const unique = [...new Set(choices)];
  if (unique.length < 2) return unique.join('');
  return `${unique.slice(0, -1).join(', ')} or ${unique.at(-1) ?? ''}`;
}

/**
 * The sentences for a union: the faults of the branch that was most likely meant, or, if no branch
 * has the value's type, one sentence that lists the types.
 */
function union(
  issue: z.core.$ZodIssueInvalidUnion,
  path: Path,
  subject: ValidatedDocument,
): IssueMessage[] {
  const at = (message: string): IssueMessage[] => [{ path, atKey: false, message }];
  if ('options' in issue && Array.isArray(issue.options)) {
    const choice = oneOf(issue.options.map(literal));
    const value = subject.valueAt(path);
    if (value === undefined) return at(`${name(path)} is missing; it must be ${choice}.`);
    const shown = subject.placeholderAt(path) ?? show(value);
    return at(`${name(path)} must be ${choice}, not ${shown}.`);
  }
  const branches = issue.errors;
  const plausible = branches.filter((issues) => !issues.some(isTypeMismatch));
  const [best] = plausible.toSorted((a, b) => a.length - b.length);
  if (best !== undefined) return best.flatMap((inner) => issueMessages(inner, subject, path));
  const expected = branches.flatMap((issues) =>
    issues.filter(isTypeMismatch).flatMap((inner) => alternatives(inner, path, subject)),
  );
  const first = branches[0]?.[0];
  if (first === undefined) return at(`${name(path)} is not valid.`);
  const absent = subject.valueAt(path) === undefined;
  const rest = absent ? '.' : actual(mergedValues(first, branches), path, subject);
  return at(`${name(path)} ${absent ? 'is missing; it ' : ''}must be ${oneOf(expected)}${rest}`);
}

function isTypeMismatch(issue: Issue): boolean {
  const kinds = ['invalid_type', 'invalid_value'];
  return issue.path.length === 0 && kinds.includes(issue.code);
}

function alternatives(issue: Issue, path: Path, subject: ValidatedDocument): string[] {
  if (issue.code === 'invalid_value') return issue.values.map(literal);
  return [requirement(issue, path, subject).replace(/^must be /, '')];
}

/** One issue with the allowed values of all branches, so that a misspelt value is recognised whichever branch has it. */
function mergedValues(first: Issue, branches: readonly (readonly Issue[])[]): Issue {
  const values = branches.flat().flatMap((i) => (i.code === 'invalid_value' ? i.values : []));
  if (values.length === 0) return first;
  return { code: 'invalid_value', values, path: [], message: '' };
}
