// SPDX-License-Identifier: Apache-2.0
/* What is heard: one audio element a slot, whatever the tiles do. Tells "blocked" when the
 * browser wants a touch first. */
import { html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';

@customElement('heard-sound')
export class HeardSound extends HeardElement {
  @property({ attribute: false }) streams: readonly (MediaStream | null)[] = [];
  /* slots whose sound comes by another slot already */
  @property({ attribute: false }) doubled: ReadonlySet<number> = new Set();
  /* slots that are not heard as they come, 0 to 1 */
  @property({ attribute: false }) gains: ReadonlyMap<number, number> = new Map();
  @property() speaker = '';
  private isBlocked = false;

  override render(): TemplateResult {
    return html`${this.streams.map(() => html`<audio autoplay></audio>`)}`;
  }

  override updated(changed: PropertyValues<this>): void {
    this.renderRoot.querySelectorAll('audio').forEach((audio, index) => {
      const stream = this.streams[index] ?? null;
      this.setLoudness(audio, this.doubled.has(index) ? 0 : this.gains.get(index) ?? 1);
      if (audio.srcObject !== stream) {
        audio.srcObject = stream;
        if (stream) this.play(audio);
      }
      if (changed.has('speaker') && 'setSinkId' in audio)
        void audio.setSinkId(this.speaker).catch(() => undefined);
    });
  }

  /* Called by the touch that the browser asked for. */
  resume(): void {
    this.isBlocked = false;
    this.renderRoot.querySelectorAll('audio').forEach((audio) => {
      if (audio.srcObject) this.play(audio);
    });
  }

  /* Where a page can't set the volume (iOS), what should be behind another voice is silent. */
  private setLoudness(audio: HTMLAudioElement, gain: number): void {
    audio.volume = gain;
    audio.muted = gain === 0 || (gain < 1 && audio.volume === 1);
  }

  private play(audio: HTMLAudioElement): void {
    audio.play().catch((error: DOMException) => {
      if (error.name !== 'NotAllowedError' || this.isBlocked) return;
      this.isBlocked = true;
      this.tell('sound-blocked');
    });
  }
}
