import { maxCostUsd } from './max-cost.js';
import { CallError } from './gateway-client.js';
import type { ModelAnswer, ModelRequest, MaxRates, GatewayClient } from './gateway-client.js';
import { gradeAnswer } from './grade.js';
import type { Journal } from './journal.js';
import { comparisonId, judgeRequest, scoreOfVerdicts, parseVerdict } from './judge.js';
import type { Comparison, Judge } from './judge.js';
import type { LivePrompt } from './prompts.js';

/** Dependencies and settings of a run. */
export interface LiveRunOptions {
  readonly gateway: Pick<GatewayClient, 'ask'>;
  readonly journal: Journal;
  readonly budgetUsd: number;
  readonly rates: ReadonlyMap<string, MaxRates>;
  readonly models: readonly string[];
  /** The model whose answers are the reference for prompts without `expected`. */
  readonly reference: string;
  /** `null`: no prompt is judged. */
  readonly judge: Judge | null;
  readonly maxTokens: number;
  readonly concurrency: number;
  /** Called after every call. */
  readonly onProgress: (done: number, of: number, spentUsd: number) => void;
}

/** The result of a run, without the outcomes. */
export interface LiveResult {
  /** Number of failed calls, by reason. */
  readonly failures: ReadonlyMap<string, number>;
  /** Calls not made because they might have exceeded the budget. */
  readonly unpaid: number;
  /** Comparisons, of `compared`, whose verdict changed when the answers were swapped. */
  readonly swayed: number;
  readonly compared: number;
}

/** Number of invalid verdicts on a comparison, over all runs, after which the judge is not asked again. */
const MAX_INVALID_VERDICTS = 3;

/** An answer with its cost, and the number of its call, which the caller must settle. */
interface PaidAnswer extends ModelAnswer {
  readonly call: number;
  readonly costUsd: number;
}

/** Collects answers and verdicts within a budget; every call is in the journal before it is made. */
export class LiveRun {
  readonly #parts: LiveRunOptions;
  readonly #failures = new Map<string, number>();
  #unpaid = 0;

  constructor(parts: LiveRunOptions) {
    this.#parts = parts;
  }

  /** Resolves when nothing more can be done; failed calls are counted, not thrown. */
  async run(prompts: readonly LivePrompt[]): Promise<LiveResult> {
    const { journal, models } = this.#parts;
    const calls = prompts.flatMap((prompt) =>
      models
        .filter((model) => journal.answer(prompt.hash, model) === null)
        .map((model) => () => this.#answer(prompt, model)),
    );
    await this.#runAll(calls);
    const comparisons = prompts.flatMap((prompt) => this.#comparisonsOf(prompt));
    const { judge } = this.#parts;
    const open = comparisons.filter(
      (one) => judge !== null && journal.verdict(comparisonId(judge, one)) === null,
    );
    const askable = open.filter((one) => judge !== null && !this.#isGivenUp(judge, one));
    if (judge !== null && askable.length < open.length) {
      const why = `${judge.model}: the judge is not called again, because it answered neither A, B nor TIE ${MAX_INVALID_VERDICTS} times`;
      this.#failures.set(why, open.length - askable.length);
    }
    await this.#runAll(askable.map((one) => () => this.#compare(one)));
    return { failures: this.#failures, unpaid: this.#unpaid, ...this.#orderEffects(comparisons) };
  }

  /** An answer's grade; `null` while an answer or a verdict is missing. */
  score(prompt: LivePrompt, model: string): number | null {
    const { journal, judge } = this.#parts;
    const answer = journal.answer(prompt.hash, model);
    if (answer === null) return null;
    const grade = gradeAnswer(prompt, answer.text);
    if (grade !== null || judge === null) return grade;
    const comparisons = this.#comparisonsOf(prompt, [model]);
    // The reference is as good as itself; no comparison is needed.
    if (comparisons.length === 0) return this.#referenceFor(prompt, model) === null ? null : 1;
    const verdicts = comparisons.map((one) => journal.verdict(comparisonId(judge, one)));
    const available = verdicts.filter((verdict) => verdict !== null);
    return available.length === verdicts.length ? scoreOfVerdicts(available) : null;
  }

  /** The text that an answer is compared with; `null` while it is missing. */
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
    if (journal.isTruncatedAt(hash, model, maxTokens)) {
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
    const verdict = parseVerdict(answer.text, comparison);
    const about = comparisonId(judge, comparison);
    const { call, costUsd } = answer;
    if (verdict === null) {
      journal.settle({ kind: 'failure', call, about, cost_usd: costUsd });
      this.#fail(`${judge.model}: the judge answered neither A, B nor TIE`);
      return;
    }
    journal.settle({ kind: 'verdict', call, about, verdict, cost_usd: costUsd });
  }

  #isGivenUp(judge: Judge, comparison: Comparison): boolean {
    return (
      this.#parts.journal.invalidVerdicts(comparisonId(judge, comparison)) >= MAX_INVALID_VERDICTS
    );
  }

  /**
   * Makes a call if the budget covers its maximum cost. The caller must settle a call that returns an answer.
   *
   * @returns `null` if the call was not made or failed
   */
  async #pay(request: ModelRequest): Promise<PaidAnswer | null> {
    const { journal, budgetUsd } = this.#parts;
    const rates = this.#parts.rates.get(request.model);
    if (rates === undefined) throw new Error(`the price of ${request.model} was not looked up`);
    const mostUsd = maxCostUsd(request, rates);
    if (journal.committedUsd + mostUsd > budgetUsd) {
      this.#unpaid += 1;
      return null;
    }
    const call = journal.begin(mostUsd);
    try {
      const answer = await this.#parts.gateway.ask(request);
      // An unreported cost counts at its maximum, so that the budget always holds.
      return { ...answer, call, costUsd: answer.costUsd ?? mostUsd };
    } catch (error) {
      const isFree = error instanceof CallError && !error.mayHaveCost;
      journal.settle({ kind: 'failure', call, cost_usd: isFree ? 0 : mostUsd });
      if (!(error instanceof CallError)) throw error;
      this.#fail(`${request.model}: ${error.message}`);
      return null;
    }
  }

  /** Not graded: a limit that cuts off a model's reasoning says nothing about the model. */
  #failCut(model: string): void {
    const { maxTokens } = this.#parts;
    this.#fail(
      `${model}: the answer was cut off at ${maxTokens} tokens and is not graded; run again with a higher --max-tokens`,
    );
  }

  #fail(why: string): void {
    this.#failures.set(why, (this.#failures.get(why) ?? 0) + 1);
  }

  async #runAll(tasks: readonly (() => Promise<void>)[]): Promise<void> {
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

  #orderEffects(comparisons: readonly Comparison[]): Pick<LiveResult, 'swayed' | 'compared'> {
    const { judge, journal } = this.#parts;
    if (judge === null) return { swayed: 0, compared: 0 };
    const verdicts = comparisons.map((one) => journal.verdict(comparisonId(judge, one)));
    // Comparisons come in pairs, one for each order.
    const pairs = verdicts.flatMap((verdict, i) =>
      i % 2 === 0 && verdict !== null && verdicts[i + 1] != null
        ? [verdict === verdicts[i + 1]]
        : [],
    );
    return { swayed: pairs.filter((same) => !same).length, compared: pairs.length };
  }
}
