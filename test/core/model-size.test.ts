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
  ['qwen2.5-coder:1.5b-base-q4_K_M', 1.5],
  ['gemma3:270m', 0.27],
  ['pythia-14m', 0.014],
  ['olmo-2-1124-7B', 7],
  ['mistral-7b-instruct-v0.3', 7],
  ['qwen2.5-7b-instruct-1m', 7],
  ['glm-4.5-air-106b-a12b', Math.sqrt(106 * 12)],
  ['phi-3.5-moe-42b-a6.6b', Math.sqrt(42 * 6.6)],
  ['kimi-k2:1t-cloud', 1000],
  ['kimi-k2-1t-a32b', Math.sqrt(1000 * 32)],
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
  'phi-4-mini',
  'gpt-4o-2024-08-06',
  'gemini-1.5-pro-1m',
  'qwen-turbo-10M',
  'gpt-4t',
])('sizeInName finds no size in %s', (name) => {
  expect(sizeInName(name)).toBeNull();
});
