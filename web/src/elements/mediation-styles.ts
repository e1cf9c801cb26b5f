// SPDX-License-Identifier: Apache-2.0
/* What the parts of a mediation look like: cards by side, sums, small words of state. */
import { css } from 'lit';

export const mediationStyles = css`
  .sum { font-variant-numeric: tabular-nums; font-weight: 600; white-space: nowrap; }
  .sum small { font-size: 0.7em; font-weight: 500; margin-left: 2px; }
  .hint { font-size: 14px; color: var(--ink-soft); text-wrap: pretty; }
  .state { display: flex; gap: 6px; align-items: center; font-size: 14px; color: var(--ink-soft); }
  .state svg { width: 18px; height: 18px; }
  .state.good { color: var(--act); font-weight: 600; }
  .state.secret { color: var(--caucus); }
  .acts { display: flex; gap: 8px; flex-wrap: wrap; align-items: flex-start; }
  .acts:empty { display: none; }
  .bad { color: var(--seal); font-weight: 500; }
  .text { white-space: pre-wrap; overflow-wrap: anywhere; }
`;
