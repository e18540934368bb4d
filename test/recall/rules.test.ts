import { ask } from '../support/app.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig } from './support.js';

const rig = cacheRig();
const QUIET = ', semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';

const start = (rules: string, { cache = '', mode = 'exact', more = '' } = {}) =>
  rig.restart(
    cacheConfig(rig.upstream, cache, `rules: rules.yaml\n${more}`, mode),
    undefined,
    async () => wordJudge(),
    { 'rules.yaml': `version: 1\npolicies: { auto: { keep: 0.5 } }\nrules: [${rules}]\n` },
  );

const PATIENTS = `{ name: patients, when: '"data" in metadata && metadata.data == "patients"', only: [acme/large] }`;
const LABELLED = { metadata: { data: 'patients', trace: 't1' } };

const told = async (body: unknown, headers?: Record<string, string>) => {
  const reply = await rig.chat(body, headers);
  return [reply.status, reply.headers.get('x-suffice-cache'), reply.headers.get('x-suffice-model')];
};

test('an answer is not served to a request whose labels match other rules', async () => {
  await start(PATIENTS);
  const plain = await told(ask('auto', 'hello'));

  expect(plain).toEqual([200, 'miss', 'acme/small']);
  expect(await told(ask('auto', 'hello', LABELLED))).toEqual([200, 'miss', 'acme/large']);
  expect(await told(ask('auto', 'hello'))).toEqual([200, 'hit', 'acme/small']);
});

test('labels that no rule reads do not separate requests', async () => {
  await start(PATIENTS);
  await told(ask('auto', 'hello', LABELLED));

  const other = { metadata: { data: 'patients', trace: 't2' } };

  expect(await told(ask('auto', 'hello', other))).toEqual([200, 'hit', 'acme/large']);
});

test('a request that the rules reject is rejected despite a cached answer', async () => {
  await start(`{ name: nobody, when: '"data" in metadata', never: ["*"] }`);
  await told(ask('auto', 'hello'));

  const [status, cache] = await told(ask('auto', 'hello', LABELLED));

  expect([status, cache]).toEqual([422, null]);
});

test('keys that match different rules do not share answers, other keys do', async () => {
  const keys = ['eu1', 'us1', 'us2']
    .map(
      (name) =>
        `  - { name: ${name}, key: sk-${name}-0123456789, metadata: { region: ${name.slice(0, 2)} } }`,
    )
    .join('\n');
  await start(`{ name: europe, when: key.metadata.region == "eu", only: [acme/large] }`, {
    cache: ', scope: shared',
    more: `keys:\n${keys}\n`,
  });
  const as = (name: string) => ({ authorization: `Bearer sk-${name}-0123456789` });

  expect(await told(ask('auto', 'hello'), as('us1'))).toEqual([200, 'miss', 'acme/small']);
  expect(await told(ask('auto', 'hello'), as('us2'))).toEqual([200, 'hit', 'acme/small']);
  expect(await told(ask('auto', 'hello'), as('eu1'))).toEqual([200, 'miss', 'acme/large']);
});

test('a client without a key is named "anonymous" in rules', async () => {
  await start('{ name: nobody, when: key.name == "anonymous", only: [acme/large] }');

  expect(await told(ask('auto', 'hello'))).toEqual([200, 'miss', 'acme/large']);
});

test('a rule about streaming separates streamed requests', async () => {
  await start('{ name: streams, when: request.stream, only: [acme/large] }');
  await told(ask('auto', 'hello'));

  expect(await told(ask('auto', 'hello', { stream: true }))).toEqual([200, 'miss', 'acme/large']);
});

test('a semantic hit is not served when the wording matches a rule', async () => {
  await start(`{ name: heaps, when: 'features.text.contains("please")', only: [acme/large] }`, {
    cache: QUIET,
    mode: 'semantic',
  });
  await told(ask('auto', 'What is a heap?'));

  expect(await told(ask('auto', 'please: what is the heap?'))).toEqual([200, 'miss', 'acme/large']);
  expect(await told(ask('auto', 'what is the heap?'))).toEqual([200, 'semantic', 'acme/small']);
});
