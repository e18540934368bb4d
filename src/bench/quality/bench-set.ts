import { FORMAT_FAILURES, OUTCOME_SETS } from '../../outcomes/known-sets.js';
import type { OutcomeSet } from '../../outcomes/known-sets.js';
import { foldOf, FOLDS, partOf } from '../../outcomes/part.js';
import type { GradedLine, OutcomeFile } from '../../outcomes/graded.js';

/**
 * Which lines are measured: those of one part of the split, or all of them.
 *
 * `auto` is the test part of a set whose training part the shipped predictor has seen, and all of
 * any other.
 */
export const SPLITS = ['auto', 'test', 'validation', 'all'] as const;
export type Split = (typeof SPLITS)[number];

/** Lines that a baseline may learn from, and those it is measured on. */
export interface Fold {
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** One set of outcomes, ready to be measured. Lines are meant by their place in `lines`. */
export interface BenchSet {
  readonly name: string;
  /** What this project knows of the set; `null` for one's own. */
  readonly known: OutcomeSet | null;
  readonly file: string;
  readonly lines: readonly GradedLine[];
  readonly split: Exclude<Split, 'auto'>;
  /** The lines that everything is measured on, ascending. */
  readonly measured: readonly number[];
  /** Of the measured lines each is in the `test` of exactly one fold. */
  readonly folds: readonly Fold[];
  /** Lines left out because their publishers do so. */
  readonly contaminated: number;
}

/** The sets of a file, by the names its lines give. */
export function benchSets({ file, lines }: OutcomeFile, split: Split): readonly BenchSet[] {
  const byName = new Map<string, GradedLine[]>();
  for (const line of lines) {
    const others = byName.get(line.dataset);
    if (others === undefined) byName.set(line.dataset, [line]);
    else others.push(line);
  }
  return [...byName].map(([name, all]) => {
    const known = OUTCOME_SETS.find((set) => set.name === name) ?? null;
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

/** Why nothing of a set can be measured, as a sentence; `null` where something can. */
export function whyEmpty({ name, lines, measured, contaminated, split }: BenchSet): string | null {
  if (lines.length === 0) return `all ${contaminated} prompts of ${name} are marked contaminated`;
  if (measured.length === 0) return `${name} has no prompt in the part "${split}"`;
  const isGraded = measured.some((i) => (lines[i]?.outcomes.size ?? 0) > 0);
  return isGraded ? null : `no prompt of ${name} has the outcome of a model`;
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
    const parts = lines.map(({ text }) => partOf(text));
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
