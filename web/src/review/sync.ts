// SPDX-License-Identifier: Apache-2.0
/*
 * Keep a picture with the sound: the mixed audio is the clock, the picture is steered by its
 * rate and, when far off, by a seek (recording.md 1.6). Pure.
 */
export const SYNC_EVERY_MS = 100;
const CLOSE_S = 0.015;
const FAR_S = 0.5;
const RATE_MAX = 0.1;

export type Steer = { kind: 'rate'; rate: number } | { kind: 'seek'; to: number };

/* d = picture minus sound, both in seconds of the recording; speed is what the person chose. */
export function steer(picture_s: number, sound_s: number, speed: number): Steer {
  const ahead = picture_s - sound_s;
  if (Math.abs(ahead) >= FAR_S) return { kind: 'seek', to: sound_s };
  if (Math.abs(ahead) < CLOSE_S) return { kind: 'rate', rate: speed };
  const bend = Math.max(-RATE_MAX, Math.min(RATE_MAX, -ahead));
  return { kind: 'rate', rate: speed * (1 + bend) };
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3] as const;

/* One step faster or slower. */
export function stepSpeed(speed: number, step: 1 | -1): number {
  const at = SPEEDS.findIndex((one) => one >= speed);
  const next = Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? SPEEDS.length - 1 : at) + step));
  return SPEEDS[next] ?? 1;
}
