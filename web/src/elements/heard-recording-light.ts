// SPDX-License-Identifier: Apache-2.0
/*
 * Is this being recorded? Drawn only from recording.changed, which the server makes from
 * durable bytes: a button pressed never lights it. Shape and words say it beside the colour.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatLongClock } from '../format';
import { t, word } from '../i18n';
import type { Recording } from '../protocol';
import { base } from '../styles';

@customElement('heard-recording-light')
export class HeardRecordingLight extends HeardElement {
  static override styles = [base, css`
    :host { display: inline-block; }
    .light { display: inline-flex; gap: 8px; align-items: center; white-space: nowrap; }
    i { width: 12px; height: 12px; border-radius: 50%; border: 2px solid currentColor; }
    .recording { color: var(--seal); font-weight: 600; }
    .recording i { background: currentColor; }
    .interrupted, .at_risk { color: var(--warn); font-weight: 600; }
    .interrupted i, .at_risk i { border-radius: 0; background: currentColor; }
    .paused i { border-radius: 0; border-width: 0 4px; height: 12px; }
    .none, .armed, .finalising, .sealed, .paused { color: var(--ink-soft); }
    small { font-size: 13px; font-weight: 400; color: var(--ink-soft); }
    time { color: var(--ink); font-weight: 400; }
  `];

  @property({ attribute: false }) recording: Recording = {
    state: 'none', recorded_ms: 0, fault: null,
  };
  @property({ type: Number }) ms = 0;

  override render(): TemplateResult {
    const { fault, at_risk: isAtRisk } = this.recording;
    const state = isAtRisk ? 'at_risk' : this.recording.state;
    return html`<span class="light ${state}">
      <i aria-hidden="true"></i>
      <span role="status">${word('recording', state)}${fault
        ? html` · ${word('fault', fault)}` : nothing}</span>
      ${this.ms > 0 && state !== 'at_risk' && state !== 'interrupted' ? html`<time class="number">${formatLongClock(this.ms)}</time>` : nothing}
      ${state === 'recording' && this.recording.transcribed ? html`<small title=${t('draft.onWhy')}>
        ${t('draft.on')}</small>` : nothing}
    </span>`;
  }
}
