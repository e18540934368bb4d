import { dearestUsd } from './dearest.js';
import { CallError } from './gateway.js';
import type { Answer, Ask, DearestRates, Gateway } from './gateway.js';
import { gradeOf } from './grade.js';
import type { Journal } from './journal.js';
import { comparisonId, judgeRequest, scoreOf, verdictIn } from './judge.js';
import type { Comparison, Judge } from './judge.js';
import type { LivePrompt } from './prompts.js';

/** What a run is made of. */
export interface LiveParts {
  readonly gateway: Pick<Gateway, 'ask'>;
  readonly journal: Journal;
  readonly budgetUsd: number;
  readonly rates: ReadonlyMap<string, DearestRates>;
  readonly models: readonly string[];
  /** Whose answers are the reference where a prompt has none. */
  readonly reference: string;
  /** `null`: no prompt is judged. */
  readonly judge: Judge | null;
  readonly maxTokens: number;
  readonly concurrency: number;
  /** Told after every call. */
  readonly onProgress: (done: number, of: number, spentUsd: number) => void;
}

/** What became of a run besides the outcomes. */
export interface LiveResult {
  /** Calls that brought nothing, by what was wrong, with how often. */
  readonly failures: ReadonlyMap<string, number>;
  /** Calls that the budget did not allow. */
  readonly unpaid: number;
  /** Comparisons that came out otherwise with the answers the other way round, of how many. */
  readonly swayed: number;
  readonly compared: number;
}

/** Runs in which a judge may fail to say which answer is better, before it is not asked again. */
const MOST_TRIES = 3;

/** An answer, and the call in the journal that it is to settle. */
interface Paid extends Answer {
  readonly call: number;
  readonly costUsd: number;
}

/** Asks, judges, and keeps to the budget; every call is in the journal before it is made. */
export class LiveRun {
  readonly #parts: LiveParts;
  readonly #failures = new Map<string, number>();
  #unpaid = 0;

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Resolves when nothing more can be done; failed calls are counted, not thrown. */
  async run(prompts: readonly LivePrompt[]): Promise<LiveResult> {
    const { journal, models } = this.#parts;
    const asks = prompts.flatMap((prompt) =>
      models
        .filter((model) => journal.answer(prompt.hash, model) === null)
        .map((model) => () => this.#answer(prompt, model)),
    );
    await this.#all(asks);
    const comparisons = prompts.flatMap((prompt) => this.#comparisonsOf(prompt));
    const { judge } = this.#parts;
    const open = comparisons.filter(
      (one) => judge !== null && journal.verdict(comparisonId(judge, one)) === null,
    );
    const hopeful = open.filter((one) => judge !== null && !this.#isGivenUp(judge, one));
    if (judge !== null && hopeful.length < open.length) {
      const why = `${judge.model}: the judge is not asked again, having said neither A, B nor TIE ${MOST_TRIES} times`;
      this.#failures.set(why, open.length - hopeful.length);
    }
    await this.#all(hopeful.map((one) => () => this.#compare(one)));
    return { failures: this.#failures, unpaid: this.#unpaid, ...this.#swayed(comparisons) };
  }

  /** An answer's grade; `null` while an answer or a verdict is missing. */
  score(prompt: LivePrompt, model: string): number | null {
    const { journal, judge } = this.#parts;
    const answer = journal.answer(prompt.hash, model);
    if (answer === null) return null;
    const grade = gradeOf(prompt, answer.text);
    if (grade !== null || judge === null) return grade;
    const comparisons = this.#comparisonsOf(prompt, [model]);
    // The reference is as good as itself; nobody needs to be asked.
    if (comparisons.length === 0) return this.#referenceFor(prompt, model) === null ? null : 1;
    const verdicts = comparisons.map((one) => journal.verdict(comparisonId(judge, one)));
    const given = verdicts.filter((verdict) => verdict !== null);
    return given.length === verdicts.length ? scoreOf(given) : null;
  }

  /** What an answer is compared with; `null` while that is missing. */
  #referenceFor(prompt: LivePrompt, model: string): string | null {
    if (typeof prompt.expected === 'string') return prompt.expected;
    const { journal, reference } = this.#parts;
    return journal.answer(prompt.hash, model === reference ? model : reference)?.text ?? null;
  }

  #comparisonsOf(
    prompt: LivePrompt,
    models: readonly string[] = this.#parts.models,
  ): readonly Comparison[] {
    if (prompt.grader !== 'judge') return [];
    const { journal, reference } = this.#parts;
    return models.flatMap((model) => {
      const candidate = journal.answer(prompt.hash, model)?.text;
      const against = this.#referenceFor(prompt, model);
      const isReference = model === reference && prompt.expected === undefined;
      if (candidate === undefined || against === null || isReference) return [];
      const pair = { prompt, candidate, reference: against };
      return [true, false].map((isFirst) => ({ ...pair, isFirst }));
    });
  }

  async #answer(prompt: LivePrompt, model: string): Promise<void> {
    const { messages, tools, hash } = prompt;
    const { journal, maxTokens } = this.#parts;
    if (journal.isCutAt(hash, model, maxTokens)) {
      this.#failCut(model);
      return;
    }
    const answer = await this.#pay({ model, messages, tools, maxTokens });
    if (answer === null) return;
    if (answer.isCut) {
      const { call, costUsd } = answer;
      const cut = { prompt: hash, model, max_tokens: maxTokens };
      journal.settle({ kind: 'failure', call, cut, cost_usd: costUsd });
      this.#failCut(model);
      return;
    }
    journal.settle({
      kind: 'answer',
      call: answer.call,
      prompt: hash,
      model,
      text: answer.text,
      in_tokens: answer.inTokens,
      out_tokens: answer.outTokens,
      cost_usd: answer.costUsd,
    });
  }

  async #compare(comparison: Comparison): Promise<void> {
    const { judge, journal } = this.#parts;
    if (judge === null) return;
    const answer = await this.#pay(judgeRequest(judge, comparison));
    if (answer === null) return;
    const verdict = verdictIn(answer.text, comparison);
    const about = comparisonId(judge, comparison);
    const { call, costUsd } = answer;
    if (verdict === null) {
      journal.settle({ kind: 'failure', call, about, cost_usd: costUsd });
      this.#fail(`${judge.model}: the judge said neither A, B nor TIE`);
      return;
    }
    journal.settle({ kind: 'verdict', call, about, verdict, cost_usd: costUsd });
  }

