// SPDX-License-Identifier: Apache-2.0
/*
 * The rooms of one hearing: who is where, who hears whom, what the mediator may do with a
 * side. Pure: everything follows from what the server told.
 *
 * Who is cut off for a moment still belongs to a room and may hear again at any time: when in
 * doubt a person is named among those who hear.
 */
import {
  isInRoom, type Caucus, type ClosedRoom, type Participant, type RoomName, type Shown,
} from './protocol';
import { inRoom, may, me, type State } from './store';

export const CAUCUSES: readonly Caucus[] = ['caucus_a', 'caucus_b'];

export function isClosedRoom(room: RoomName): boolean {
  return room === 'caucus_a' || room === 'caucus_b' || room === 'deliberation';
}

export function roomOf(person: Participant): RoomName {
  return person.room ?? (isInRoom(person.presence) ? 'main' : 'none');
}

export function myRoom(state: State): RoomName {
  const self = me(state);
  return state.you?.room ?? (self ? roomOf(self) : 'none');
}

/* What the offer names: the room that the page shows; '' leaves it to the rules. */
export function roomToJoin(state: State): string {
  const room = myRoom(state);
  return state.hearing?.rooms && (room === 'main' || isClosedRoom(room)) ? room : '';
}

export function peopleIn(state: State, room: RoomName): Participant[] {
  return inRoom(state).filter((one) => roomOf(one) === room);
}

/* The people whose faces may be shown: those of the own room. */
export function aroundMe(state: State): Participant[] {
  const here = myRoom(state);
  const self = state.you?.participant;
  return inRoom(state).filter((one) => one.id === self || roomOf(one) === here);
}

export function closedRoom(state: State, room: RoomName): ClosedRoom | null {
  return state.hearing?.rooms?.find((one) => one.room === room && one.open) ?? null;
}

/* Left in the main room while others talk in a closed one. */
export function isLeftOut(state: State): boolean {
  return !!state.hearing?.apart && myRoom(state) === 'main';
}

/* Exhibits are shown in the main room, to whoever takes part in it now. */
export function shownHere(state: State): Shown | null {
  return myRoom(state) === 'main' && !isLeftOut(state) ? state.shown : null;
}

export interface Hearers {
  /* nobody: nothing is passed on now; alone: it would be, but nobody else is here */
  kind: 'nobody' | 'alone' | 'people';
  people: Participant[];
}

export function hearersOf(state: State): Hearers {
  const here = myRoom(state);
  const flows = isClosedRoom(here)
    || (here === 'main' && state.hearing?.state === 'live' && !state.hearing.apart);
  if (!flows) return { kind: 'nobody', people: [] };
  const self = state.you?.participant;
  const people = peopleIn(state, here).filter((one) => one.id !== self);
  return { kind: people.length ? 'people' : 'alone', people };
}

export function caucusOf(side: string): Caucus | null {
  return side === 'petitioner' ? 'caucus_a' : side === 'respondent' ? 'caucus_b' : null;
}

export function sideOf(room: Caucus): string {
  return room === 'caucus_a' ? 'petitioner' : 'respondent';
}

/* One of the three columns of the mediator's desk. */
export interface Column {
  room: 'main' | Caucus;
  isOpen: boolean;
  isLocked: boolean;
  isMine: boolean;
  since_ms: number | null;
  inside: Participant[];
  /* asked in, no answer yet */
  invited: Participant[];
  /* of this side, in the main room, not asked */
  outside: Participant[];
  /* when a mediator was last here; null: is here, never was, or nobody knows */
  visited_ms: number | null;
}

function caucusColumn(state: State, room: Caucus): Column {
  const open = closedRoom(state, room);
  const inside = open ? peopleIn(state, room) : [];
  const waiting = peopleIn(state, 'main');
  const isThere = inside.some((one) => one.role === 'mediator');
  return {
    room, isOpen: !!open, isLocked: open?.locked ?? false, isMine: myRoom(state) === room,
    since_ms: open?.since_ms ?? null, inside,
    invited: waiting.filter((one) => one.invited === room),
    outside: waiting.filter((one) => one.side === sideOf(room) && one.invited !== room),
    visited_ms: isThere ? null : state.visited[room] ?? null,
  };
}

export function columnsOf(state: State): [Column, Column, Column] {
  const main: Column = {
    room: 'main', isOpen: true, isLocked: false, isMine: myRoom(state) === 'main',
    since_ms: state.hearing?.apart?.since_ms ?? null, inside: peopleIn(state, 'main'),
    invited: [], outside: [], visited_ms: null,
  };
  return [caucusColumn(state, 'caucus_a'), main, caucusColumn(state, 'caucus_b')];
}

/* People of neither side who may be asked in: interpreters, agents without a side. */
export function invitable(state: State): Participant[] {
  const sideless = ['interpreter', 'agent'];
  return peopleIn(state, 'main').filter((one) =>
    sideless.includes(one.role) && !caucusOf(one.side) && !one.invited);
}

export function hasCaucuses(state: State): boolean {
  return !!state.hearing?.rooms?.some((one) => one.room === 'caucus_a');
}

/* Sees who is where: whoever may open rooms sooner or later. */
export function runsRooms(state: State): boolean {
  return hasCaucuses(state) && me(state)?.role === 'mediator';
}

/* The room that I am asked into, while it can be entered. */
export function invitationOf(state: State): Caucus | null {
  const room = me(state)?.invited;
  return (room === 'caucus_a' || room === 'caucus_b') && closedRoom(state, room)
    && may(state, 'room.answer') ? room : null;
}

/* The room of my own side that I stayed out of and could still enter. */
export function ownCaucus(state: State): Caucus | null {
  const room = caucusOf(me(state)?.side ?? '');
  const open = room && closedRoom(state, room);
  return open && !open.locked && me(state)?.role !== 'mediator' && !me(state)?.invited
    && myRoom(state) === 'main' && may(state, 'room.enter') ? room : null;
}

/* Why it is quiet in the main room: the closed rooms and the people in them. */
export interface Away {
  reason: 'caucus' | 'deliberation';
  since_ms: number;
  rooms: { room: RoomName; people: Participant[]; since_ms: number | null }[];
}

export function awayOf(state: State): Away | null {
  const { hearing } = state;
  if (!hearing?.apart) return null;
  const rooms = (hearing.rooms ?? []).filter((one) => one.open).map((one) => ({
    room: one.room, people: peopleIn(state, one.room), since_ms: one.since_ms,
  }));
  return { reason: hearing.apart.reason, since_ms: hearing.apart.since_ms, rooms };
}
