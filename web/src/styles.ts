// SPDX-License-Identifier: Apache-2.0
/* Style sheets that elements share. Adopted, never inline: the page's CSP stays strict. */
import { css } from 'lit';

/* Type, focus and forms: every element begins with this. */
export const base = css`
  :host { box-sizing: border-box; }
  :host([hidden]) { display: none; }
  *, *::before, *::after { box-sizing: border-box; }
  h1, h2, h3, p, ul, ol, dl, dd, figure, fieldset { margin: 0; padding: 0; }
  ul, ol { list-style: none; }
  fieldset { border: 0; min-inline-size: 0; }
  h1 { font-size: 28px; line-height: 1.3; font-weight: 600; text-wrap: balance; }
  h2 { font-size: 20px; line-height: 1.35; font-weight: 600; }
  h3 { font-size: 16px; line-height: 1.5; font-weight: 600; }
  a { color: var(--act); text-underline-offset: 3px; }
  .soft { color: var(--ink-soft); }
  .small { font-size: 13px; line-height: 1.45; }
  .number { font-variant-numeric: tabular-nums; }
  .spread { display: flex; flex-wrap: wrap; gap: 12px; align-items: center;
    justify-content: space-between; }
  .row { display: flex; gap: 12px; align-items: center; flex-wrap: wrap; }
  .stack { display: grid; gap: 16px; }
  .hide-visually {
    position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%);
    white-space: nowrap;
  }
  :focus { outline: none; }
  :focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
  h1:focus-visible { outline: none; }
  @media (prefers-reduced-motion: reduce) {
    *, *::before, *::after { animation: none !important; transition: none !important; }
  }
`;

export const controls = css`
  button, .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px;
    min-height: var(--target); padding: 8px 16px; border-radius: var(--radius);
    border: 1px solid var(--line); background: var(--sheet); color: var(--ink);
    font: inherit; font-weight: 500; text-decoration: none; cursor: pointer;
    transition: background-color 120ms, border-color 120ms;
  }
  button:hover:not(:disabled), .button:hover { border-color: var(--ink-soft); }
  button:disabled { opacity: 0.5; cursor: not-allowed; }
  .primary {
    background: var(--act); border-color: var(--act); color: var(--act-ink); font-weight: 600;
  }
  .primary:hover:not(:disabled) { filter: brightness(1.08); border-color: var(--act); }
  .danger { background: var(--seal); border-color: var(--seal); color: var(--seal-ink); }
  .danger-text { color: var(--seal); }
  .plain { border-color: transparent; background: transparent; }
  .wide { width: 100%; }
  .slim { min-height: 44px; padding: 4px 12px; }
  label { display: grid; gap: 4px; font-weight: 500; }
  label .hint, .hint { font-weight: 400; color: var(--ink-soft); font-size: 14px; }
  input, select, textarea {
    width: 100%; min-height: var(--target); padding: 8px 12px; font: inherit;
    color: var(--ink); background: var(--sheet); border: 1px solid #8b9299;
    border-radius: var(--radius);
  }
  textarea { min-height: 96px; resize: vertical; }
  input[type='checkbox'], input[type='radio'] {
    width: 24px; height: 24px; min-height: 0; accent-color: var(--act); flex: none; margin: 0;
  }
  label.check {
    display: flex; gap: 12px; align-items: center; min-height: var(--target); cursor: pointer;
  }
  svg { width: 24px; height: 24px; flex: none; }
`;

export const sheets = css`
  .page { max-width: 1120px; margin: 0 auto; padding: 24px 16px 48px; }
  .narrow { max-width: 720px; }
  .card {
    background: var(--sheet); border: 1px solid var(--line); border-radius: var(--radius);
    padding: 16px;
  }
  .chip {
    display: inline-flex; align-items: center; gap: 6px; padding: 2px 8px; border-radius: 4px;
    border: 1px solid var(--line); font-size: 13px; line-height: 20px; white-space: nowrap;
    color: var(--ink-soft); background: transparent;
  }
  .chip.live { border-color: var(--act); color: var(--act); font-weight: 600; }
  .chip.warn { border-color: var(--warn); color: var(--warn); }
  .facts { display: grid; grid-template-columns: max-content 1fr; gap: 8px 16px; }
  .facts dt { color: var(--ink-soft); }
  .facts dd { min-width: 0; overflow-wrap: anywhere; }
`;

/* Elderly-friendly: text from 18 px, targets from 60 px (MIIT specification). */
export const elder = css`
  :host {
    --target: 60px; font-size: 18px; line-height: 1.6;
  }
  .hint, .small, label .hint { font-size: 16px; }
  h1 { font-size: 28px; }
  .primary { font-size: 20px; }
  input[type='checkbox'] { width: 32px; height: 32px; }
`;

/* The hearing room is dark, so that faces are what is bright. */
export const roomColours = css`
  --paper: #12171c; --sheet: #1a2128; --ink: #f1efe9; --ink-soft: #a9b3bc;
  --line: #2c353e; --act: #4fb3ac; --act-ink: #0c1a19; --act-soft: #1b3331;
  --seal: #ea6d62; --seal-ink: #160706; --seal-soft: #3a1f1e;
  --warn: #e0b05c; --warn-soft: #362c1a;
  --caucus: #b79ad6; --deliberate: #7fc08d; --witness: #e0b05c;
  --caucus-soft: #2a2237; --deliberate-soft: #1c3024;
  color-scheme: dark; color: var(--ink);
`;

export const roomTokens = css`
  :host { ${roomColours} background: var(--paper);
    scrollbar-color: var(--line) transparent; }
`;

/* A person's colour in the review, by the place in the list; never the only sign of who it is. */
export const voices = css`
  .c0 { --voice: #0b6a66; } .c1 { --voice: #8a5a12; } .c2 { --voice: #6a4a8c; }
  .c3 { --voice: #2f6b3c; } .c4 { --voice: #2b5d8a; } .c5 { --voice: #7a3b52; }
`;
export const VOICES = 6;
