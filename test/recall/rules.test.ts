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

test('an answer under one set of rules is not given where a label brings in another', async () => {
  await start(PATIENTS);
  const plain = await told(ask('auto', 'hello'));

  expect(plain).toEqual([200, 'miss', 'acme/small']);
  expect(await told(ask('auto', 'hello', LABELLED))).toEqual([200, 'miss', 'acme/large']);
  expect(await told(ask('auto', 'hello'))).toEqual([200, 'hit', 'acme/small']);
});

test('labels that no rule looks at keep nothing apart', async () => {
  await start(PATIENTS);
  await told(ask('auto', 'hello', LABELLED));

  const other = { metadata: { data: 'patients', trace: 't2' } };

  expect(await told(ask('auto', 'hello', other))).toEqual([200, 'hit', 'acme/large']);
});

test('what the rules refuse is refused, whoever was answered before', async () => {
  await start(`{ name: nobody, when: '"data" in metadata', never: ["*"] }`);
  await told(ask('auto', 'hello'));

  const [status, cache] = await told(ask('auto', 'hello', LABELLED));

  expect([status, cache]).toEqual([422, null]);
});

test('keys that rules tell apart do not share answers, other keys do', async () => {
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

test('whoever needs no key has a name that rules can tell', async () => {
  await start('{ name: nobody, when: key.name == "anonymous", only: [acme/large] }');

  expect(await told(ask('auto', 'hello'))).toEqual([200, 'miss', 'acme/large']);
});

test('a rule about streams keeps streams apart', async () => {
  await start('{ name: streams, when: request.stream, only: [acme/large] }');
  await told(ask('auto', 'hello'));

  expect(await told(ask('auto', 'hello', { stream: true }))).toEqual([200, 'miss', 'acme/large']);
});

test('no answer in other words where the words bring in a rule', async () => {
  await start(`{ name: heaps, when: 'features.text.contains("please")', only: [acme/large] }`, {
    cache: QUIET,
    mode: 'semantic',
  });
  await told(ask('auto', 'What is a heap?'));

  expect(await told(ask('auto', 'please: what is the heap?'))).toEqual([200, 'miss', 'acme/large']);
  expect(await told(ask('auto', 'what is the heap?'))).toEqual([200, 'semantic', 'acme/small']);
});
