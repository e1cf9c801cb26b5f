// SPDX-License-Identifier: Apache-2.0
/* One column of the mediator's rooms. */
import { css } from 'lit';

export const columnStyles = css`
  .column { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; gap: 8px; min-width: 0;
    padding: 8px 12px 10px; border: 1px solid var(--line); border-radius: 6px;
    background: var(--sheet); }
  .column.closed { --edge: var(--caucus); --soft: var(--caucus-soft); }
  .column.main { --edge: var(--act); --soft: var(--act-soft); }
  .column.open { border-color: var(--edge); }
  .column.mine { border: 2px solid var(--edge); background: var(--soft); padding: 7px 11px 9px; }
  header { display: flex; gap: 2px 8px; align-items: baseline; flex-wrap: wrap; }
  h2 { font-size: 16px; }
  .closed h2 { color: var(--edge); }
  .here { font-size: 13px; font-weight: 600; color: var(--edge); border: 1px solid currentColor;
    border-radius: 4px; padding: 0 6px; }
  .tail { margin-left: auto; font-size: 13px; color: var(--ink-soft);
    display: inline-flex; gap: 4px; align-items: center; }
  .tail svg { width: 15px; height: 15px; color: var(--edge); }
  .people { display: grid; gap: 4px; align-content: start; max-height: 132px; overflow-y: auto;
    scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
  .none, .visited { font-size: 14px; color: var(--ink-soft); }
  .visited { display: flex; gap: 6px; align-items: center; }
  .visited svg { width: 16px; height: 16px; }
  .acts { display: flex; gap: 6px; flex-wrap: wrap; }
  .acts:empty { display: none; }
  .acts button { font-size: 14px; min-height: 44px; padding: 4px 10px; white-space: nowrap;
    gap: 4px; }
  .acts button svg { width: 18px; height: 18px; }
  .ask { border-color: var(--edge); color: var(--edge); font-weight: 600; }
  summary { font-size: 14px; color: var(--ink-soft); cursor: pointer; min-height: 44px;
    display: flex; align-items: center; }
  details[open] { display: grid; gap: 4px; }
  @media (max-width: 700px) {
    .people { max-height: none; }
    .acts button { min-height: 48px; font-size: 16px; flex: 1 1 auto; }
  }
`;
