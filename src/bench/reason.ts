import * as z from 'zod';

// By shape, not by class: errors of the platform are not always of our classes.
const failure = z.looseObject({ message: z.string(), cause: z.unknown().optional() });

/** Why something failed, in the words of whatever failed first: `fetch` itself only says that it did. */
export function reasonOf(error: unknown): string {
  const known = failure.safeParse(error);
  if (!known.success) return String(error);
  const { message, cause } = known.data;
  return failure.safeParse(cause).success ? reasonOf(cause) : message;
}
