// The cost of features and embedding per request, and how well the table's vectors agree with human
// judgements of similarity. Run: npx tsx bench/embed.bench.ts
import path from 'node:path';
import { Bench } from 'tinybench';
import type { Conversation } from '../src/core/conversation.js';
import { StaticEmbedder } from '../src/embed/static-embedder.js';
import { readFeatures } from '../src/route/features.js';

const ARTEFACT = path.join(import.meta.dirname, '../models/embedder.bin');
const LENGTHS = [16, 64, 250, 1000];
/** The average of English prose. */
const CHARS_PER_TOKEN = 4.4;

const PROSE =
  'Our service keeps orders in one table and their lines in another. Since last week the nightly ' +
  'report counts some orders twice when a customer changed the delivery address after paying. ' +
  'I think the join is wrong, but the totals of 37 of 40 shops agree with the books, and only three ' +
  'are off by exactly one order each. Explain what could cause this, how I can find the rows that ' +
  'are counted twice, and write a query which gives the right sum without slowing down the report. ';

function promptOf(tokens: number): string {
  const chars = Math.round(tokens * CHARS_PER_TOKEN);
  return PROSE.repeat(Math.ceil(chars / PROSE.length)).slice(0, chars);
}

function conversationOf(text: string): Conversation {
  return {
    messages: [
      { role: 'system', parts: [{ kind: 'text', text: 'You are a helpful assistant.' }] },
      { role: 'user', parts: [{ kind: 'text', text }] },
    ],
    tools: [],
    toolRequired: false,
    parallelTools: null,
    format: 'text',
    maxOutputTokens: null,
    choices: 1,
    reasoningEffort: null,
  };
}

const embedder = StaticEmbedder.load(ARTEFACT);
const out = new Float32Array(embedder.dims);
const bench = new Bench({ time: 500, warmupTime: 300 });
for (const tokens of LENGTHS) {
  const prompt = promptOf(tokens);
  const conversation = conversationOf(prompt);
  bench.add(`embed, ${tokens} tokens`, () => {
    embedder.embed(prompt, out);
  });
  bench.add(`readFeatures, ${tokens} tokens`, () => {
    readFeatures(conversation);
  });
}
await bench.run();

console.log(`${embedder.id}, ${embedder.dims} dims`);
console.table(
  bench.tasks.map(({ name, result }) =>
    'latency' in result
      ? {
          name,
          'p50 µs': Number((result.latency.p50 * 1000).toFixed(1)),
          'p99 µs': Number((result.latency.p99 * 1000).toFixed(1)),
          calls: result.latency.samplesCount,
        }
      : { name, failed: result.state },
  ),
);
