import * as z from 'zod';
import { exampleOf } from '../../../src/upstream/simulation/schema-example.js';

describe('an instance of a schema', () => {
  const schemas: [string, z.ZodType][] = [
    ['text', z.string().min(30).max(40)],
    ['a short text', z.string().max(3)],
    ['a date', z.iso.date()],
    ['an address', z.email()],
    ['a uuid', z.uuid()],
    ['an integer', z.int().min(5).max(7)],
    ['a number in a narrow range', z.number().gt(0).lt(1)],
    ['a number below nothing', z.number().lt(0)],
    ['a multiple', z.number().multipleOf(5).min(12)],
    ['a truth', z.boolean()],
    ['nothing', z.null()],
    ['a choice of words', z.enum(['red', 'green'])],
    ['one word', z.literal('only')],
    ['a list', z.array(z.int()).min(3).max(4)],
    ['an empty list', z.array(z.string()).max(0)],
    ['a pair', z.tuple([z.string(), z.int()])],
    ['one or the other', z.union([z.object({ a: z.string() }), z.int()])],
    ['maybe nothing', z.nullable(z.string())],
    ['both', z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() }))],
    [
      'an object',
      z.strictObject({ a: z.string(), b: z.int().optional(), c: z.array(z.boolean()) }),
    ],
    [
      'nested objects',
      z.strictObject({ a: z.strictObject({ b: z.strictObject({ c: z.int() }) }) }),
    ],
    ['a record', z.record(z.string(), z.int())],
  ];

  test.each(schemas)('is accepted by it: %s', (_, schema) => {
    const made = exampleOf(z.toJSONSchema(schema));

    expect(schema.safeParse(made)).toMatchObject({ success: true });
  });

  test('is accepted by a schema that contains itself', () => {
    interface Tree {
      name: string;
      children: Tree[];
      parent: Tree | null;
    }
    const tree: z.ZodType<Tree> = z.strictObject({
      name: z.string(),
      get children() {
        return z.array(tree);
      },
      get parent() {
        return z.nullable(tree);
      },
    });

    const made = exampleOf(z.toJSONSchema(tree));

    expect(tree.safeParse(made)).toMatchObject({ success: true });
  });

  test('ends even where the schema does not', () => {
    const endless = { type: 'object', properties: { x: { $ref: '#' } }, required: ['x'] };

    expect(JSON.stringify(exampleOf(endless)).length).toBeLessThan(1_000);
  });

  test('finds definitions by their escaped names', () => {
    const schema = { $ref: '#/$defs/a~1b', $defs: { 'a/b': { const: 7 } } };

    expect(exampleOf(schema)).toBe(7);
  });

  test.each([
    [{}, {}],
    [true, {}],
    [false, null],
    [undefined, {}],
    [{ type: ['integer', 'null'] }, 1],
    [{ items: { type: 'integer' } }, [1]],
    [{ type: 'object', required: ['x'] }, { x: 'simulated' }],
    [{ type: 'array', prefixItems: [{ const: 1 }], items: false }, [1]],
    [{ type: 'object', required: ['x'], additionalProperties: { type: 'integer' } }, { x: 1 }],
    [{ $ref: '#/nowhere' }, {}],
    [{ minimum: 3, type: 'integer' }, 3],
  ])('makes the obvious of %j', (schema, made) => {
    expect(exampleOf(schema)).toEqual(made);
  });
});
