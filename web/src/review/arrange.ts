// SPDX-License-Identifier: Apache-2.0
/* Which picture is large in which layout. Pure; the order of the tiles never changes. */
import type { Lane } from './plan';

export const LAYOUTS = ['grid', 'speaker', 'document'] as const;
export type Layout = (typeof LAYOUTS)[number];

export interface Wall {
  /* key of the large one; '' : all the same size */
  large: string;
  keys: string[];
  /* document was asked for, but nothing is shared now */
  lacksDocument: boolean;
}

export function isOn(lane: Lane, at_ms: number): boolean {
  return lane.files.some((file) =>
    at_ms >= file.start_ms && at_ms < file.start_ms + file.duration_ms);
}

/* A person has a place all the time, a screen only while it was shared. */
export function shownLanes(lanes: readonly Lane[], at_ms: number): Lane[] {
  return lanes.filter((lane) => lane.source === 'camera' || isOn(lane, at_ms));
}

export function arrange(lanes: readonly Lane[], at_ms: number, layout: Layout, pinned: string,
  looked: string): Wall {
  const shown = shownLanes(lanes, at_ms);
  const keys = shown.map((lane) => lane.key);
  const screen = shown.find((lane) => lane.source === 'screen')?.key ?? '';
  const face = shown.find((lane) => lane.participant === looked && lane.source === 'camera')?.key
    ?? keys[0] ?? '';
  const held = keys.includes(pinned) ? pinned : '';
  if (layout === 'grid') return { large: '', keys, lacksDocument: false };
  if (layout === 'speaker') return { large: held || face, keys, lacksDocument: false };
  return { large: held || screen || face, keys, lacksDocument: !screen };
}

export function nextLayout(layout: Layout): Layout {
  return LAYOUTS[(LAYOUTS.indexOf(layout) + 1) % LAYOUTS.length] ?? 'grid';
}
