// SPDX-License-Identifier: Apache-2.0
/*
 * Who is heard at this moment. The server's speakers are those who spoke last, silent by now
 * or not; here the sound that comes decides. Pure: levels and the time are given.
 */
import type { Slot } from './protocol';

/* Of full scale, 40 dB below it: speech close to a microphone is above, a quiet room is not. */
const LOUD = 0.01;
/* Between two words nobody has stopped. */
const HOLD_MS = 800;

export class Talk {
  private readonly until_ms = new Map<string, number>();

  /* levels: by slot, 0 to 1. */
  hear(slots: readonly Slot[], levels: ReadonlyMap<number, number>, now_ms: number): void {
    for (const { slot, participant } of slots)
      if ((levels.get(slot) ?? 0) >= LOUD) this.until_ms.set(participant, now_ms + HOLD_MS);
    for (const [participant, until_ms] of this.until_ms)
      if (now_ms >= until_ms) this.until_ms.delete(participant);
  }

  /* Of the server's speakers the one to be marked; ''. I myself am not heard here. */
  speaker(speakers: readonly string[], self: string): string {
    const first = speakers[0] ?? '';
    return first === self || this.until_ms.has(first) ? first : '';
  }
}
