import * as z from 'zod';

type Camel<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

type CamelKeys<T> = { readonly [K in keyof T as K extends string ? Camel<K> : K]: T[K] };

/** Metadata for an option whose value must not appear in messages. */
export const secret = { secret: true } as const;

/**
 * A map with exactly these options, in snake_case in the file and in camelCase in code.
 *
 * Only the names of options are converted, not the keys of maps inside them.
 */
export function section<Shape extends z.core.$ZodLooseShape>(
  shape: Shape,
): z.ZodPipe<
  z.ZodObject<Shape, z.core.$strict>,
  z.ZodTransform<
    CamelKeys<z.output<z.ZodObject<Shape, z.core.$strict>>>,
    z.output<z.ZodObject<Shape, z.core.$strict>>
  >
> {
  return z.strictObject(shape).transform(camelKeys);
}

function camelKeys<T extends object>(options: T): CamelKeys<T> {
  const entries = Object.entries(options).map(([key, value]) => [camel(key), value as unknown]);
  return Object.fromEntries(entries) as CamelKeys<T>;
}

function camel(key: string): string {
  return key.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
