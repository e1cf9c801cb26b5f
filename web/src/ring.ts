// SPDX-License-Identifier: Apache-2.0
/*
 * The ring of a duty screen: two soft tones, a pause, again, made by WebAudio. A browser makes
 * no sound before a gesture, so unlock() belongs into a click.
 *
 * Owner  The page element; free() ends the sound for good.
 */
const TONES_HZ = [659, 880];
const TONE_S = 0.35;
const GAP_S = 0.08;
const EVERY_MS = 2200;
const LOUDNESS = 0.35;
const UNLOCK_WAIT_MS = 1000;

export class Ring {
  private context: AudioContext | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  get isUnlocked(): boolean {
    return this.context?.state === 'running';
  }

  /* changed: sound began to work, or stopped. */
  constructor(private readonly changed: () => void) {}

  /* Without a gesture, where the browser allows it. A machine without any sound never answers. */
  async unlock(): Promise<void> {
    if (!this.context) {
      this.context = new AudioContext();
      this.context.onstatechange = this.changed;
    }
    await Promise.race([this.context.resume(),
      new Promise((done) => setTimeout(done, UNLOCK_WAIT_MS))]);
  }

  once(): void {
    const { context } = this;
    if (!context || context.state !== 'running') return;
    TONES_HZ.forEach((hz, index) => {
      const start = context.currentTime + index * (TONE_S + GAP_S);
      const tone = new OscillatorNode(context, { type: 'triangle', frequency: hz });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.linearRampToValueAtTime(LOUDNESS, start + 0.02);
      gain.gain.setValueAtTime(LOUDNESS, start + TONE_S - 0.1);
      gain.gain.linearRampToValueAtTime(0, start + TONE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + TONE_S);
    });
  }

  set(isOn: boolean): void {
    if (isOn && !this.timer) {
      this.once();
      this.timer = setInterval(() => this.once(), EVERY_MS);
    } else if (!isOn && this.timer) {
      clearInterval(this.timer);
      this.timer = null;
    }
  }

  free(): void {
    this.set(false);
    void this.context?.close();
    this.context = null;
  }
}
