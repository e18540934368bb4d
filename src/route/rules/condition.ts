import {
  Environment,
  EvaluationError,
  ParseError,
  TypeError as ConditionTypeError,
  type ASTNode,
  type Context,
} from '@marcbachmann/cel-js';
import {
  conditionFaults,
  faultOfError,
  typeName,
  type ConditionFault,
} from './condition-faults.js';
import { FACT_FIELDS, type RuleFacts } from './facts.js';
import { compileFastPath, MissingKeyError } from './fast-path.js';
import { globMatcher } from './glob.js';
import { shareOf } from './share-of.js';

/** A condition that has passed the type check. */
export interface Condition {
  readonly text: string;
  readonly ast: ASTNode;
  /** @throws {Error} if the facts lack a label that the condition reads; see `failureReason` */
  holds(facts: RuleFacts): boolean;
}

/** Compiles conditions. Takes a millisecond to create: use one per rules file. */
export interface ConditionCompiler {
  /** @returns the condition, or all faults of the text */
  compile(text: string): Condition | readonly ConditionFault[];
}

/** Long enough for any handwritten rule; keeps a broken file from taking minutes. */
const MAX_CONDITION_CHARS = 4000;
const LIMITS = { maxAstNodes: 1000, maxDepth: 50 };

/** @returns a compiler with the variables of `FACT_FIELDS` and without regular expressions */
export function conditionCompiler(): ConditionCompiler {
  const environment = new Environment({ enableOptionalTypes: true, limits: LIMITS });
  addMixedArithmetic(environment);
  environment.registerFunction('string.like(string): bool', (name: string, pattern: string) =>
    globMatcher([pattern])(name),
  );
  environment.registerFunction('string.share(): double', shareOf);
  const views = Object.entries(FACT_FIELDS).map(([variable, fields]) => {
    const View = viewClass(fields);
    const types = Object.entries(fields).map(([name, { type }]) => [name, type] as const);
    environment.registerType(`facts.${variable}`, {
      ctor: View,
      fields: Object.fromEntries(types),
    });
    environment.registerVariable(variable, `facts.${variable}`);
    return [variable, View] as const;
  });
  environment.registerVariable('metadata', 'map<string, string>');
  const context = (facts: RuleFacts): Context => {
    const context: Context = { metadata: facts.metadata };
    for (const [variable, View] of views) context[variable] = new View(facts);
    return context;
  };
  return { compile: (text) => compile(environment, context, text) };
}

/** Why a condition could not be evaluated, as the end of a sentence. */
export function failureReason(error: unknown): string {
  if (error instanceof EvaluationError) return error.summary;
  return error instanceof MissingKeyError ? error.message : String(error);
}

function compile(
  environment: Environment,
  context: (facts: RuleFacts) => Context,
  text: string,
): Condition | readonly ConditionFault[] {
  if (text.length > MAX_CONDITION_CHARS) {
    return [
      { offset: 0, message: `a condition may have at most ${MAX_CONDITION_CHARS} characters.` },
    ];
  }
  try {
    const program = environment.parse(text);
    // Reports all misspelt names at once; the type check stops at the first.
    const faults = conditionFaults(program.ast);
    if (faults.length > 0) return faults;
    const checked = program.check();
    if (checked.error !== undefined) throw checked.error;
    if (checked.type !== 'bool') {
      const message = `a condition must evaluate to true or false; this is ${typeName(checked.type ?? 'dyn')}.`;
      return [{ offset: 0, message }];
    }
    const fast = compileFastPath(program.ast);
    const holds = fast ?? ((facts: RuleFacts) => program(context(facts)) === true);
    return { text, ast: program.ast, holds };
  } catch (error) {
    if (error instanceof ParseError || error instanceof ConditionTypeError) {
      return [faultOfError(error, text)];
    }
    throw error;
  }
}

/** Allows arithmetic between `int` and `double`, which CEL does not have. */
function addMixedArithmetic(environment: Environment): void {
  const operators: readonly [string, (a: number, b: number) => number][] = [
    ['+', (a, b) => a + b],
    ['-', (a, b) => a - b],
    ['*', (a, b) => a * b],
    ['/', (a, b) => a / b],
  ];
  environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  for (const [sign, apply] of operators) {
    const mixed = (a: bigint | number, b: bigint | number) => apply(Number(a), Number(b));
    environment.registerOperator(`int ${sign} double: double`, mixed);
    environment.registerOperator(`double ${sign} int: double`, mixed);
  }
}

type Fields = (typeof FACT_FIELDS)[string];

/** Makes a class with a getter for each field. */
function viewClass(fields: Fields): new (facts: RuleFacts) => object {
  class View {
    readonly #facts: RuleFacts;

    constructor(facts: RuleFacts) {
      this.#facts = facts;
    }

    static {
      for (const [name, { type, read }] of Object.entries(fields)) {
        Object.defineProperty(this.prototype, name, {
          get(this: View) {
            const value = read(this.#facts);
            // The library represents the language's `int` as bigint.
            return type === 'int' ? BigInt(value as number) : value;
          },
        });
      }
    }
  }
  return View;
}
