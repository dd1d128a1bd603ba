/** For screen and paper, light and dark. */

const COLOURS = `
:root { color-scheme: light dark; --text: #1d2329; --dim: #59636e; --back: #fff; --line: #d5dae0; --candidate: #0a62c4;
  --baseline: #6b4fa0; --good: #146c2e; --bad: #b3261e; --warn: #8a5a00; --band: #0a62c433 }
@media (prefers-color-scheme: dark) { :root { --text: #e6e9ec; --dim: #a0aab4; --back: #15191d; --line: #39424b;
  --candidate: #6db1ff; --baseline: #bfa6f0; --good: #7bd88f; --bad: #ff8a80; --warn: #ffc766; --band: #6db1ff33 } }`;

const PICTURES = `
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 12px }
figure { margin: 0 } figcaption { color: var(--dim); font-size: .85rem }
svg.plot { width: 100%; height: auto; font: 12px system-ui, sans-serif }
svg text { fill: var(--dim) } .end { text-anchor: end } .middle { text-anchor: middle } .grid { stroke: var(--line) }
.line { fill: none; stroke-width: 2 } .line.candidate { stroke: var(--candidate) } .line.baseline { stroke: var(--baseline); stroke-dasharray: 6 3 }
.line.harm { stroke: var(--bad) } .line.safe { stroke: var(--good); stroke-dasharray: 6 3 } .band { fill: var(--band) } .settling { fill: var(--line); opacity: .6 }
.mark { stroke-dasharray: 4 3 } .margin { stroke: var(--bad) } .tolerance { stroke: var(--warn) } .zero { stroke: var(--dim) }`;

/** A table whose rows become blocks where there is no room for its columns. */
const STACKED = `
.stacked { width: 100%; border-collapse: collapse; font-size: .92rem }
.stacked th, .stacked td { text-align: left; vertical-align: middle; font-weight: 400; overflow-wrap: anywhere }
.stacked td:last-child:not(.number) { min-width: 0 }
.stacked .dim, .stacked th > span { display: block; font-size: .9em } .stacked tbody th { color: inherit } .stacked .whole th { font-weight: 650 }
.stacked thead th { overflow-wrap: normal } .stacked .plotted { width: 34%; min-width: 200px } .stacked tfoot td { border: 0; color: var(--dim) }
.stacked svg { display: block; overflow: visible; font-size: .8rem } .stacked .zero { stroke: var(--dim) }
.stacked .tolerance { stroke-dasharray: 1 3; stroke-width: 2 } .stacked .reach { stroke: var(--candidate); stroke-width: 2 }
.stacked .dot { fill: var(--candidate) } .stacked .harmed .reach { stroke: var(--bad) } .stacked .harmed .dot { fill: var(--bad) }
@media (max-width: 760px) {
  .stacked, .stacked tbody, .stacked tfoot, .stacked tr, .stacked th, .stacked td { display: block }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .stacked tr { border-bottom: 1px solid var(--line); padding: 8px 0 } .stacked tr > * { border: 0; padding: 1px 0 }
  .stacked .plotted { width: 100% } .stacked .filler { display: none } .stacked th > span, .stacked td .dim { display: inline }
  .stacked td[data-label]::before { content: attr(data-label) ': '; color: var(--dim) }
}`;

/** What pictures look like, wherever they stand. */
export const PICTURES_STYLE = `${COLOURS}${PICTURES}${STACKED}
`;

export const STYLE = `${COLOURS}
@media print { :root { color-scheme: light } section { break-inside: avoid } }
* { box-sizing: border-box }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); margin: 0 auto;
  padding: 16px; max-width: 960px; overflow-wrap: anywhere }
h1 { font-size: 1.5rem; margin: 0 } h2 { font-size: 1.15rem; margin: 32px 0 8px } h3 { font-size: 1rem; margin: 24px 0 4px }
p { margin: 6px 0 } .dim { color: var(--dim) } .good { color: var(--good) } .bad { color: var(--bad) } .warn { color: var(--warn) }
.outcome { font-weight: 650; font-size: 1.1rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; overflow-wrap: normal }
td:last-child:not(.number) { min-width: 16em; overflow-wrap: anywhere }
th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line) }
td.number, th.number { text-align: right; white-space: nowrap } td.nowrap { white-space: nowrap }${PICTURES}${STACKED}
pre { background: color-mix(in srgb, var(--line) 40%, transparent); padding: 10px; overflow-x: auto; font-size: .85rem }
iframe { border: 1px solid var(--line); width: 100%; height: 260px; background: #fff }
code { font-size: .9em }
@media screen and (max-width: 640px) {
  .log, .log tbody, .log tr, .log td:last-child { display: block }
  .log thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
  .log tr { border-bottom: 1px solid var(--line); padding: 6px 0 }
  .log td { display: inline-block; border: 0; padding: 0 10px 0 0 } .log td:last-child { min-width: 0 }
}`;
