import { CONTENDERS } from '../report.js';
import type { GroupReport, QualityReport, SetReport } from '../report.js';
import { forestChart } from './forest-chart.js';
import { frontierChart } from './frontier-chart.js';
import { escapeHtml, htmlTable } from './markup.js';
import { reliabilityChart } from './reliability-chart.js';
import { STYLE } from './style.js';
import { formatSigned, formatWithInterval } from '../format.js';
import {
  frontierTable,
  groupAllPairsTable,
  groupTable,
  keepTable,
  pairTable,
  allPairsTable,
} from '../tables.js';
import type { FigureTable } from '../tables.js';

/** The report as one self-contained HTML page. */
export function toHtml(report: QualityReport): string {
  const { sets, groups, created, router, version, rounds } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>How well does the router choose?</title>
<style>${STYLE}</style>
</head>
<body>
<h1>How well does the router choose?</h1>
<p class="soft">Suffice ${escapeHtml(version)}, predictor ${router.predictor}, catalog ${router.catalog}, rules ${router.rules};
${escapeHtml(created.slice(0, 10))}. ${sets.length} ${sets.length === 1 ? 'set' : 'sets'}, ${report.decisions.all} prompts;
brackets show 95 % intervals over ${rounds} bootstrap resamples of the prompts.</p>
${GUIDE}
${forestChart(sets)}
${groups.map(groupSection).join('\n')}
<h2>Results by set</h2>
${sets.map((set) => setSection(set, sets.length === 1)).join('\n')}
${dataSection(report)}
</body>
</html>
`;
}

const GUIDE = `<details open>
<summary>How to read this</summary>
<ul>
<li><b>Ours</b> is the router as shipped. It has seen no labels of the measured prompts. It has seen nothing at all of the sets
marked with a star; on the others it was trained with a training part.</li>
<li>The <b>n-gram ridge</b>, <b>kNN</b> and <b>category prior</b> are trained on labels of the same set that they are measured on, but
never on the measured prompts. They show what a few hundred graded prompts of your own are worth.</li>
<li><b>Prompt length</b> sends longer prompts to the stronger model. A router that does not beat it has learnt nothing useful.</li>
<li><b>The oracle</b> knows all scores in advance. The gap between it and the rest is mostly luck with single answers.</li>
<li><b>APGR, CPT</b> are computed as in RouteLLM's code (eleven thresholds, from the measured scores themselves); the dense
figures use every threshold. CPT(50) is the share of prompts that must go to the strong model to recover half of the gap.</li>
<li><b>keep</b> is the promise: at least this share of what the reference (the model predicted best) would score. The promise is
kept if the <i>realised</i> share is no lower.</li>
</ul>
<p><b>Before you draw conclusions:</b> trust a difference only if its interval excludes 0. Distrust figures from fewer than
a few hundred prompts. All savings depend on prices: check that they are yours. Benchmark scores are not
adequacy for your users: run this on answers that you graded yourself.</p>
</details>`;

function groupSection(group: GroupReport): string {
  const { name, sets, calibration, keeps } = group;
  return `<h2>All sets together, ${escapeHtml(name)}</h2>
<p class="soft">${sets.length} sets: ${escapeHtml(sets.join(', '))}</p>
${sheet(groupTable(group))}
${sheet(groupAllPairsTable(group))}
${keeps.length === 0 ? '' : `<h3>Promises (keep), over all prompts with a cost</h3>\n${sheet(keepTable(keeps))}`}
<h3>Calibration</h3>
<p>Over ${calibration.outcomes} outcomes: ECE ${formatWithInterval(calibration.ece)}, Brier ${formatWithInterval(calibration.brier)}, predicted −
observed ${formatSigned(calibration.excess)}.</p>
${reliabilityChart(calibration.diagram)}`;
}

function sheet(one: FigureTable | null): string {
  return one === null ? '' : htmlTable(one.columns, one.rows, one.ours);
}

const PARTS = {
  all: 'all prompts; trained baselines are cross-validated',
  test: 'the test part',
  validation: 'the validation part',
} as const;

function setSection(set: SetReport, isOpen: boolean): string {
  const { name, relation, prompts, lines, models, split, licence, contaminated, notes } = set;
  const { pair, pairs, frontier, calibration } = set;
  const facts = [
    `${prompts} of ${lines} prompts (${PARTS[split]})`,
    `${models} models`,
    ...(contaminated > 0
      ? [`${contaminated} contaminated ${contaminated === 1 ? 'prompt' : 'prompts'} excluded`]
      : []),
    ...(licence === null ? [] : [`licence: ${licence}`]),
  ];
  return `<details${isOpen ? ' open' : ''} id="${escapeHtml(name)}">
<summary>${escapeHtml(name)}${relation === 'trained' ? '' : ' *'} <small>${prompts} prompts, ${models} models</small></summary>
<p class="soft">${escapeHtml(facts.join('; '))}.</p>
${notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n')}
${pair === null ? '' : `<h3>Between ${escapeHtml(pair.weak)} and ${escapeHtml(pair.strong)}</h3>\n${sheet(pairTable(pair, 'page'))}`}
${
  pairs === null
    ? ''
    : `<h3>Between ${pairs.pairs} of ${pairs.pairsApart} pairs of models that are at least ${pairs.leastGap} apart, on ${pairs.prompts} prompts</h3>
${sheet(allPairsTable(pairs.rankers))}`
}
${
  frontier === null
    ? ''
    : `<h3>Among ${frontier.models.length} models, on ${frontier.prompts} prompts that all of them answered</h3>
${frontierChart(frontier)}
${sheet(frontierTable(frontier))}
<h3>Promises (keep)</h3>
${sheet(keepTable(frontier.keeps))}`
}
<h3>Calibration</h3>
<p>Over ${calibration.outcomes} outcomes: ECE ${formatWithInterval(calibration.ece)}, Brier ${formatWithInterval(calibration.brier)}, predicted −
observed ${formatSigned(calibration.excess)}.</p>
${reliabilityChart(calibration.diagram)}
</details>`;
}

function dataSection({ files, command, prices, seed }: QualityReport): string {
  const rows = files.map(({ file, lines, sha256 }) => [file, String(lines), sha256]);
  const columns = [
    { title: 'file', align: 'left' },
    { title: 'lines', align: 'right' },
    { title: 'SHA-256', align: 'left' },
  ] as const;
  return `<h2>Data, and how to reproduce this</h2>
${htmlTable(columns, rows, -1)}
<p>Prices: ${prices === null ? "the catalog's" : `<code>${escapeHtml(prices)}</code>, else the catalog's`}. Seed ${seed}. Contenders:
${escapeHtml(Object.values(CONTENDERS).join(', '))}. <code>docs/bench.md</code> explains each figure and gives the source of its formula.</p>
<pre><code>${escapeHtml(`npx ${command} --html report.html`)}</code></pre>`;
}
