import { sizeInName } from '../../src/core/model-size.js';

test.each([
  ['ollama/llama3.2:1b', 1],
  ['meta-llama/Llama-3.1-70B-Instruct', 70],
  ['qwen2.5-0.5b', 0.5],
  ['smollm2-360m', 0.36],
  ['phi3:3.8b-mini-q4', 3.8],
  ['mixtral-8x7b', 28],
  ['qwen3-235b-a22b', Math.sqrt(235 * 22)],
  ['gemma-3n-4b-it', 4],
])('sizeInName reads %s as %d billion parameters', (name, size) => {
  expect(sizeInName(name)).toBeCloseTo(size, 6);
});

test.each([
  'gpt-4o',
  'openai/gpt-4-32k',
  'claude-3-5-sonnet-20241022',
  'gemini-2.0-flash-001',
  'llama-4-scout',
  'acme/lab-7beta',
  'vendor-7b/large',
  'v0b',
])('sizeInName finds no size in %s', (name) => {
  expect(sizeInName(name)).toBeNull();
});
