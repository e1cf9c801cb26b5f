// SPDX-License-Identifier: Apache-2.0
/*
 * Who is shown where and how large. Pure: from what the server told to a list of tiles.
 * The large place: whom one pinned, whom the desk shows to everybody, a shared screen, who speaks.
 */
import { isInRoom, type Participant, type Slot, type View } from './protocol';

export interface Tile {
  key: string;
  participant: Participant;
  video: 'camera' | 'screen';
  slot: number | null;
  /* since when the slot is this tile's (performance.now()); 0: nobody had it before */
  since_ms: number;
  isSelf: boolean;
}

export interface Layout {
  /* all of them, in an order that no change of speaker or pin touches */
  tiles: Tile[];
  main: Tile | null;
  rest: Tile[];
}

/* Whose picture each slot had last. */
export type Owners = ReadonlyMap<number, { key: string; since_ms: number }>;

export interface LayoutInput {
  participants: readonly Participant[];
  slots: readonly Slot[];
  owners: Owners;
  speakers: readonly string[];
  self: string;
  pinned: string;
  lastSpeaker: string;
  /* whom the desk shows to everybody */
  spotlight?: string;
}

const ORDER: Record<string, number> = {
  petitioner: 0, agent: 1, presiding: 2, department: 3, mediator: 4, panelist: 5, witness: 6,
  interpreter: 7, clerk: 8, observer: 9,
};

/* Where the picture is: a slot with sound only ('none') has none to show. */
function slotOf(slots: readonly Slot[], id: string, video: 'camera' | 'screen'): number | null {
  return slots.find((slot) => slot.participant === id && slot.video === video)?.slot ?? null;
}

export function nextOwners(before: Owners, slots: readonly Slot[], now_ms: number): Owners {
  const next = new Map(before);
  for (const { slot, participant, video } of slots) {
    const key = `${participant}/${video}`;
    const old = before.get(slot);
    if (video !== 'none' && old?.key !== key) next.set(slot, { key, since_ms: old ? now_ms : 0 });
  }
  return next;
}

/* May a tile's last picture stay until its new stream has one? Not where its old slot is
 * another's by now: what that slot showed may have been the other already. */
export function keepsPicture(before: Tile, now: Tile, taken: ReadonlySet<number>): boolean {
  if (before.slot === null || now.slot === null) return before.isSelf && now.isSelf;
  return before.slot === now.slot ? before.since_ms === now.since_ms : !taken.has(before.slot);
}

export function tilesOf(input: LayoutInput): Tile[] {
  const tiles: Tile[] = [];
  const people = input.participants
    .filter((one) => isInRoom(one.presence))
    .sort((a, b) => Number(a.id === input.self) - Number(b.id === input.self)
      || (ORDER[a.role] ?? 9) - (ORDER[b.role] ?? 9) || (a.id < b.id ? -1 : 1));
  for (const participant of people) {
    const isSelf = participant.id === input.self;
    if (participant.role === 'observer' || participant.role === 'supervisor') continue;
    const add = (video: 'camera' | 'screen') => {
      const slot = isSelf ? null : slotOf(input.slots, participant.id, video);
      const since_ms = slot === null ? 0 : input.owners.get(slot)?.since_ms ?? 0;
      tiles.push({ key: `${participant.id}/${video}`, participant, video, slot, since_ms, isSelf });
    };
    if (participant.screen === 'on' && !isSelf) add('screen');
    add('camera');
  }
  return tiles;
}

/* Who holds the large place, and since when. */
export interface Held {
  id: string;
  since_ms: number;
}

const HOLD_MS = 2500;

/* Never myself: the own face distracts a speaker. The server's first is who speaks, behind him
 * may be people who only sat down last; he comes once the one before was large for a while:
 * two who talk at a time must not make the picture jump. */
export function nextSpeaker(held: Held, speakers: readonly string[], self: string,
  now_ms: number): Held {
  const next = speakers[0] === self && speakers.includes(held.id) ? held.id
    : speakers.find((speaker) => speaker !== self);
  if (!next || next === held.id) return held;
  if (held.id && now_ms - held.since_ms < HOLD_MS) return held;
  return { id: next, since_ms: now_ms };
}

export function arrange(input: LayoutInput): Layout {
  const tiles = tilesOf(input);
  const camera = (id: string) =>
    tiles.find((tile) => tile.participant.id === id && tile.video === 'camera' && !tile.isSelf);
  const main = tiles.find((tile) => tile.key === input.pinned)
    ?? (input.spotlight ? camera(input.spotlight) : undefined)
    ?? tiles.find((tile) => tile.video === 'screen')
    ?? camera(input.lastSpeaker)
    ?? tiles.find((tile) => !tile.isSelf)
    ?? tiles[0]
    ?? null;
  return { tiles, main, rest: tiles.filter((tile) => tile !== main) };
}

/* A screen's slot carries the person's microphone too: twice the same voice is an echo. */
export function doubledSlots(slots: readonly Slot[]): ReadonlySet<number> {
  const isElsewhere = (one: Slot) => slots.some((other) => other.slot !== one.slot
    && other.participant === one.participant
    && (other.video !== 'screen' || other.slot < one.slot));
  return new Set(slots.filter((one) => one.video === 'screen' && isElsewhere(one))
    .map((one) => one.slot));
}

/* What the server should send: large for the main tile, small for the strip. */
export function viewsOf(layout: Layout, isPhone: boolean, pinned: string): View[] {
  const view = (tile: Tile, height: number): View => ({
    participant: tile.participant.id, video: tile.video, height,
    pinned: tile.key === pinned,
  });
  const views: View[] = [];
  if (layout.main && !layout.main.isSelf) views.push(view(layout.main, isPhone ? 360 : 720));
  for (const tile of layout.rest)
    if (!tile.isSelf) views.push(view(tile, isPhone ? 90 : 180));
  return views;
}
