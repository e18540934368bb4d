import * as z from 'zod';

// Matched by shape: errors of the platform can come from another realm, where `instanceof Error` fails.
const failure = z.looseObject({ message: z.string(), cause: z.unknown().optional() });

/** The message of an error's innermost `cause`: `fetch` itself only reports that it failed. */
export function rootCauseMessage(error: unknown): string {
  const known = failure.safeParse(error);
  if (!known.success) return String(error);
  const { message, cause } = known.data;
  return failure.safeParse(cause).success ? rootCauseMessage(cause) : message;
}
