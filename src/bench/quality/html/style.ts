/** The page's complete stylesheet: self-contained, light or dark by the reader's setting. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5c6570; --line: #d5dae0; --page: #fff;
  --card: #f6f8fa; --ours: #0b66c3; --ridge: #b35900; --oracle: #2e7d32; --mix: #7a7f87; --knn: #8e44ad; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa4af; --line: #3a424c;
  --page: #14181d; --card: #1c2229; --ours: #58a6ff; --ridge: #f0a35e; --oracle: #6fcf75; --mix: #9aa0a8; --knn: #c792ea; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: var(--page); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.5rem 0 .3rem; }
p, ul { margin: .5rem 0; max-width: 46rem; }
.soft, figcaption, small { color: var(--soft); }
code { font: .875em ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: .7rem; white-space: pre-wrap; }
.scroll { overflow-x: auto; margin: .5rem 0 1rem; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .7rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap; font-weight: 400; }
thead th { color: var(--soft); vertical-align: bottom; }
.n { text-align: right; }
.ours th, .ours td { font-weight: 650; color: var(--ours); }
.note { border-left: 3px solid var(--ridge); padding-left: .7rem; }
figure { margin: 1rem 0; }
.wide svg { min-width: 36rem; }
svg { width: 100%; height: auto; display: block; max-width: 46rem; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; paint-order: stroke; stroke: var(--page); stroke-width: 3px; }
svg .soft { fill: var(--soft); }
svg .axis { stroke: var(--line); stroke-width: 1; fill: none; }
svg .curve { fill: none; stroke-width: 2; }
details { border-top: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .875rem; }
.legend i { display: inline-block; width: 1.1rem; height: .2rem; margin-right: .4rem; vertical-align: middle; }
`;
