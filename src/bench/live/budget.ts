/** Money that may be spent: set aside before a call at its dearest, settled when it is known. */
export class Budget {
  readonly #limitUsd: number;
  #spentUsd: number;
  #setAsideUsd = 0;

  /** @param spentUsd - by an earlier run that this one goes on with */
  constructor(limitUsd: number, spentUsd: number) {
    this.#limitUsd = limitUsd;
    this.#spentUsd = spentUsd;
  }

  get spentUsd(): number {
    return this.#spentUsd;
  }

  /** @returns whether the call may be made; `settle` must follow if so */
  setAside(mostUsd: number): boolean {
    if (this.#spentUsd + this.#setAsideUsd + mostUsd > this.#limitUsd) return false;
    this.#setAsideUsd += mostUsd;
    return true;
  }

  settle(mostUsd: number, costUsd: number): void {
    this.#setAsideUsd -= mostUsd;
    this.#spentUsd += costUsd;
  }
}
