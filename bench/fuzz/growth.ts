import type { DialectName } from '../../src/dialects/dialect.js';
import { CLIENTS } from './check.js';
import { convertStream } from './convert.js';
import { encodePieces, type Piece, type Recording } from './piece.js';
import { bundledRecordings } from './recordings.js';

/** A way in which a stream can be long. */
interface Shape {
  readonly name: string;
  readonly provider: DialectName;
  /** A stream with about `n` repetitions. */
  readonly pieces: (n: number) => readonly Piece[];
  /** Bytes per chunk; default: `SOCKET_BYTES`. */
  readonly chunkBytes?: number;
}

/** How the time grows when the size is multiplied by four: 4 is linear, 16 quadratic. */
export interface Growth {
  readonly shape: string;
  readonly bytes: number;
  readonly ms: number;
  readonly factor: number;
}

const SOCKET_BYTES = 65_536;
const TIMES = 4;

/** Measures every shape for all client dialects together, and for the slowest one alone. */
export function* measureGrowth(n: number): Generator<Growth> {
  for (const shape of [...repeated(), ...SHAPES]) {
    for (const client of CLIENTS) {
      measure(shape, client, n >> 2);
      const small = Math.min(measure(shape, client, n).ms, measure(shape, client, n).ms);
      const large = measure(shape, client, n * TIMES);
      const { bytes, ms } = large;
      const name = `${shape.provider} to ${client}: ${shape.name}`;
      yield { shape: name, bytes, ms, factor: ms / Math.max(small, 0.1) };
    }
  }
}

function measure(
  { provider, pieces, chunkBytes = SOCKET_BYTES }: Shape,
  client: (typeof CLIENTS)[number],
  n: number,
): { readonly bytes: number; readonly ms: number } {
  const bytes = encodePieces({ id: '', provider, isStream: true, pieces: [] }, pieces(n));
  const count = Math.floor(bytes.length / chunkBytes);
  const cuts = Array.from({ length: count }, (_, i) => (i + 1) * chunkBytes);
  const startedMs = performance.now();
  convertStream([client, provider], bytes, cuts);
  return { bytes: bytes.length, ms: performance.now() - startedMs };
}

/** Shapes that repeat each event of each recording. */
function repeated(): Shape[] {
  return bundledRecordings()
    .filter(({ isStream }) => isStream)
    .flatMap(({ id, provider, pieces }: Recording) =>
      pieces.map((piece, at) => ({
        name: `event ${at} of ${id}, repeated`,
        provider,
        pieces: (n: number) => [
          ...pieces.slice(0, at),
          ...Array.from({ length: n >> 1 }, () => piece),
          ...pieces.slice(at),
        ],
      })),
    );
}

const chunk = (delta: object): Piece => ({
  name: '',
  data: JSON.stringify({ id: 'c', model: 'm', created: 1, choices: [{ index: 0, delta }] }),
});
const many = <T>(n: number, make: (i: number) => T): T[] =>
  Array.from({ length: n }, (_, i) => make(i));

const SHAPES: readonly Shape[] = [
  {
    name: 'a long event in small chunks',
    provider: 'openai',
    pieces: (n) => [chunk({ content: 'x'.repeat(n * 50) })],
    chunkBytes: 64,
  },
  {
    name: 'many calls',
    provider: 'openai',
    pieces: (n) =>
      many(n >> 2, (index) =>
        chunk({
          tool_calls: [{ index, id: `c${index}`, function: { name: 'f', arguments: '{}' } }],
        }),
      ),
  },
  {
    name: 'many choices',
    provider: 'openai',
    pieces: (n) =>
      many(n >> 2, (index) => ({
        name: '',
        data: JSON.stringify({ id: 'c', choices: [{ index, delta: { content: 'x' } }] }),
      })),
  },
  {
    name: 'many blocks',
    provider: 'anthropic',
    pieces: (n) => [
      {
        name: 'message_start',
        data: '{"type":"message_start","message":{"id":"msg_1","model":"m"}}',
      },
      ...many(n >> 2, (index) => [
        {
          type: 'content_block_start',
          index,
          content_block: { type: 'tool_use', id: `t${index}`, name: 'f' },
        },
        {
          type: 'content_block_delta',
          index,
          delta: { type: 'input_json_delta', partial_json: '{}' },
        },
        { type: 'content_block_stop', index },
      ])
        .flat()
        .map((event) => ({ name: event.type, data: JSON.stringify(event) })),
    ],
  },
  {
    name: 'many items',
    provider: 'responses',
    pieces: (n) =>
      many(n >> 2, (i) => ({
        name: '',
        data: JSON.stringify({
          type: 'response.output_item.done',
          output_index: i,
          item: {
            id: `fc_${i}`,
            type: 'function_call',
            call_id: `c${i}`,
            name: 'f',
            arguments: '{}',
          },
        }),
      })),
  },
  {
    name: 'a long frame in small chunks',
    provider: 'bedrock',
    pieces: (n) => [
      { name: 'contentBlockDelta', data: JSON.stringify({ delta: { text: 'x'.repeat(n * 50) } }) },
    ],
    chunkBytes: 64,
  },
];
