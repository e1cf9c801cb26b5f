// SPDX-License-Identifier: Apache-2.0
/*
 * Which pictures stand still although frames should come, and whether the own line is to
 * blame for it: pure. A shared screen is never judged: a page that nobody scrolls stands, too.
 *
 * Units  *_ms are milliseconds on one clock that never goes back.
 */
import type { Presence } from './protocol';
import type { State } from './store';

export const LOOK_EVERY_MS = 1000;
/* The thinnest line is given a quarter of a camera's frames: one a second at the least. */
const STILL_MS = 2000;
/* A page that slept saw nothing, and that says nothing. */
const BLIND_MS = 3000;
/* So many at once are a picture again; a single one may be the last of the old. */
const MOVES_FRAMES = 2;
const ANSWER_MS = 1000;

/* A picture stands: does the voice go on? */
export type Still = 'sounds' | 'silent';

interface Motion {
  frames: number;
  moved_ms: number;
  isStill: boolean;
  isStirring: boolean; /* one frame came: one more look with some, and it moves */
}

export interface Watch {
  at_ms: number;
  motions: ReadonlyMap<string, Motion>;
}

export const noWatch: Watch = { at_ms: 0, motions: new Map() };

function moved(before: Motion, frames: number, now_ms: number): Motion {
  if (frames === before.frames) {
    const isStill = before.isStill || now_ms - before.moved_ms >= STILL_MS;
    return { ...before, isStill, isStirring: false };
  }
  const isBack = !before.isStill || before.isStirring
    || Math.abs(frames - before.frames) >= MOVES_FRAMES;
  return { frames, moved_ms: now_ms, isStill: !isBack, isStirring: !isBack };
}

/* frames: decoded so far, of each picture that should move. One that is new here, or of
 * another owner (another key), has its time to begin. */
export function look(before: Watch, frames: ReadonlyMap<string, number>, now_ms: number): Watch {
  const isBlind = now_ms - before.at_ms >= BLIND_MS;
  const motions = new Map<string, Motion>();
  for (const [key, count] of frames) {
    const motion = isBlind ? undefined : before.motions.get(key);
    motions.set(key, motion ? moved(motion, count, now_ms)
      : { frames: count, moved_ms: now_ms, isStill: false, isStirring: false });
  }
  return { at_ms: now_ms, motions };
}

export function isStill(watch: Watch, key: string): boolean {
  return watch.motions.get(key)?.isStill ?? false;
}

export function areAllStill(watch: Watch): boolean {
  const all = [...watch.motions.values()];
  return all.length > 0 && all.every((motion) => motion.isStill);
}

export function doAllMove(watch: Watch): boolean {
  const all = [...watch.motions.values()];
  return all.length > 0 && !all.some((motion) => motion.isStill);
}

const isHere = (presence?: Presence) => presence === 'present' || presence === 'in_caucus';

/* Pictures that should move: by slot, the key of slot and owner. None in recess or before the
 * opening, none of who has no camera on or no connection. */
export function wantedPictures(state: State): ReadonlyMap<number, string> {
  const wanted = new Map<number, string>();
  if (state.hearing?.state !== 'live' && state.hearing?.state !== 'closing') return wanted;
  for (const { slot, participant: id, video } of state.slots) {
    const owner = state.participants.get(id);
    if (video === 'camera' && id !== state.you?.participant && isHere(owner?.presence)
      && owner?.camera === 'on' && owner.in_media)
      wanted.set(slot, `${slot}/${id}`);
  }
  return wanted;
}

/*
 * Whose fault is it that all pictures stand? The server knows and tells, but its word waits in
 * the queue of the same line. So it is asked anything: an answer in time says that its last
 * word holds, no answer in time that this line is starved.
 */
export class Doubt {
  isStarved = false;
  private asked_ms: number | null = null;

  /* Each LOOK_EVERY_MS; true: ask now. */
  look(areStill: boolean, now_ms: number): boolean {
    if (!areStill) {
      this.isStarved = false;
      return false;
    }
    if (this.asked_ms !== null) {
      if (now_ms - this.asked_ms >= ANSWER_MS) this.isStarved = true;
      return false;
    }
    this.asked_ms = now_ms;
    return true;
  }

  answered(now_ms: number): void {
    if (this.asked_ms !== null && now_ms - this.asked_ms < ANSWER_MS) this.isStarved = false;
    this.asked_ms = null;
  }

  /* There is no way to ask, or no answer for so long that nobody waits any more. */
  failed(): void {
    if (this.asked_ms !== null) this.isStarved = true;
    this.asked_ms = null;
  }
}
