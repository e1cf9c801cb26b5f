// SPDX-License-Identifier: Apache-2.0
/*
 * A recording whose sealed segments are kept at the second place only: says so and brings them back.
 * Nothing at all where everything is here. Fires "brought-back" when they are.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type RecordingDetail } from '../api';
import { HeardElement } from '../base';
import { errorText, t } from '../i18n';
import { base, controls } from '../styles';

const POLL_MS = 2000;
const GOES_ON = ['queued', 'running'];

@customElement('heard-bring-back')
export class HeardBringBack extends HeardElement {
  static override styles = [base, controls, css`
    div { display: grid; gap: 8px; justify-items: start; }
    heard-notice { width: 100%; }
    progress { width: min(240px, 100%); }
  `];

  @property() recording = '';
  @state() private detail: RecordingDetail | null = null;
  @state() private problem = '';
  private timer: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('recording') && this.recording) void this.look();
  }

  private isAway(): boolean {
    return this.detail?.tasks?.['release']?.state === 'ready';
  }

  private async look(): Promise<void> {
    this.timer = null;
    const wasAway = this.isAway();
    try {
      this.take(await api.recording(this.recording));
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
    if (wasAway && !this.isAway() && this.isConnected) this.tell('brought-back');
  }

  private async ask(): Promise<void> {
    try {
      this.take(await api.bringBack(this.recording));
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private take(detail: RecordingDetail): void {
    this.detail = detail;
    const isComing = GOES_ON.includes(detail.tasks?.['restore']?.state ?? '');
    if (this.isConnected && isComing && !this.timer)
      this.timer = setTimeout(() => void this.look(), POLL_MS);
  }

  override render(): TemplateResult | typeof nothing {
    if (!this.isAway()) return nothing;
    const restore = this.detail!.tasks?.['restore'];
    const isComing = GOES_ON.includes(restore?.state ?? '');
    return html`<div><heard-notice kind="info">${t('away.text')}</heard-notice>
      ${restore?.error ? html`<heard-notice kind="warn">${t(isComing ? 'away.retry' : 'away.failed')}
        </heard-notice>` : nothing}
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
      ${isComing ? html`<p role="status">${t('away.coming')}
        <progress max="1000" .value=${restore!.progress_permille} aria-label=${t('away.coming')}>
        </progress></p>` : html`<button @click=${this.ask}>${t('away.ask')}</button>`}</div>`;
  }
}