  #isGivenUp(judge: Judge, comparison: Comparison): boolean {
    return this.#parts.journal.unusable(comparisonId(judge, comparison)) >= MOST_TRIES;
  }

  /**
   * Makes a call if the budget allows it at its dearest. What brings an answer is for the caller to settle.
   *
   * @returns `null` where it brought nothing
   */
  async #pay(ask: Ask): Promise<Paid | null> {
    const { journal, budgetUsd } = this.#parts;
    const rates = this.#parts.rates.get(ask.model);
    if (rates === undefined) throw new Error(`the rates of ${ask.model} were not looked up`);
    const mostUsd = dearestUsd(ask, rates);
    if (journal.boundUsd + mostUsd > budgetUsd) {
      this.#unpaid += 1;
      return null;
    }
    const call = journal.begin(mostUsd);
    try {
      const answer = await this.#parts.gateway.ask(ask);
      // A cost that is not told is taken at its most: the budget must hold whatever it was.
      return { ...answer, call, costUsd: answer.costUsd ?? mostUsd };
    } catch (error) {
      const isFree = error instanceof CallError && !error.mayHaveCost;
      journal.settle({ kind: 'failure', call, cost_usd: isFree ? 0 : mostUsd });
      if (!(error instanceof CallError)) throw error;
      this.#fail(`${ask.model}: ${error.message}`);
      return null;
    }
  }

  /** A limit that cuts a model's thoughts says nothing of the model: as an error it would be held against it. */
  #failCut(model: string): void {
    const { maxTokens } = this.#parts;
    this.#fail(
      `${model}: the answer was cut off at ${maxTokens} tokens, and is not graded; a higher --max-tokens asks for it again`,
    );
  }

  #fail(why: string): void {
    this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1);
  }

  async #all(tasks: readonly (() => Promise<void>)[]): Promise<void> {
    let next = 0;
    let done = 0;
    const work = async (): Promise<void> => {
      for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
        await task();
        done += 1;
        this.#parts.onProgress(done, tasks.length, this.#parts.journal.spentUsd);
      }
    };
    await Promise.all(Array.from({ length: this.#parts.concurrency }, work));
  }

  #swayed(comparisons: readonly Comparison[]): Pick<LiveResult, 'swayed' | 'compared'> {
    const { judge, journal } = this.#parts;
    if (judge === null) return { swayed: 0, compared: 0 };
    const verdicts = comparisons.map((one) => journal.verdict(comparisonId(judge, one)));
    // Comparisons stand in pairs, one for either order.
    const pairs = verdicts.flatMap((verdict, i) =>
      i % 2 === 0 && verdict !== null && verdicts[i + 1] != null
        ? [verdict === verdicts[i + 1]]
        : [],
    );
    return { swayed: pairs.filter((same) => !same).length, compared: pairs.length };
  }
}
