import { FORMAT_FAILURES, KNOWN_SETS } from '../../outcomes/known-sets.js';
import type { KnownSet } from '../../outcomes/known-sets.js';
import { foldOf, FOLDS, splitPartOf } from '../../outcomes/split.js';
import type { GradedLine, OutcomeFile } from '../../outcomes/outcome-file.js';

/**
 * Which lines are measured: one part of the split, or all.
 *
 * `auto` is the test part of a set that the shipped predictor was trained on, and all lines of any other set.
 */
export const SPLITS = ['auto', 'test', 'validation', 'all'] as const;
export type Split = (typeof SPLITS)[number];

/** The lines that a baseline may learn from, and those it is measured on. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** One set of outcomes, ready to be measured. Lines are referred to by their index in `lines`. */
export interface BenchSet {
  readonly name: string;
  /** The set's entry among the known sets; `null` for a set of the user's own. */
  readonly known: KnownSet | null;
  readonly file: string;
  readonly lines: readonly GradedLine[];
  readonly split: Exclude<Split, 'auto'>;
  /** The lines on which everything is measured, ascending. */
  readonly measured: readonly number[];
  /** Each measured line is in the `test` of exactly one fold. */
  readonly folds: readonly Fold[];
  /** Number of lines excluded because their publishers exclude them. */
  readonly contaminated: number;
}

/** Splits a file into sets, by the `dataset` of its lines. */
export function benchSets({ file, lines }: OutcomeFile, split: Split): readonly BenchSet[] {
  const byName = new Map<string, GradedLine[]>();
  for (const line of lines) {
    const others = byName.get(line.dataset);
    if (others === undefined) byName.set(line.dataset, [line]);
    else others.push(line);
  }
  return [...byName].map(([name, all]) => {
    const known = KNOWN_SETS.find((set) => set.name === name) ?? null;
    const usable = all
      .filter(({ contaminated }) => !contaminated)
      .map((line) => withoutFormatFailures(line, name));
    const chosen = split === 'auto' ? (known?.use === 'train' ? 'test' : 'all') : split;
    return {
      name,
      known,
      file,
      lines: usable,
      split: chosen,
      contaminated: all.length - usable.length,
      ...divide(usable, chosen),
    };
  });
}

/** Why a set has nothing to measure, as a sentence; `null` if it has something. */
export function whyEmpty({ name, lines, measured, contaminated, split }: BenchSet): string | null {
  if (lines.length === 0) return `all ${contaminated} prompts of ${name} are marked contaminated`;
  if (measured.length === 0) return `${name} has no prompt in the part "${split}"`;
  const isGraded = measured.some((i) => (lines[i]?.outcomes.size ?? 0) > 0);
  return isGraded ? null : `no prompt of ${name} has an outcome`;
}

function withoutFormatFailures(line: GradedLine, set: string): GradedLine {
  const outcomes = new Map(
    [...line.outcomes].filter(([model]) => !FORMAT_FAILURES.has(`${set} ${model}`)),
  );
  return outcomes.size === line.outcomes.size ? line : { ...line, outcomes };
}

function divide(
  lines: readonly GradedLine[],
  split: Exclude<Split, 'auto'>,
): Pick<BenchSet, 'measured' | 'folds'> {
  const everyLine = lines.map((_, i) => i);
  if (split !== 'all') {
    const parts = lines.map(({ text }) => splitPartOf(text));
    const test = everyLine.filter((i) => parts[i] === split);
    return {
      measured: test,
      folds: [{ test, train: everyLine.filter((i) => parts[i] === 'train') }],
    };
  }
  const fold = lines.map(({ text }) => foldOf(text));
  return {
    measured: everyLine,
    folds: Array.from({ length: FOLDS }, (_, k) => ({
      train: everyLine.filter((i) => fold[i] !== k),
      test: everyLine.filter((i) => fold[i] === k),
    })),
  };
}
