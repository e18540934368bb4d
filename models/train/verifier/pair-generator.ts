import { wordSimilarity } from '../../../src/cache/verify/word-similarity.js';
import { synonymy } from '../../../src/cache/verify/lexicon.js';
import type { KnownWord, WordTable } from '../../../src/cache/verify/word-table.js';
import type { LabelledPair } from '../embedder/corpus.js';
import type { Random } from '../random.js';
import { REWORDINGS } from './rewordings.js';

/**
 * Makes pairs from single questions: a rewording, or a question that differs in one detail.
 *
 * Collections of duplicate questions have few of either kind, and a cache gets both all the time.
 */
export class PairGenerator {
  readonly #random: Random;
  readonly #table: WordTable;
  /** Candidates for replacing a word by another of the same sort. */
  readonly #words: readonly KnownWord[];

  /** @param vocabulary - words of questions, lower case */
  constructor(vocabulary: readonly string[], table: WordTable, random: Random) {
    this.#random = random;
    this.#table = table;
    this.#words = vocabulary.map((word) => table.find(word)).filter(({ rarity }) => rarity > 0.5);
  }

  /** @returns the question and a rewording; `null` if none applies */
  same(text: string): LabelledPair | null {
    let changed = text;
    const changes = 1 + Math.floor(this.#random.next() * 3);
    for (let i = 0; i < changes; i++) changed = this.#pick(REWORDINGS)(changed, this.#random);
    return changed === text ? null : { a: text, b: changed, label: 1 };
  }

  /** @returns the question and one that needs another answer; `null` if no change applies */
  different(text: string): LabelledPair | null {
    const ways = [
      () => this.#sibling(text),
      () => this.#sibling(text),
      () => this.#sibling(text),
      () => this.#without(text),
      () => this.#swapped(text),
      () => this.#swapped(text),
      () => cut(text, this.#random),
      () => cut(text, this.#random),
      () => cut(text, this.#random),
      () => exchange(text, this.#random),
      () => exchange(text, this.#random),
      () => changeNumber(text, this.#random),
      () => deny(text),
      () => turn(text),
    ];
    const changed = this.#pick(ways)();
    if (changed === null || changed === text) return null;
    const other = this.#random.next() < 0.5 ? (this.same(changed)?.b ?? changed) : changed;
    return this.#random.next() < 0.5
      ? { a: text, b: other, label: 0 }
      : { a: other, b: text, label: 0 };
  }

  /** Another word of the same sort: `Python` for `Java`, `invoice` for `receipt`. */
  #sibling(text: string): string | null {
    const candidates = contentWords(text, this.#table);
    if (candidates.length === 0) return null;
    const chosen = this.#pick(candidates);
    let best: KnownWord | null = null;
    let bestNearness = 0;
    for (let i = 0; i < 400; i++) {
      const other = this.#pick(this.#words);
      const near = wordSimilarity(chosen.word, other);
      if (near <= bestNearness || near >= 0.8 || other.text.length <= 2) continue;
      if (synonymy(chosen.word.entry, other.entry) === 0) {
        best = other;
        bestNearness = near;
      }
    }
    if (best === null) return null;
    return replaceAt(text, chosen, likeCase(chosen.written, best.text));
  }

  /** One content word is left out. */
  #without(text: string): string | null {
    const candidates = contentWords(text, this.#table).filter(({ word }) => word.rarity > 0.6);
    if (candidates.length < 3) return null;
    return replaceAt(text, this.#pick(candidates), '').replaceAll(/ {2,}/g, ' ').trim();
  }

  /** Two content words swap places: `who beat whom` becomes another question. */
  #swapped(text: string): string | null {
    const candidates = contentWords(text, this.#table);
    if (candidates.length < 2) return null;
    const [x, y] = [this.#pick(candidates), this.#pick(candidates)];
    if (x.word.text === y.word.text) return null;
    const [first, second] = x.index < y.index ? [x, y] : [y, x];
    const between = text.slice(first.index + first.written.length, second.index);
    // The order of a list does not matter.
    if (/,|\b(?:and|or)\b|^\s*$/u.test(between)) return null;
    return replaceAt(replaceAt(text, second, first.written), first, second.written);
  }

  #pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.#random.next() * items.length)] as T;
  }
}

interface PlacedWord {
  readonly written: string;
  readonly index: number;
  readonly word: KnownWord;
}

function contentWords(text: string, table: WordTable): readonly PlacedWord[] {
  return [...text.matchAll(/\p{L}{3,}/gu)]
    .map(({ 0: written, index }) => ({ written, index, word: table.find(written.toLowerCase()) }))
    .filter(({ word }) => word.rarity > 0.5 && word.rarity < 1);
}

function replaceAt(text: string, { index, written }: PlacedWord, by: string): string {
  return text.slice(0, index) + by + text.slice(index + written.length);
}

function likeCase(written: string, word: string): string {
  if (/^\p{Lu}{2,}$/u.test(written)) return word.toUpperCase();
  return /^\p{Lu}/u.test(written) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

function changeNumber(text: string, random: Random): string | null {
  const numbers = [...text.matchAll(/(?<![\p{L}\d_.])\d{1,6}(?![\p{L}\d_.])/gu)];
  const chosen = numbers[Math.floor(random.next() * numbers.length)];
  if (chosen === undefined) return null;
  const value = Number(chosen[0]);
  const other = random.next() < 0.5 ? value + 1 : value * (random.next() < 0.5 ? 2 : 10);
  return text.slice(0, chosen.index) + String(other) + text.slice(chosen.index + chosen[0].length);
}

const DENIALS: readonly (readonly [RegExp, string])[] = [
  [/\bwith\b/u, 'without'],
  [/\bwithout\b/u, 'with'],
  [/\bcan\b(?! (?:you|i)\b)/u, 'cannot'],
  [/\bis\b/u, 'is not'],
  [/\bare\b/u, 'are not'],
  [/\bdo(?:es)? not\b/u, 'do'],
  [/\bdoes\b/u, "doesn't"],
  [/\bshould\b/u, 'should not'],
  [/\bto (?=\p{L}+ )/u, 'not to '],
];

function deny(text: string): string | null {
  const found = DENIALS.find(([pattern]) => pattern.test(text));
  return found === undefined ? null : text.replace(found[0], found[1]);
}

/** Removes the last phrase: `sort a list in place` asks for more than `sort a list`. */
function cut(text: string, random: Random): string | null {
  const places = [
    ...text.matchAll(
      /(?<=\p{L}{2,}.{8,}) (?:with|without|for|in|using|that|which|from|by|on|as|when|if|and|to|about|so that|instead of) (?=\p{L})/gu,
    ),
  ];
  const chosen = places[Math.floor(random.next() * places.length)];
  if (chosen === undefined || text.length - chosen.index > 80) return null;
  return text.slice(0, chosen.index) + (/[.?!]$/u.exec(text)?.[0] ?? '');
}

/** Small words that change what is asked, each with others that may stand there. */
const SMALL_WORDS: readonly (readonly string[])[] = [
  ['my', 'his', 'her', 'their', 'your'],
  ['i', 'he', 'she', 'they'],
  ['is', 'was', 'will be'],
  ['can', 'must', 'should'],
  ['does', 'did', 'will'],
  ['first', 'last', 'second', 'third'],
  ['before', 'after', 'during'],
  ['more', 'less', 'fewer'],
  ['all', 'some', 'none of the'],
  ['always', 'never', 'sometimes'],
  ['and', 'or', 'but not'],
  ['how', 'why', 'when', 'where'],
  ['who', 'why', 'when', 'where'],
  ['in', 'outside', 'near'],
  ['under', 'over'],
  ['only', 'also'],
  ['best', 'worst', 'cheapest', 'fastest'],
  ['write', 'rewrite', 'summarize', 'translate', 'criticize', 'shorten'],
  ['explain', 'list', 'translate', 'rewrite', 'summarize'],
];

function exchange(text: string, random: Random): string | null {
  const found = [...text.matchAll(/\b\p{L}+\b/gu)].flatMap((match) => {
    const group = SMALL_WORDS.find((words) => words.includes(match[0].toLowerCase()));
    return group === undefined ? [] : [{ match, group }];
  });
  const chosen = found[Math.floor(random.next() * found.length)];
  if (chosen === undefined) return null;
  const { match, group } = chosen;
  const others = group.filter((word) => word !== match[0].toLowerCase());
  const other = others[Math.floor(random.next() * others.length)] ?? '';
  return (
    text.slice(0, match.index) +
    likeCase(match[0], other) +
    text.slice(match.index + match[0].length)
  );
}

/** "from A to B" becomes "from B to A". */
function turn(text: string): string | null {
  const found = /\b(\p{L}{3,}) (to|into|than|before|after|and then|over|from) (\p{L}{3,})\b/u.exec(
    text,
  );
  if (found === null) return null;
  const [whole, a, link, b] = found;
  return text.replace(whole, `${b} ${link} ${a}`);
}
