// SPDX-License-Identifier: Apache-2.0
/* The page of a hearing that is over: one column, the question large. */
import { css } from 'lit';

export const afterStyles = css`
  :host { background: none; }
  section { max-width: 560px; margin: 0 auto; padding: 24px 16px 48px; gap: 24px; min-height: 0; }
  section.desk { max-width: 720px; }
  .what { display: grid; gap: 8px; }
  .ask { display: grid; gap: 16px; padding: 20px; border: 2px solid var(--act); border-radius: 10px;
    background: var(--sheet); }
  .ask h2 { font-size: 24px; }
  .ask .primary { min-height: 64px; font-size: 22px; }
  .ask.calm { border: 1px solid var(--line); }
  .ask.calm h2 { display: flex; gap: 8px; align-items: center; font-size: 20px; }
  .ask.calm svg { color: var(--act); }
  .ask.calm p { color: var(--ink-soft); }
  .note { font-family: var(--serif); white-space: pre-line; overflow-wrap: anywhere; }
  .rows { display: grid; gap: 8px; }
  .rows .wide { justify-content: flex-start; text-align: start; }
  .rows .wide > span:not(.chip) { flex: 1; min-width: 0; overflow-wrap: anywhere; }
  .papers { scroll-margin-top: 16px; }
  dialog.panel { padding: 16px; }
  dialog.panel > .spread { padding-bottom: 12px; }
`;
