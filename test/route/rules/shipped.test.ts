import { readdirSync } from 'node:fs';
import path from 'node:path';
import { loadCatalog } from '../../../src/catalog/load.js';
import { formatFault } from '../../../src/core/errors.js';
import { rulesTestRouter } from '../../../src/assembly/offline-router.js';
import { heuristicPredictor } from '../../../src/route/heuristic.js';
import { checkRules } from '../../../src/route/rules/check.js';
import { loadRules } from '../../../src/route/rules/load.js';
import { loadRuleTests } from '../../../src/route/rules/test-file.js';
import { formatRuleTests, runRuleTests } from '../../../src/route/rules/test-run.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

const FILES = ['rules', 'rules/examples'].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
    .map((name) => `${folder}/${name}`),
);

const catalog = await loadCatalog(path.join(ROOT, 'models/catalog'));

describe('shipped rules', () => {
  test.each(FILES)('have no faults: %s', async (file) => {
    const ruleSet = await loadRules(path.join(ROOT, file));

    const faults = checkRules(ruleSet, { models: [...catalog.models.values()] });

    expect(faults.map(formatFault)).toEqual([]);
  });

  // Without the trained predictor the rules must still load, or the gateway could not degrade.
  test.each(FILES)(
    'pass their tests with the heuristic, and every rule is tested: %s',
    async (file) => {
      const ruleSet = await loadRules(path.join(ROOT, file));
      const tests = await loadRuleTests(ruleSet);
      if (tests === null) throw new Error(`${file} has no tests`);
      const route = rulesTestRouter(
        { catalog, rules: ruleSet, predictor: heuristicPredictor() },
        [],
      );

      const report = await runRuleTests(ruleSet, tests, route);

      expect(formatRuleTests(report)).toBe(
        `${tests.file}: ${report.total} of ${report.total} tests passed. Every rule is matched by a test.\n`,
      );
    },
  );
});
