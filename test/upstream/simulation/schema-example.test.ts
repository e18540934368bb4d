import * as z from 'zod';
import { exampleOf } from '../../../src/upstream/simulation/schema-example.js';

describe('exampleOf', () => {
  const schemas: [string, z.ZodType][] = [
    ['a string with length limits', z.string().min(30).max(40)],
    ['a short string', z.string().max(3)],
    ['a date', z.iso.date()],
    ['an email address', z.email()],
    ['a uuid', z.uuid()],
    ['an integer', z.int().min(5).max(7)],
    ['a number in a narrow range', z.number().gt(0).lt(1)],
    ['a negative number', z.number().lt(0)],
    ['a multiple', z.number().multipleOf(5).min(12)],
    ['a boolean', z.boolean()],
    ['null', z.null()],
    ['an enum', z.enum(['red', 'green'])],
    ['a literal', z.literal('only')],
    ['an array', z.array(z.int()).min(3).max(4)],
    ['an empty array', z.array(z.string()).max(0)],
    ['a tuple', z.tuple([z.string(), z.int()])],
    ['a union', z.union([z.object({ a: z.string() }), z.int()])],
    ['a nullable string', z.nullable(z.string())],
    ['an intersection', z.intersection(z.object({ a: z.string() }), z.object({ b: z.int() }))],
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

  test.each(schemas)('returns a valid instance of %s', (_, schema) => {
    const made = exampleOf(z.toJSONSchema(schema));

    expect(schema.safeParse(made)).toMatchObject({ success: true });
  });

  test('returns a valid instance of a recursive schema', () => {
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

  test('returns a short value for a schema without finite instances', () => {
    const endless = { type: 'object', properties: { x: { $ref: '#' } }, required: ['x'] };

    expect(JSON.stringify(exampleOf(endless)).length).toBeLessThan(1_000);
  });

  test('resolves references with escaped names', () => {
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
  ])('returns the simplest value for %j', (schema, made) => {
    expect(exampleOf(schema)).toEqual(made);
  });
});
