import type { QuestionFacts } from './veto.js';
import type { QuestionWords } from './words.js';

/** Different words held once for all questions; of more, each question has its own. */
const MOST_WORDS = 65_536;

const NONE: readonly string[] = Object.freeze([]);

/** Makes what was read of questions small: what is the same in many of them is held once. */
export class NotedWords {
  readonly #words = new Map<string, string>();

  /** The same facts, in a fraction of the memory. */
  note(facts: QuestionFacts): QuestionFacts {
    return {
      ...facts,
      words: this.#noted(facts.words),
      numbers: this.#list(facts.numbers),
      units: this.#list(facts.units),
      codes: this.#list(facts.codes),
      quotes: this.#list(facts.quotes),
      bounds: this.#list(facts.bounds),
      terms: this.#list(facts.terms),
      asks: this.#list(facts.asks),
      marks: this.#list(facts.marks),
      denials: { ...facts.denials, denied: this.#list(facts.denials.denied) },
      opposable: this.#list(facts.opposable),
    };
  }

  #noted({ plain, tokens, words, numbers, units, names, codes }: QuestionWords): QuestionWords {
    const noted = this.#list(tokens);
    return {
      plain,
      tokens: noted,
      // Without numbers, and in scripts with spaces, they are the same.
      words: isSame(tokens, words) ? noted : this.#list(words),
      numbers: this.#list(numbers),
      units: this.#list(units),
      names: this.#list(names),
      codes: this.#list(codes),
    };
  }

  #list(words: readonly string[]): readonly string[] {
    return words.length === 0 ? NONE : words.map((word) => this.#once(word));
  }

  #once(word: string): string {
    const known = this.#words.get(word);
    if (known === undefined && this.#words.size < MOST_WORDS) this.#words.set(word, word);
    return known ?? word;
  }
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((word, i) => word === other[i]);
}
