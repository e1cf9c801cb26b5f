// SPDX-License-Identifier: Apache-2.0
/* The page of a recording: the reason first (it is logged), then the workbench. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type Me, type RecordingDetail } from '../api';
import { HeardElement } from '../base';
import { formatClock, formatDate } from '../format';
import { errorText, language, t } from '../i18n';
import { backFrom, failureOf, openRecording, viewerOf, type Opened } from '../review/open';
import { base, controls, sheets } from '../styles';

@customElement('heard-recording')
export class HeardRecording extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .page { display: grid; gap: 16px; max-width: 1440px; }
    .spread.top { align-items: flex-start; }
    .tasks { padding: 0; }
    .aside { justify-self: center; }
  `];

  @property() recordingId = '';
  @property({ attribute: false }) me: Me | null = null;
  @state() private detail: RecordingDetail | null = null;
  @state() private opened: Opened | null = null;
  @state() private failure = '';
  @state() private problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.detail = await api.recording(this.recordingId);
      document.title = `${this.detail.number} · ${t('app.name')}`;
      this.failure = '';
      const isGone = this.detail.state.startsWith('destroy');
      if (!this.detail.may_play) this.failure = isGone ? 'destroyed' : 'may_not_play';
    } catch (error) {
      const { code } = error as ApiError;
      if (code === 'unauthenticated') this.tell('session-lost');
      else this.failure = failureOf(code);
    }
  }

  private async open(event: CustomEvent<string>): Promise<void> {
    try {
      this.opened = await openRecording(this.recordingId, event.detail);
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  override render(): TemplateResult {
    const { detail, opened } = this;
    if (this.failure)
      return html`<heard-state kind=${this.failure} @act=${this.load}></heard-state>`;
    if (!detail) return html`<heard-state kind="loading"></heard-state>`;
    const back = backFrom(this.me, detail.case_id);
    if (!opened)
      return html`<div class="page"><heard-why .back=${back.path}
        .problem=${this.problem} @why=${this.open}><p class="soft"><span class="number">
        ${detail.number}</span> · ${formatDate(detail.started_at_ms, language())} ·
        ${formatClock(detail.duration_ms)}</p></heard-why><heard-export class="aside"
        .recording=${detail.id} .detail=${detail} ?allowed=${detail.may_export}></heard-export>
        </div>`;
    return html`<div class="page">
      <div class="spread top"><div><p class="soft small"><a href=${back.path}>
        ${t(back.words)}</a></p><h1>${t('review.title')}
        <span class="soft small number">${detail.number}</span></h1></div>
        <heard-export .recording=${detail.id} .detail=${detail} ?allowed=${detail.may_export}>
        </heard-export>
        <heard-integrity .recording=${detail.id}
          .people=${opened.timeline.participants}></heard-integrity></div>
      <heard-review .detail=${opened.detail} .timeline=${opened.timeline}
        .viewer=${viewerOf(this.me)}></heard-review>
      <heard-documents .recording=${detail.id}></heard-documents>
      <heard-recording-tasks class="card tasks" .recording=${opened.detail}></heard-recording-tasks>
      <heard-recording-faults .recording=${detail.id}></heard-recording-faults>
    </div>`;
  }
}
