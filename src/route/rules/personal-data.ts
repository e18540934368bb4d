/** The kinds that `personalDataIn` finds, in the order of its result. */
export const PERSONAL_DATA = ['email', 'iban', 'card'] as const;

type PersonalData = (typeof PERSONAL_DATA)[number];

/**
 * Finds the kinds of personal data in a text by their form and check digits.
 *
 * Time is linear in the text's length, whatever is in it.
 *
 * @returns in the order of `PERSONAL_DATA`
 */
export function personalDataIn(text: string): readonly PersonalData[] {
  return PERSONAL_DATA.filter((kind) => FINDERS[kind](text));
}

const FINDERS: Readonly<Record<PersonalData, (text: string) => boolean>> = {
  email: (text) => EMAIL.test(text),
  iban: (text) => someMatch(text, IBAN_START, (at) => isIbanAt(text, at)),
  card: (text) => someMatch(text, CARD_START, (at) => isCardAt(text, at)),
};

/** Matches only the last character before the "@", so that time stays linear. */
const EMAIL = /[\p{L}\p{N}_%+-]@(?:[\p{L}\p{N}-]{1,63}\.)+\p{L}{2,63}/u;

const IBAN_START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}/g;
/** Not within a hash, nor after a decimal point. */
const CARD_START = /(?<![A-Za-z0-9.])[2-6]\d/g;

function someMatch(text: string, start: RegExp, isMatch: (at: number) => boolean): boolean {
  for (const { index } of text.matchAll(start)) if (isMatch(index)) return true;
  return false;
}

/** Length of an IBAN by country, in characters. */
const IBAN_LENGTHS: ReadonlyMap<string, number> = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20
   EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30
   KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24
   PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22
   VG24 XK20`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

function isIbanAt(text: string, at: number): boolean {
  const length = IBAN_LENGTHS.get(text.slice(at, at + 2).toUpperCase());
  if (length === undefined) return false;
  const [number] = numbersAt(text, at, [length], /[A-Za-z0-9]/);
  return number !== undefined && isValidIban(number.toUpperCase());
}

/** ISO 7064, MOD 97-10: the first four characters moved to the end, letters as 10 to 35. */
function isValidIban(number: string): boolean {
  let rest = 0;
  for (const character of number.slice(4) + number.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** First digits and lengths of the card networks' numbers. */
const CARDS: readonly (readonly [start: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(?:5[1-5]|2[2-7])/, [16]],
  [/^3[47]/, [15]],
  [/^3[068]/, [14, 16]],
  [/^(?:35|60|6[2-5])/, [16, 17, 18, 19]],
];

function isCardAt(text: string, at: number): boolean {
  const start = text.slice(at, at + 2);
  return CARDS.some(
    ([form, lengths]) => form.test(start) && numbersAt(text, at, lengths, /\d/).some(passesLuhn),
  );
}

function passesLuhn(number: string): boolean {
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    sum += i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit;
  }
  return sum % 10 === 0;
}

/**
 * The numbers of some lengths that start at a position, without the single spaces and hyphens that group them.
 *
 * @param lengths - ascending; no letter or digit may follow a number
 * @param character - a character of the number
 */
function numbersAt(
  text: string,
  at: number,
  lengths: readonly number[],
  character: RegExp,
): readonly string[] {
  const isNumberCharacter = (i: number): boolean =>
    i < text.length && character.test(text.charAt(i));
  const longest = lengths.at(-1) ?? 0;
  const found: string[] = [];
  let number = '';
  for (let i = at; number.length < longest && isNumberCharacter(i); i++) {
    number += text.charAt(i);
    const next = text.charAt(i + 1);
    if (lengths.includes(number.length) && !/[A-Za-z0-9]/.test(next)) found.push(number);
    if (/[ -]/.test(next) && isNumberCharacter(i + 2)) i += 1;
  }
  return found;
}
