// SPDX-License-Identifier: Apache-2.0
/* A document is paper, also in the dark room: black on white, large, one column. */
import { css } from 'lit';

export const paper = css`
  :host { --paper: #f6f4ef; --sheet: #ffffff; --ink: #1c252e; --ink-soft: #55606b; --line: #dcd7cc;
    --act: #0b6a66; --act-ink: #ffffff; --act-soft: #e3efee; --seal: #b0312a; --seal-ink: #ffffff;
    --warn: #8a5a12; --warn-soft: #f7ecd8; color-scheme: light; color: var(--ink); }
  dialog { width: min(720px, 100vw); max-width: 100vw; height: auto; max-height: 100dvh; margin: auto;
    padding: 24px; border: 1px solid var(--line); border-radius: 12px; background: var(--paper);
    color: var(--ink); overflow: auto; overscroll-behavior: contain; }
  dialog::backdrop { background: rgb(10 14 18 / 0.82); }
  @media (max-width: 700px) {
    dialog { width: 100vw; height: 100dvh; border: 0; border-radius: 0; padding: 20px 16px; }
    section, form { min-height: 100%; }
  }
  h2 { font-size: 26px; text-wrap: balance; }
  section, form { display: grid; gap: 16px; align-content: start; }
  article { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px;
    padding: 16px; font-family: var(--serif); }
  article h3 { font-size: 20px; text-align: center; padding-bottom: 12px; }
  pre { margin: 0; font: inherit; font-size: 20px; line-height: 1.7; white-space: pre-wrap;
    overflow-wrap: anywhere; }
  .acts { display: grid; gap: 12px; margin-top: auto; }
  .acts button { min-height: 60px; font-size: 20px; }
  .acts .plain { min-height: 48px; font-size: 18px; }
  .problem { display: flex; gap: 8px; align-items: center; padding: 12px; border-radius: 8px;
    background: var(--warn-soft); color: var(--warn); font-weight: 600; }
`;

export const signStyles = css`
  .pad { display: grid; gap: 12px; grid-template-rows: auto auto minmax(160px, 1fr) auto auto auto;
    min-height: 100%; }
  .pad[hidden] { display: none; }
  heard-pad { min-height: min(300px, 40dvh); }
  .two { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
  .hash, .weak { font-size: 16px; color: var(--ink-soft); line-height: 1.5; text-wrap: pretty; }
  .hash b { font-variant-numeric: tabular-nums; color: var(--ink); white-space: nowrap; }
  .told { display: grid; gap: 4px; justify-items: center; padding: 16px; border-radius: 8px;
    border: 2px solid var(--act); background: var(--act-soft); }
  .told b { font-size: 44px; line-height: 1.2; letter-spacing: 4px;
    font-variant-numeric: tabular-nums; }
  input[name='code'] { min-height: 64px; font-size: 32px; letter-spacing: 6px; text-align: center;
    font-variant-numeric: tabular-nums; }
  .mark svg { width: 56px; height: 56px; color: var(--act); }
  .picture { background: #fffef9; border: 1px solid var(--line); border-radius: 8px; padding: 12px;
    display: grid; justify-items: center; }
  .picture svg { width: 100%; max-width: 320px; height: auto; max-height: 160px; }
`;
