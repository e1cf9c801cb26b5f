// SPDX-License-Identifier: Apache-2.0
/*
 * Keep a picture with the sound: the mixed audio is the clock, the picture is steered by its
 * rate and, when far off, by a seek (recording.md 1.6). Pure.
 */
export const SYNC_EVERY_MS = 100;
const CLOSE_S = 0.015;
const FAR_S = 0.5;
const RATE_MAX = 0.1;

/* Pictures are asked for a little before the end of what is there, not past the last frame. */
const EDGE_S = 0.02;
const STILL_S = 0.05;
/* A seek that takes longer is asked for again; one to where nothing is never ends. */
const SEEK_MAX_S = 1.5;
const LEAD_MAX_S = 0.4;

export type Steer = { kind: 'rate'; rate: number } | { kind: 'seek'; to: number };

/* d = picture minus sound, both in seconds of the recording; speed is what the person chose. */
export function steer(picture_s: number, sound_s: number, speed: number): Steer {
  const ahead = picture_s - sound_s;
  if (Math.abs(ahead) >= FAR_S) return { kind: 'seek', to: sound_s };
  if (Math.abs(ahead) < CLOSE_S) return { kind: 'rate', rate: speed };
  const bend = Math.max(-RATE_MAX, Math.min(RATE_MAX, -ahead));
  return { kind: 'rate', rate: speed * (1 + bend) };
}

export interface Picture {
  at_s: number;
  /* the seek that has not ended: where the sound was then, and how long ago that is */
  pending: { sound_s: number; age_s: number } | null;
  /* how long seeks take: the sound goes on meanwhile */
  lead_s: number;
  /* the stretch of the buffer under the sound, null when nothing is there */
  span: readonly [from_s: number, to_s: number] | null;
}

export interface Sound {
  at_s: number;
  speed: number;
  isPlaying: boolean;
}

export interface Orders {
  isPlaying: boolean;
  seekTo_s?: number;
  rate?: number;
  /* the seek before this one did not end in time */
  isLate?: boolean;
}

/* What a picture has to do now so that it is where the sound is. */
export function orders(picture: Picture, sound: Sound): Orders {
  const { span, pending } = picture;
  const { isPlaying, speed } = sound;
  if (!span) return { isPlaying: false };
  const last_s = Math.max(span[0], span[1] - EDGE_S);
  const inside = (at_s: number) => Math.min(last_s, Math.max(span[0], at_s));
  const goal_s = inside(sound.at_s);
  const ahead_s = isPlaying ? Math.min(LEAD_MAX_S, picture.lead_s) * speed : 0;
  const seek = { isPlaying, seekTo_s: inside(sound.at_s + ahead_s) };
  if (pending) {
    const expected_s = pending.sound_s + (isPlaying ? pending.age_s * speed : 0);
    if (pending.age_s >= SEEK_MAX_S) return { ...seek, isLate: true };
    return Math.abs(expected_s - sound.at_s) >= FAR_S * Math.max(1, speed) ? seek : { isPlaying };
  }
  if (!isPlaying)
    return Math.abs(picture.at_s - goal_s) > STILL_S ? seek : { isPlaying };
  const way = steer(picture.at_s, goal_s, speed);
  return way.kind === 'seek' ? seek : { isPlaying, rate: way.rate };
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;

/* One step faster or slower. */
export function stepSpeed(speed: number, step: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed);
  const next = Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.length - 1 : at) + step));
  return SPEEDS[next] ?? 1;
}
