// SPDX-License-Identifier: Apache-2.0
/* Small line drawings of our own. Always beside words, so hidden from screen readers. */
import { svg, html, type TemplateResult } from 'lit';

const drawings: Record<string, TemplateResult> = {
  microphone: svg`<rect x="9" y="3" width="6" height="11" rx="3"/>
    <path d="M5 11a7 7 0 0 0 14 0M12 18v3M9 21h6"/>`,
  microphoneOff: svg`<path d="M9 6a3 3 0 0 1 6 0v5M15 14a3 3 0 0 1-6-1V9M5 11a7 7 0 0 0 11 5.700
    M19 11a7 7 0 0 1-.600 2.800M12 18v3M9 21h6M3 3l18 18"/>`,
  camera: svg`<rect x="3" y="6" width="12" height="12" rx="2"/><path d="M15 11l6-4v10l-6-4"/>`,
  cameraOff: svg`<path d="M7 6h6a2 2 0 0 1 2 2v3l6-4v10l-3-2M15 16a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V8
    a2 2 0 0 1 1-1.700M3 3l18 18"/>`,
  screen: svg`<rect x="3" y="4" width="18" height="12" rx="2"/><path d="M8 20h8M12 13V8M9 10l3-3
    3 3"/>`,
  hand: svg`<path d="M8 12V5.500a1.500 1.500 0 0 1 3 0V11M11 10V4.500a1.500 1.500 0 0 1 3 0V11
    M14 10.500V6a1.500 1.500 0 0 1 3 0v8c0 4-2 7-6 7-3 0-4.500-1.500-6-4.500L3.500 14a1.500
    1.500 0 0 1 2.500-1.500L8 15"/>`,
  leave: svg`<path d="M10 4H5a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h5M15 8l4 4-4 4M19 12H9"/>`,
  more: svg`<circle cx="5" cy="12" r="1.500"/><circle cx="12" cy="12" r="1.500"/>
    <circle cx="19" cy="12" r="1.500"/>`,
  people: svg`<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20a6.500 6.500 0 0 1 13 0M16 5a3.500
    3.500 0 0 1 0 6.500M18 14.500a6.500 6.500 0 0 1 3.500 5.500"/>`,
  phone: svg`<path d="M5 4h4l1.500 5L8 10.500a12 12 0 0 0 5.500 5.500l1.500-2.500 5 1.500v4a1 1 0 0
    1-1 1A15 15 0 0 1 4 5a1 1 0 0 1 1-1z"/>`,
  check: svg`<path d="M4 12.500l5 5L20 6.500"/>`,
  warn: svg`<path d="M12 4L2.500 20h19zM12 10v5M12 17.500v.500"/>`,
  info: svg`<circle cx="12" cy="12" r="9"/><path d="M12 11v6M12 7.500V8"/>`,
  play: svg`<path d="M7 4.500v15l12-7.500z"/>`,
  pause: svg`<path d="M8 5v14M16 5v14"/>`,
  shield: svg`<path d="M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z
    M8.500 12l2.500 2.500 4.500-5"/>`,
  unrecorded: svg`<circle cx="12" cy="12" r="5"/><path d="M4 4l16 16"/>`,
  unheard: svg`<path d="M8 17.500c-1.500-1.500-2-3-2-5.500a6 6 0 0 1 9-5.200M18 12c0 3.500-3.500 4-3.500
    7a2.500 2.500 0 0 1-4.500 1.500M9.500 12a2.500 2.500 0 0 1 2.500-2.500M4 4l16 16"/>`,
  privateTalk: svg`<circle cx="6" cy="8.500" r="2.500"/><circle cx="18" cy="8.500" r="2.500"/>
    <path d="M2 19v-1a4 4 0 0 1 8 0v1M14 19v-1a4 4 0 0 1 8 0v1M12 4v3M12 10v3"/>`,
  deliberation: svg`<ellipse cx="12" cy="14" rx="5.500" ry="3.500"/><circle cx="12" cy="5.500" r="2"/>
    <circle cx="4" cy="10" r="2"/><circle cx="20" cy="10" r="2"/><circle cx="6" cy="20" r="2"/>
    <circle cx="18" cy="20" r="2"/>`,
  lock: svg`<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>`,
  unlock: svg`<rect x="5" y="11" width="14" height="9" rx="2"/><path d="M8 11V8a4 4 0 0 1 7.500-2"/>`,
  backToMain: svg`<path d="M14 4h5a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1h-5M11 8l-4 4 4 4M7 12h9"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0
    0 6 6l1-1"/>`,
  download: svg`<path d="M12 4v11M7.500 11l4.500 4.500 4.500-4.500M4 20h16"/>`,
  back: svg`<path d="M14 6l-6 6 6 6"/>`,
  close: svg`<path d="M6 6l12 12M18 6L6 18"/>`,
  clock: svg`<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3.500 2"/>`,
  bookmark: svg`<path d="M7 4h10v16l-5-4-5 4z"/>`,
  captions: svg`<rect x="3" y="5" width="18" height="14" rx="2"/><path d="M7 15h7M17 15h.500
    M7 11.500h2M12 11.500h5"/>`,
  note: svg`<path d="M5 4h14v11l-5 5H5zM19 15h-5v5M8.500 9h7M8.500 12.500h4"/>`,
  search: svg`<circle cx="10.500" cy="10.500" r="6"/><path d="M15 15l5.500 5.500"/>`,
  keyboard: svg`<rect x="2.500" y="6" width="19" height="12" rx="2"/><path d="M6 10h.500M10 10h.500M14
    10h.500M18 10h.500M7 14.500h10"/>`,
  enlarge: svg`<path d="M9 4H4v5M15 4h5v5M9 20H4v-5M15 20h5v-5"/>`,
  shrink: svg`<path d="M4 9h5V4M20 9h-5V4M4 15h5v5M20 15h-5v5"/>`,
  forward: svg`<path d="M10 6l6 6-6 6"/>`,
  speakerOff: svg`<path d="M4 9v6h4l5 4V5L8 9zM16 9.500l5 5M21 9.500l-5 5"/>`,
  speaker: svg`<path d="M4 9v6h4l5 4V5L8 9zM16 9a4 4 0 0 1 0 6M18.500 6.500a8 8 0 0 1 0 11"/>`,
  pin: svg`<path d="M9 4h6l-1 6 3 3H7l3-3zM12 13v7"/>`,
  settings: svg`<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/>
    <circle cx="8" cy="17" r="2"/>`,
  exhibit: svg`<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>`,
  upload: svg`<path d="M12 16V5M7.500 9.500L12 5l4.500 4.500M4 20h16"/>`,
  signal: svg`<path d="M4 20v-4M9 20v-8M14 20V8M19 20V4"/>`,
  signalWeak: svg`<path d="M4 20v-4M9 20v-8M16.500 5v9M16.500 19v.500"/>`,
  signalOff: svg`<path d="M4 20v-4M9 20v-8M14 20v-4M14 10V8M19 20v-.500M19 15V4M3 3l18 18"/>`,
  soundOnly: svg`<path d="M4 12v2M8 9v8M12 6v14M16 9v8M20 12v2"/>`,
};

export type IconName = keyof typeof drawings;

export function icon(name: IconName): TemplateResult {
  return html`<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false" fill="none"
    stroke="currentColor" stroke-width="1.800" stroke-linecap="round"
    stroke-linejoin="round">${drawings[name]}</svg>`;
}
