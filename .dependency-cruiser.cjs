// The journey of a request is the folder list of src/. A stage may use the shared vocabulary
// below it, never another stage: only pipeline.ts knows their order.
const STAGES = ['admit', 'cache', 'route', 'upstream', 'account'];
const SHARED = 'core|dialects|catalog|embed|yaml|telemetry';

const rule = (name, comment, from, to) => ({ name, severity: 'error', comment, from, to });

const onlyFrom = (name, packages, paths) =>
  rule(
    `only-${name}`,
    `${packages} may be imported only from ${paths}`,
    { path: '^src/', pathNot: paths },
    { path: `node_modules/(${packages})/` },
  );

module.exports = {
  forbidden: [
    rule('no-circular', 'a cycle has no order to read it in', {}, { circular: true }),
    rule(
      'no-orphans',
      'a file nobody imports',
      { orphan: true, path: '^src/', pathNot: '^src/main\\.ts$' },
      {},
    ),
    rule(
      'core-is-a-leaf',
      'core imports nothing',
      { path: '^src/core/' },
      { path: '^src/(?!core/)' },
    ),
    rule(
      'dialects-know-core-only',
      'a wire protocol knows the vocabulary and nothing else',
      { path: '^src/dialects/' },
      { path: '^src/(?!core/|dialects/)' },
    ),
    rule(
      'shared-knows-core-only',
      'catalog and embed are used by stages, not the other way round',
      { path: '^src/(catalog|embed|yaml)/' },
      { path: '^src/(?!core/|catalog/|embed/|yaml/)' },
    ),
    ...STAGES.map((stage) =>
      rule(
        `${stage}-is-a-stage`,
        'stages never import each other, http or config',
        { path: `^src/${stage}/` },
        { path: `^src/(?!(${SHARED}|${stage})/)` },
      ),
    ),
    rule(
      'http-uses-the-pipeline',
      'http turns bytes into calls of the pipeline; it does not do the work',
      { path: '^src/http/' },
      { path: '^src/(cli|embed|catalog|upstream|main|app|assembly)' },
    ),
    rule(
      'pipeline-knows-stages',
      'the pipeline and its parts know the stages, and nothing of how requests come in or what all was made of',
      { path: '^src/(pipeline\\.ts$|request/)' },
      { path: '^src/(http|cli|config|main|app|assembly)' },
    ),
    rule(
      'assembly-makes',
      'what a request reads is made without requests, servers or commands',
      { path: '^src/assembly/' },
      { path: '^src/(http|cli|main|app|pipeline)' },
    ),
    rule(
      'bench-is-a-tool',
      'what measures the router is no part of it; commands load it when it is asked for',
      { path: '^src/(?!bench/|cli/)' },
      { path: '^src/bench/' },
    ),
    onlyFrom('undici', 'undici', '^src/upstream/'),
    onlyFrom('onnxruntime', 'onnxruntime-node', '^src/embed'),
    onlyFrom('transformers', '@xenova/transformers', '^src/embed/encoder/'),
    onlyFrom('hnswlib', 'hnswlib-node', '^src/cache/semantic/'),
    onlyFrom('ioredis', 'ioredis', '^src/cache/redis/'),
    onlyFrom('express', 'express', '^src/http/'),
    rule(
      'src-not-to-dev',
      'the product runs without development packages; a peer is one only for the tests',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    ),
    rule(
      'not-to-test',
      'the product knows neither its tests nor its benches nor its training',
      { path: '^src/' },
      { path: '^(test|bench|models/train)/' },
    ),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js'] },
  },
};
