"""The style sheet of the status page; no script, no font, no picture from anywhere."""

STYLE = """
:root{color-scheme:light dark;--ink:#17222b;--soft:#586673;--paper:#fff;--band:#f3f5f6;
--rule:#d8dee2;--ok:#1f7a6d;--degraded:#b26a00;--failing:#b3261e;--unknown:#93a0aa;--link:#1b5fa8}
@media(prefers-color-scheme:dark){:root{--ink:#e6ebee;--soft:#9fadb8;--paper:#12181d;
--band:#1b242b;--rule:#33404a;--ok:#4db6a5;--degraded:#e0a040;--failing:#f08078;
--unknown:#64737e;--link:#8ab8ea}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,
"Segoe UI",Roboto,"Noto Sans","Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
header,main,footer{max-width:76rem;margin:0 auto;padding:0 1.5rem}
header{display:flex;flex-wrap:wrap;align-items:flex-end;justify-content:space-between;
gap:.5rem 2rem;padding-top:2.25rem}
h1{font-size:1.75rem;line-height:1.2;margin:0;font-weight:650;letter-spacing:-.01em}
h2{font-size:1.15rem;margin:2.5rem 0 .75rem;font-weight:650}
p{margin:.35rem 0}
.soft,footer{color:var(--soft)}
.soft{font-size:.875rem}
a{color:var(--link);text-decoration-thickness:1px;text-underline-offset:2px}
.pick{position:absolute;opacity:0;width:1px;height:1px}
.langs{display:inline-flex;border:1px solid var(--rule);border-radius:6px;overflow:hidden}
.langs label{padding:.3rem .8rem;cursor:pointer;color:var(--soft);font-size:.875rem}
#lang-en:checked~header .l-en,#lang-zh:checked~header .l-zh{background:var(--ink);
color:var(--paper)}
#lang-en:focus-visible~header .l-en,#lang-zh:focus-visible~header .l-zh{outline:2px solid
var(--link);outline-offset:-3px}
#lang-en:checked~* .zh,#lang-zh:checked~* .en{display:none}
.figures{display:flex;flex-wrap:wrap;gap:.25rem 2.75rem;margin:1.5rem 0 .9rem;padding:0}
.figures div{display:flex;flex-direction:column-reverse}
.figures dt{color:var(--soft);font-size:.875rem}
.figures dd{margin:0;font-size:2rem;line-height:1.15;font-weight:600;
font-variant-numeric:tabular-nums}
.bar{display:flex;gap:2px;height:10px;border-radius:3px;overflow:hidden;background:var(--band)}
.bar span{min-width:3px}
.b-ok{background:var(--ok)}.b-unknown{background:repeating-linear-gradient(90deg,var(--unknown) 0
2px,var(--band) 2px 5px)}
.b-degraded{background:repeating-linear-gradient(45deg,var(--degraded) 0 5px,color-mix(in srgb,
var(--degraded) 62%,var(--paper)) 5px 7px)}
.b-failing{background:var(--failing)}
.t-ok{color:var(--ok)}.t-degraded{color:var(--degraded)}.t-failing{color:var(--failing)}
.t-unknown{color:var(--soft)}
.state{font-weight:600}td.state-of{min-width:10rem}
.new{font-size:.75rem;font-weight:600;color:var(--paper);background:var(--failing);
border-radius:3px;padding:0 .35rem;margin-left:.4rem;white-space:nowrap}
table{width:100%;border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums}
th{text-align:left;font-weight:600;color:var(--soft);font-size:.8125rem;
border-bottom:1px solid var(--rule);padding:.35rem .75rem .35rem 0;white-space:nowrap}
td{vertical-align:top;border-bottom:1px solid var(--rule);padding:.55rem .75rem .55rem 0}
td:last-child,th:last-child{padding-right:0}
td.what{width:30%;min-width:15rem}
td.num,th.num{text-align:right}
td.detail{width:28%;min-width:13rem;overflow-wrap:anywhere}
code a{color:inherit}code a:hover{color:var(--link)}
td.when{white-space:nowrap}
code{font:.8125rem/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;
overflow-wrap:anywhere;color:var(--soft)}
.small{display:block;color:var(--soft);font-size:.8125rem}
details{border-bottom:1px solid var(--rule)}
summary{display:grid;grid-template-columns:1rem 13rem minmax(6rem,1fr) 15rem;gap:1rem;
align-items:center;padding:.65rem 0;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary::before{content:"";border:solid currentColor;border-width:0 2px 2px 0;width:.45rem;
height:.45rem;transform:rotate(-45deg);opacity:.6;justify-self:center}
details[open]>summary::before{transform:rotate(45deg)}
summary:hover{background:var(--band)}
summary:focus-visible{outline:2px solid var(--link);outline-offset:-2px}
summary b{font-weight:600}
summary .tally{display:flex;gap:.9rem;justify-content:flex-end;font-size:.875rem;
font-variant-numeric:tabular-nums;white-space:nowrap}
details>div{padding:0 0 1.25rem 2rem}
.spark{display:block;overflow:visible}
.s-line{stroke:var(--rule);fill:none}.s-ok{fill:var(--ok)}.s-degraded{fill:var(--degraded)}
.s-failing{fill:var(--failing)}
footer{margin-top:3rem;padding-top:1rem;padding-bottom:3rem;font-size:.875rem}
footer ul{margin:.5rem 0;padding-left:1.1rem}
@media(max-width:46rem){
header,main,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:1.25rem}h1{font-size:1.4rem}
.figures{display:grid;grid-template-columns:repeat(2,1fr);gap:.75rem}
.figures dd{font-size:1.6rem}
summary{grid-template-columns:1rem 1fr;gap:.35rem .6rem}
summary .bar,summary .tally{grid-column:2}summary .tally{justify-content:flex-start}
details>div{padding-left:0}
table,tbody,tr,td{display:block}thead{position:absolute;clip-path:inset(50%);height:1px;
overflow:hidden}
tr{border-bottom:1px solid var(--rule);padding:.75rem 0}
td,td:last-child{border:0;padding:.1rem 0;display:grid;grid-template-columns:6.25rem 1fr;
gap:.5rem;max-width:none}
td.num{text-align:left}td.what,td.detail,td.state-of{width:auto;min-width:0}
td:empty{display:none}
td::before{color:var(--soft);font-size:.8125rem}
#lang-en:checked~main td::before{content:attr(data-en)}
#lang-zh:checked~main td::before{content:attr(data-zh)}
td.what{display:block}#lang-en:checked~main td.what::before,
#lang-zh:checked~main td.what::before{content:none}
}
@media print{
:root{color-scheme:light;--ink:#000;--soft:#444;--paper:#fff;--band:#eee;--rule:#bbb;--ok:#1f7a6d;
--degraded:#b26a00;--failing:#b3261e;--unknown:#93a0aa;--link:#000}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
body{font-size:10pt}.langs{display:none}tr,summary{break-inside:avoid}
details::details-content{content-visibility:visible;height:auto}
header,main,footer{max-width:none;padding-left:0;padding-right:0}
summary::before{visibility:hidden}
}
"""
