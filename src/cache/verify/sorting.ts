/** Things are sorted, grouped or paired by several others, so the order in which those are named matters. */
const SORTING =
  /\b(?:(?:sort|group|order|rank|index|partition)(?:s|ed|es|ing|ings)?|groupby|indices|tuples?)\b[^.?!]{0,80}\b(?:by|on)\b[^.?!]*(?:,| and | or )|\brespectively\b/iu;

/** Whether the order in which a text names things matters. */
export const ordersMatter = (text: string): boolean => SORTING.test(text);
