import { exactJson, keepExact } from '../../src/dialects/exact-json.js';
import { adapterBetween } from '../../src/dialects/dialects.js';
import type { ClientDialectName, DialectName } from '../../src/dialects/dialect.js';
import { fc } from '../support/fast-check.js';
import { answered, DIALECTS, streamed, TARGET } from '../support/translated.js';
import { growthOf } from '../support/growth.js';

const ID = '1234567890123456789';
const ARGS = `{"id":${ID},"price":1.10}`;

/** A request as the provider gets it, byte by byte. */
function sent(from: ClientDialectName, to: DialectName, body: string): string {
  const request = DIALECTS[from].readRequest(Buffer.from(body));
  return adapterBetween(from, to)
    .prepareRequest(request, { model: 'm', askUsage: false }, () => TARGET)
    .body.toString();
}

/** The arguments of its first call as an OpenAI client gets them. */
function calledAs(provider: DialectName, body: string): unknown {
  const { choices } = answered('openai', provider, body).json as {
    choices: [{ message: { tool_calls: [{ function: { arguments: string } }] } }];
  };
  return choices[0].message.tool_calls[0].function.arguments;
}

const message = `{"id":"m","type":"message","content":[{"type":"text","text":"é"},{"type":"tool_use","id":"t","name":"f","input":${ARGS}}],"stop_reason":"tool_use"}`;
const response = `{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":${ARGS}}}]},"finishReason":"STOP"}]}`;
const converse = `{"output":{"message":{"content":[{"toolUse":{"toolUseId":"t","name":"f","input":${ARGS}}}]}},"stopReason":"tool_use"}`;
const chat = `{"message":{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":${ARGS}}}]},"done":true}`;
const completion = `{"id":"c","choices":[{"index":0,"message":{"role":"assistant","tool_calls":[{"id":"t","type":"function","function":{"name":"f","arguments":${JSON.stringify(ARGS)}}}]},"finish_reason":"tool_calls"}]}`;

describe('number beyond double precision', () => {
  test.each([
    ['anthropic', message],
    ['gemini', response],
    ['bedrock', converse],
    ['ollama', chat],
    ['openai', completion],
  ] as const)('stays exact in tool call arguments from %s', (provider, body) => {
    expect(calledAs(provider, body)).toBe(ARGS);
  });

  test('stays exact in a Gemini stream', () => {
    const { text } = streamed('openai', 'gemini', [Buffer.from(`data: ${response}\r\n\r\n`)]);

    expect(text).toContain(JSON.stringify(ARGS).slice(1, -1));
  });

  test('stays exact in an Ollama stream', () => {
    const { text } = streamed('openai', 'ollama', [Buffer.from(`${chat}\n`)]);

    expect(text).toContain(JSON.stringify(ARGS).slice(1, -1));
  });

  test.each(['anthropic', 'gemini'] as const)('reaches clients of %s exactly', (client) => {
    const bytes = Buffer.from(completion);
    const { body } = adapterBetween(client, 'openai').readAnswer(
      bytes,
      { trusted: false, includeUsage: true, model: 'm', createdS: 1, seed: 's' },
      { body: bytes, headers: [], dropped: [], answerTool: null, restoring: null, memory: null },
    );

    expect(body.toString()).toContain(ARGS);
  });

  const use = `{"type":"tool_use","id":"t","name":"f","input":${ARGS}}`;
  const history = `{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"x"},{"role":"assistant","content":[${use}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"ok"}]}]}`;

  test.each([
    ['openai', JSON.stringify(ARGS)],
    ['responses', JSON.stringify(ARGS)],
    ['gemini', ARGS],
    ['bedrock', ARGS],
  ] as const)('is sent to %s exactly in calls of earlier turns', (provider, expected) => {
    expect(sent('anthropic', provider, history)).toContain(expected);
  });

  const call = { id: 't', type: 'function', function: { name: 'f', arguments: ARGS } };
  const schema = `{"type":"object","properties":{"id":{"type":"integer","maximum":9223372036854775807}}}`;
  const turns = JSON.stringify([
    { role: 'user', content: 'x' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 't', content: ARGS },
  ]);
  const asked = `{"model":"m","messages":${turns},"tools":[{"type":"function","function":{"name":"f","parameters":${schema}}}]}`;

  test.each(['anthropic', 'gemini', 'bedrock', 'cohere', 'ollama'] as const)(
    'is sent to %s exactly in calls and schemas',
    (provider) => {
      const body = sent('openai', provider, asked);

      expect(body).toContain('"maximum":9223372036854775807');
      expect(body).toContain(ID);
      expect(body).not.toContain('1234567890123456800');
    },
  );

  test('stays exact anywhere in a document', () => {
    const big = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map((n) => new Whole(n));
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        big,
        fc.string(),
        fc.boolean(),
        fc.array(tie('node')),
        fc.dictionary(fc.string(), tie('node')),
      ),
    })).node;

    fc.assert(
      fc.property(fc.array(tree), (value) => {
        const text = written(value);
        const read: unknown = JSON.parse(text);

        keepExact(read, ` ${text}\n`);

        expect(exactJson(read)).toBe(text);
      }),
    );
  });

  test('is found in time independent of its depth', async () => {
    const list = `[${'{"a":[1,2],"b":[]},'.repeat(10_000)}${ID}]`;
    const listAt = (depth: number) => {
      const text = '{"a":'.repeat(depth) + list + '}'.repeat(depth);
      return { text, value: JSON.parse(text) as unknown };
    };
    const keep = ({ text, value }: { text: string; value: unknown }) => {
      keepExact(value, text);
    };

    const growth = await growthOf(listAt, keep, { small: 1, large: 60 });

    // A search level by level would take sixty times as long.
    expect(growth).toBeLessThan(5);
    const deep = listAt(60);
    keep(deep);
    expect(exactJson(deep.value)).toBe(deep.text);
  });

  test('does not overflow the stack at extreme depth', () => {
    const deep = '['.repeat(100_000) + ID + ']'.repeat(100_000);
    const value: unknown = JSON.parse(deep);

    expect(() => {
      keepExact(value, deep);
    }).not.toThrow();
  });
});

class Whole {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

/** JSON with whole numbers of any length. */
function written(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(written).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Whole) return String(value.value);
  // Numeric names are enumerated first.
  const members = Object.entries(value).filter(([name]) => name !== '__proto__');
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${written(inner)}`).join(',')}}`;
}
