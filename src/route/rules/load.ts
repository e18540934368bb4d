import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { FaultyFileError, type Fault } from '../../core/errors.js';
import { YamlFile } from '../../yaml/yaml-file.js';
import { conditionCompiler, type Condition, type ConditionCompiler } from './condition.js';
import { RuleSet, type RuleFailure } from './rule-set.js';
import { rulesSchema, type RulesFile } from './schema.js';

interface RuleSetOptions {
  /** Called whenever a condition cannot be evaluated for a request; must not throw. */
  readonly onFailure?: (failure: RuleFailure) => void;
}

/**
 * Reads a rules file.
 *
 * @throws {FaultyFileError} with every fault, also when the file cannot be read
 */
export async function loadRules(file: string, options: RuleSetOptions = {}): Promise<RuleSet> {
  return parseRules(file, await readText(file), options);
}

/**
 * Reads rules from text.
 *
 * @param file - the file name in faults
 * @throws {FaultyFileError} with every fault: YAML, options, and conditions with the position inside
 */
export function parseRules(file: string, text: string, options: RuleSetOptions = {}): RuleSet {
  const yaml = YamlFile.parse(file, text);
  const written = checkSchema(yaml);
  const conditions = readConditions(yaml, conditionCompiler());
  const faults = [...written.faults, ...conditions.faults, ...repeatedNames(yaml)];
  if (written.value === null || faults.length > 0) {
    throw new FaultyFileError(faults.sort((a, b) => a.line - b.line || a.column - b.column));
  }
  return new RuleSet({
    yaml,
    revision: createHash('sha256').update(text).digest('hex').slice(0, 12),
    written: written.value,
    conditions: conditions.value,
    onFailure: options.onFailure ?? (() => undefined),
  });
}

/**
 * The text of a file that the operator named.
 *
 * @throws {FaultyFileError} if it cannot be read
 */
export async function readText(file: string): Promise<string> {
  const text = await readTextIfThere(file);
  if (text !== null) return text;
  throw new FaultyFileError([unread(file, 'there is no such file.')]);
}

/**
 * As `readText`, for a file that may be missing.
 *
 * @returns `null` if there is no such file
 * @throws {FaultyFileError} if it exists, but cannot be read
 */
export async function readTextIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw new FaultyFileError([unread(file, `the file cannot be read: ${message}.`)]);
  }
}

function unread(file: string, message: string): Fault {
  return { file, line: 0, column: 0, message, severity: 'error' };
}

interface Checked<T> {
  readonly value: T;
  readonly faults: readonly Fault[];
}

function checkSchema(yaml: YamlFile): Checked<RulesFile | null> {
  try {
    return { value: yaml.check(rulesSchema), faults: [] };
  } catch (error) {
    if (!(error instanceof FaultyFileError)) throw error;
    return { value: null, faults: error.faults };
  }
}

/** Compiles the conditions of the raw file, so that a misspelt option does not hide their faults. */
function readConditions(
  yaml: YamlFile,
  compiler: ConditionCompiler,
): Checked<readonly (Condition | null)[]> {
  const faults: Fault[] = [];
  const value = rawRules(yaml).map(({ when }, i) => {
    if (typeof when !== 'string' || when === '') return null;
    const compiled = compiler.compile(when);
    if ('holds' in compiled) return compiled;
    for (const { offset, message } of compiled) {
      const place = yaml.locate(['rules', i, 'when'], offset);
      faults.push({ file: yaml.file, ...place, message, severity: 'error' });
    }
    return null;
  });
  return { value, faults };
}

function repeatedNames(yaml: YamlFile): readonly Fault[] {
  const lines = new Map<string, number>();
  const faults: Fault[] = [];
  rawRules(yaml).forEach(({ name }, i) => {
    if (typeof name !== 'string') return;
    const path = ['rules', i, 'name'];
    const line = lines.get(name);
    if (line === undefined) lines.set(name, yaml.locate(path).line);
    else faults.push(yaml.fault(path, `line ${line} already has a rule "${name}".`));
  });
  return faults;
}

function rawRules(yaml: YamlFile): readonly { readonly name?: unknown; readonly when?: unknown }[] {
  const { value } = yaml;
  if (typeof value !== 'object' || value === null || !('rules' in value)) return [];
  if (!Array.isArray(value.rules)) return [];
  return value.rules.map((rule: unknown) =>
    typeof rule === 'object' && rule !== null ? rule : {},
  );
}
