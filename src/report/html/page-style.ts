/** The look of the page: light and dark as the reader's system has it, and ink on white when printed. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --good: #116329; --bad: #a40e26; --unsure: #7d4e00;
  --arm-0: #0550ae; --arm-1: #bc4c00; --arm-2: #116329; --arm-3: #6639ba; --arm-4: #a40e26; --arm-5: #57606a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9198a1; --line: #3d444d; --good: #57d364; --bad: #ff7b72;
  --unsure: #e3b341; --arm-0: #79c0ff; --arm-1: #ffa657; --arm-2: #7ee787; --arm-3: #d2a8ff; --arm-4: #ff7b72; --arm-5: #9198a1; } }
:root.printing { color-scheme: light; --ink: #000; --paper: #fff; --soft: #444; --line: #aaa; --good: #116329; --bad: #a40e26; --unsure: #7d4e00;
  --arm-0: #0550ae; --arm-1: #bc4c00; --arm-2: #116329; --arm-3: #6639ba; --arm-4: #a40e26; --arm-5: #57606a; }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 1rem; } h3 { margin-top: 2rem; }
.soft, figcaption, caption { color: var(--soft); } caption { text-align: left; }
.scroll { overflow-x: auto; }
table.figures { border-collapse: collapse; overflow-wrap: normal; font-variant-numeric: tabular-nums; margin: .75rem 0; }
.figures th, .figures td { border-bottom: 1px solid var(--line); padding: .25rem .6rem; text-align: right; vertical-align: bottom; white-space: nowrap; }
.figures th:first-child, .figures .text { text-align: left; }
.figures tbody th { font-weight: 600; max-width: 24rem; overflow-wrap: break-word; white-space: normal; }
body .figures tbody .part { font-weight: 400; padding-left: 1.6rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.forest { display: block; width: 18rem; height: 1.4rem; } .forest .one { stroke: var(--soft); stroke-dasharray: 2 2; }
.forest .interval { stroke: currentColor; stroke-width: 2; } .forest .estimate { fill: currentColor; }
figure { margin: 1rem 0; break-inside: avoid; } .plot { min-height: 16rem; }
.key { list-style: none; padding: 0; } .key li { display: inline-block; margin-right: 1rem; }
.key i { border-radius: 50%; display: inline-block; height: .7em; margin-right: .4em; width: .7em; }
pre { overflow-x: auto; } article { break-inside: avoid-page; }
`
