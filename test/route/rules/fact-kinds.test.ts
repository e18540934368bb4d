import { conditionCompiler } from '../../../src/route/rules/condition.js';
import { factKinds, factKindsRead } from '../../../src/route/rules/fact-kinds.js';

const compiler = conditionCompiler();

function reads(text: string): readonly string[] {
  const condition = compiler.compile(text);
  if (!('ast' in condition)) throw new Error(condition.map(({ message }) => message).join());
  return [...factKindsRead(condition.ast)].sort();
}

test.each([
  ['metadata.data == "patients"', ['aside']],
  ['"team" in metadata', ['aside']],
  ['metadata[?"cost centre"].orValue("none") == "none"', ['aside']],
  ['has(key.metadata.region) && key.metadata.region == "eu"', ['aside']],
  ['key.metadata.?region.orValue("eu") == "eu"', ['aside']],
  ['key.name.startsWith("test-")', ['aside']],
  ['request.stream', ['aside']],
  ['request.model == "house"', ['aside']],
  ['request.images > 0 && features.code > 0.5', ['asked', 'wording']],
  ['request.tools.exists(tool, tool == "search")', ['asked']],
  ['request.tools.exists(key, key == "search")', ['asked']],
  ['features.text contains "confidential"', ['wording']],
  ['time.hour >= 18 || budget.used > 0.9', ['moment']],
  ['cel.bind(who, key, who.name == "ann")', ['aside']],
  ['cel.bind(n, features.input_tokens, n > 10 && n < 20)', ['wording']],
  ['1 < 2', []],
])('factKindsRead classifies the facts read by %s', (text, kinds) => {
  const plain = text.replace(/ contains ("[^"]*")/, '.contains($1)');

  expect(reads(plain)).toEqual(kinds);
});

test('factKinds classifies every fact by whether the cache key contains it', () => {
  const aside = [...factKinds()].filter(([, kind]) => kind === 'aside').map(([name]) => name);
  const wording = [...factKinds()].filter(([, kind]) => kind === 'wording');

  expect(aside).toEqual(['request.model', 'request.stream', 'key.name', 'key.metadata']);
  const others = wording.map(([name]) => name).filter((name) => !name.startsWith('features.'));
  expect(others).toEqual(['request.text', 'request.personal_data']);
});
