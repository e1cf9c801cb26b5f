// SPDX-License-Identifier: Apache-2.0
/* Where the parts of the hearing room stand, on a phone and on a desk. */
import { css } from 'lit';

export const roomLayout = css`
  :host { display: block; --target: 44px; font-size: 16px; line-height: 1.5; }
  :host([elder]) { --target: 60px; font-size: 18px; line-height: 1.6; }
  .room { height: 100dvh; display: grid; background: var(--paper);
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: auto auto minmax(0, 1fr) auto auto auto auto auto;
    grid-template-areas: 'top' 'banner' 'stage' 'captions' 'rooms' 'phases' 'papers' 'controls'; }
  .with-desk { grid-template-columns: minmax(0, 1fr) 336px;
    grid-template-areas: 'top top' 'banner desk' 'stage desk' 'captions desk' 'rooms desk'
      'phases desk' 'papers papers' 'controls controls'; }
  .with-minutes { grid-template-columns: minmax(0, 1fr) minmax(300px, 380px) 300px;
    grid-template-areas: 'top top top' 'banner minutes desk' 'stage minutes desk'
      'captions minutes desk' 'rooms minutes desk' 'phases minutes desk'
      'papers papers papers' 'controls controls controls'; }
  .minutes { grid-area: minutes; min-height: 0; border-left: 1px solid var(--line); }
  heard-captions { grid-area: captions; min-width: 0; }
  /* The frame says at a glance that this is not the main room; the top line says it in words. */
  .caucus_a, .caucus_b { --room: var(--caucus); --room-soft: var(--caucus-soft); }
  .deliberation { --room: var(--deliberate); --room-soft: var(--deliberate-soft); }
  .caucus_a, .caucus_b, .deliberation { border: 4px solid var(--room); }
  .showing { grid-template-columns: minmax(0, 1fr) 224px;
    grid-template-areas: 'top top' 'banner banner' 'shown stage' 'captions captions' 'rooms rooms'
      'phases phases' 'papers papers' 'controls controls'; }
  .showing.with-desk { grid-template-columns: minmax(0, 1fr) 200px 336px;
    grid-template-areas: 'top top top' 'banner banner desk' 'shown stage desk'
      'captions captions desk' 'rooms rooms desk' 'phases phases desk'
      'papers papers papers' 'controls controls controls'; }
  /* What is shown needs the room: the desk gives way to the minutes, the list lies over them. */
  .showing.with-minutes { grid-template-columns: minmax(0, 1fr) 176px minmax(280px, 340px);
    grid-template-areas: 'top top top' 'banner banner minutes' 'shown stage minutes'
      'captions captions minutes' 'rooms rooms minutes' 'phases phases minutes'
      'papers papers papers' 'controls controls controls'; }
  .showing.with-minutes > aside { display: none; }
  .showing.with-minutes heard-side { grid-area: banner / minutes / phases / minutes; z-index: 6; }
  heard-shown { grid-area: shown; margin: 8px 0 8px 8px; }
  .top { grid-area: top; min-width: 0; }
  /* Offers and an agreement are read and written: wider than the desk. */
  .with-mediation { grid-template-columns: minmax(0, 1fr) minmax(336px, 420px); }
  .with-mediation.with-minutes { grid-template-columns: minmax(0, 1fr) minmax(260px, 320px)
    minmax(320px, 380px); }
  heard-stage, heard-apart { grid-area: stage; }
  heard-rooms { grid-area: rooms; min-width: 0; }
  heard-phase-bar { grid-area: phases; min-width: 0; }
  heard-papers { grid-area: papers; min-width: 0; }
  heard-controls { grid-area: controls; }
  heard-side { grid-area: desk; }
  aside { grid-area: desk; overflow: auto; border-left: 1px solid var(--line);
    background: var(--sheet); }
  .above { grid-area: banner; min-width: 0; }
  /* Over the faces, never over the recording light or the desk. */
  .notices { grid-area: stage; align-self: end; justify-self: end; margin: 16px; z-index: 5;
    width: min(400px, 100% - 32px); display: grid; gap: 8px; }
  heard-sound { position: absolute; width: 0; height: 0; overflow: hidden; }
  /* No room for both: the minutes stand where the desk is, until they are folded away. */
  @media (max-width: 1120px) {
    .with-minutes { grid-template-columns: minmax(0, 1fr) 360px;
      grid-template-areas: 'top top' 'banner minutes' 'stage minutes' 'captions minutes'
        'rooms minutes' 'phases minutes'
        'papers papers' 'controls controls'; }
    .with-minutes > aside { display: none; }
  }
  @media (max-width: 700px) {
    .with-desk { grid-template-columns: minmax(0, 1fr);
      grid-template-areas: 'top' 'banner' 'stage' 'captions' 'rooms' 'phases' 'papers' 'controls'; }
    aside, .wide-only { display: none; }
    .showing, .showing.with-desk { grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto auto minmax(0, 1fr) 132px auto auto auto auto auto;
      grid-template-areas: 'top' 'banner' 'shown' 'stage' 'captions' 'rooms' 'phases' 'papers' 'controls'; }
    heard-shown { margin: 4px 4px 0; }
    /* Over the pictures; what is said above them stays in sight. */
    heard-side { grid-area: stage / 1 / phases / 1; z-index: 6; }
    .showing heard-side { grid-area: shown / 1 / phases / 1; }
    /* The question below, a row of faces above it. */
    .with-ballot:not(.showing) { grid-template-rows: auto auto 92px minmax(0, 1fr) auto auto;
      grid-template-areas: 'top' 'banner' 'stage' 'desk' 'papers' 'controls'; }
    .with-ballot:not(.showing) heard-side { grid-area: desk; }
    .with-ballot heard-captions, .with-ballot heard-phase-bar { display: none; }
    .notices { align-self: start; z-index: 7; }
  }
`;
