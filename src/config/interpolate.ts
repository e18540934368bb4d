import type * as z from 'zod';

import type { Fault } from '../core/errors.js';
import { schemaAt } from '../yaml/schema-walk.js';
import type { YamlFile } from '../yaml/yaml-file.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A file with its placeholders filled in, and the faults in them. */
export interface Interpolated {
  readonly file: YamlFile;
  readonly faults: readonly Fault[];
  /** The paths of the texts with faults, which were left as they are. */
  readonly unfilled: readonly (readonly PropertyKey[])[];
}

// `$${` comes first, so that it is not read as a dollar sign before a placeholder.
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;
const INNER = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in all texts of a file; `$${` is a literal `${`.
 *
 * It works on the parsed YAML values, so that a variable's content cannot change the structure of
 * the file. Where `schema` expects a number, a boolean or nothing instead of a text, the filled-in
 * text is converted. As in a shell, a default also replaces an empty variable.
 *
 * @returns with a fault for each variable that is not set and each malformed placeholder; those texts
 *   are left as they are
 */
export function interpolate(source: YamlFile, schema: z.ZodType, env: Environment): Interpolated {
  const faults: Fault[] = [];
  const unfilled: (readonly PropertyKey[])[] = [];
  const file = source.mapTexts((text, path) => {
    const { result, filled, problems } = fillText(text, env);
    for (const { index, why } of problems) {
      const place = source.locate(path, index);
      faults.push({ file: source.file, ...place, message: why, severity: 'error' });
    }
    if (problems.length === 0) {
      return filled ? convert(result, schemaAt(schema, path).types) : result;
    }
    unfilled.push(path);
    return text;
  });
  return { file, faults: distinct(faults), unfilled };
}

/** An aliased text has several paths in the document, but only one position in the file. */
function distinct(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}

interface FilledText {
  result: string;
  /** Whether there was a placeholder. */
  filled: boolean;
  readonly problems: { readonly index: number; readonly why: string }[];
}

function fillText(text: string, env: Environment): FilledText {
  const state: FilledText = { result: text, filled: false, problems: [] };
  state.result = text.replace(
    PLACEHOLDER,
    (match: string, inner: string | undefined, close: string | undefined, index: number) => {
      if (match === '$${') return '${';
      state.filled = true;
      const value = close === '}' ? fill(inner ?? '', env) : malformed();
      if (value.ok) return value.text;
      state.problems.push({ index, why: value.why });
      return match;
    },
  );
  return state;
}

type Filled =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: string };

function fill(inner: string, env: Environment): Filled {
  const match = INNER.exec(inner);
  if (match === null) return malformed();
  const [, name = '', fallback] = match;
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value !== undefined && (value !== '' || fallback === undefined)) {
    return { ok: true, text: value };
  }
  if (fallback !== undefined) return { ok: true, text: fallback };
  return { ok: false, why: `environment variable ${name} is not set.` };
}

function malformed(): Filled {
  // The text is not quoted: it may be a secret that contains "${".
  const why =
    'placeholders are written ${NAME} or ${NAME:-default}; for a literal "${" write "$${".';
  return { ok: false, why };
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i;

/** Converts a filled-in text to a type that the schema allows: variables are texts, but a port is a number. */
function convert(text: string, types: readonly z.core.$ZodTypes[]): unknown {
  const kinds = new Set(types.map((type) => type._zod.def.type));
  if (kinds.has('string') || kinds.has('enum') || kinds.has('literal')) return text;
  const word = text.trim();
  if (kinds.has('number') && NUMBER.test(word)) return Number(word);
  if (kinds.has('boolean') && /^(?:true|false)$/i.test(word)) return /^true$/i.test(word);
  // An unset optional number is written ${LIMIT:-}.
  return kinds.size > 0 && word === '' ? null : text;
}
