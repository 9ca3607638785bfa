// The look of the extension, in both of Argo CD's themes. Text has a contrast of 4.5:1 at least.
((global) => {
  'use strict';

  const STYLE = `
.migrator { --good: #0a7257; --busy: #0b6594; --person: #7d5200; --bad: #b3202f; --idle: #55626b; --line: #d5dde2; --sunk: #f1f5f7;
  color: #2f3a42; font-size: 14px; line-height: 1.5; max-width: 900px; padding: 4px 2px; text-align: left; }
.theme-dark .migrator { --good: #3ccfa6; --busy: #62c6f2; --person: #f2c14b; --bad: #ff929b; --idle: #aab6be; --line: #4b4f57; --sunk: #1c1c20; color: #e6eaed; }
.migrator * { box-sizing: border-box; }
.migrator h3, .migrator h4, .migrator p, .migrator ol, .migrator ul, .migrator pre, .migrator dl, .migrator dd { margin: 0; padding: 0; color: inherit; font-family: inherit; }
.migrator ol, .migrator ul { list-style: none; }
.migrator h3 { font-size: 20px; font-weight: 500; line-height: 1.3; color: var(--tone); }
.migrator h4 { font-size: 15px; font-weight: 600; margin: 28px 0 8px; }
.migrator h4 span { color: var(--idle); font-weight: 400; }
.migrator code, .migrator pre { background: none; border: 0; color: inherit; font: 12.5px/1.5 ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; padding: 0; }
.migrator time { white-space: nowrap; }
.migrator__good { --tone: var(--good); } .migrator__busy { --tone: var(--busy); } .migrator__person { --tone: var(--person); }
.migrator__bad { --tone: var(--bad); } .migrator__idle { --tone: var(--idle); }
.migrator__mark { color: var(--tone); flex: none; height: 20px; width: 20px; }
.migrator__pulse { animation: migrator-pulse 1.6s ease-in-out infinite; }
@keyframes migrator-pulse { 50% { opacity: .35; } }
@media (prefers-reduced-motion: reduce) { .migrator__pulse { animation: none; } }
.migrator__head { align-items: flex-start; background: color-mix(in srgb, var(--tone) 9%, transparent); border-left: 4px solid var(--tone); border-radius: 4px; display: flex; gap: 12px; padding: 14px 16px; }
.migrator__head > .migrator__mark { height: 28px; width: 28px; }
.migrator__head > div { flex: 1; min-width: 0; }
.migrator__head p { margin-top: 6px; overflow-wrap: anywhere; }
.migrator__facts { align-items: baseline; column-gap: 16px; display: flex; flex-wrap: wrap; }
.migrator__muted { color: var(--idle); overflow-wrap: anywhere; }
.migrator .migrator__box { border: 1px solid var(--tone); border-radius: 4px; margin-top: 14px; overflow-wrap: anywhere; padding: 12px 16px; }
.migrator .migrator__box > * + * { margin-top: 10px; }
.migrator__command { align-items: flex-start; background: var(--sunk); border-radius: 4px; display: flex; gap: 10px; margin-top: 6px; padding: 8px 10px; }
.migrator__command code { flex: 1; user-select: all; }
.migrator button { background: none; border: 1px solid currentcolor; border-radius: 4px; color: var(--busy); cursor: pointer; font: 500 12px/1.5 inherit; font-family: inherit; padding: 1px 8px; }
.migrator button:focus-visible, .migrator summary:focus-visible, .migrator pre:focus-visible { outline: 2px solid var(--busy); outline-offset: 2px; }
.migrator .migrator__facts + .migrator__steps { margin-top: 12px; }
.migrator__steps > li { column-gap: 12px; display: grid; grid-template-columns: 20px 1fr; padding-bottom: 14px; position: relative; }
.migrator__steps > li:not(:last-child)::before { background: var(--line); bottom: 2px; content: ''; left: 9px; position: absolute; top: 24px; width: 2px; }
.migrator__steps > li:last-child { padding-bottom: 0; }
.migrator__step { align-items: baseline; column-gap: 10px; display: flex; flex-wrap: wrap; }
.migrator__step strong { font-weight: 600; overflow-wrap: anywhere; }
.migrator__step span:last-child { margin-left: auto; font-variant-numeric: tabular-nums; }
.migrator__state { color: var(--tone); font-weight: 500; }
.migrator__track { background: var(--line); border-radius: 2px; height: 4px; margin-top: 5px; position: relative; }
.migrator__track i { background: var(--tone); border-radius: 2px; bottom: 0; min-width: 4px; position: absolute; top: 0; }
.migrator .migrator__output { background: var(--sunk); border-radius: 4px; margin-top: 16px; max-height: 260px; overflow: auto; padding: 10px 12px; white-space: pre-wrap; }
.migrator details { border-top: 1px solid var(--line); }
.migrator details:last-of-type { border-bottom: 1px solid var(--line); }
.migrator summary { align-items: center; column-gap: 10px; cursor: pointer; display: flex; flex-wrap: wrap; list-style: none; padding: 8px 4px; }
.migrator summary::-webkit-details-marker { display: none; }
.migrator summary::after { border: solid currentcolor; border-width: 0 2px 2px 0; content: ''; height: 7px; margin: 0 4px; transform: rotate(45deg); width: 7px; }
.migrator details[open] > summary::after { transform: rotate(-135deg); }
.migrator summary span:last-child { margin-left: auto; text-align: right; }
.migrator__past { padding: 2px 4px 16px 34px; }
.migrator .migrator__past > * + * { margin-top: 10px; }
.migrator__item { color: inherit; max-width: 300px; padding: 0; }
.migrator__item-head { align-items: center; display: flex; gap: 10px; justify-content: space-between; margin-bottom: 6px; }
.migrator__item-value { align-items: center; color: var(--tone); display: flex; font-size: 20px; font-weight: 500; gap: 8px; line-height: 1.25; }
.migrator__item-more { font-size: 13px; margin-top: 4px; overflow-wrap: anywhere; }
.migrator + .migrator { margin-top: 32px; }
`;

  global.migratorExtension = { ...global.migratorExtension, STYLE };
})(globalThis);
