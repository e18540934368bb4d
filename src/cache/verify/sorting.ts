/** Where things are sorted, grouped or paired by several others, what is named first comes first. */
const SORTING =
  /\b(?:(?:sort|group|order|rank|index|partition)(?:s|ed|es|ing|ings)?|groupby|indices|tuples?)\b[^.?!]{0,80}\b(?:by|on)\b[^.?!]*(?:,| and | or )|\brespectively\b/iu;

/** Whether it matters in a text in which order things are named. */
export const ordersMatter = (text: string): boolean => SORTING.test(text);
