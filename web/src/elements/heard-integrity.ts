// SPDX-License-Identifier: Apache-2.0
/* Is the recording what was recorded? Runs the server's check and shows its report. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api } from '../api';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

type Report = Record<string, unknown>;

interface Finding {
  kind: string;
  fault?: boolean;
  from_ms?: number;
  to_ms?: number;
  /* an altered chunk holds all tracks of its time */
  tracks?: { source: string; participant: string }[];
}

const TRACKS_TOLD_MAX = 12;
const FACTS = ['log_id', 'segments', 'chunks', 'records', 'lost_packets', 'chain_head', 'signer',
  'signer_algorithm', 'signatures', 'signer_fingerprint', 'authority'];

/* The report's own verdict, whatever else it says. */
export function isIntact(report: Report): boolean {
  return report['result'] === 'intact';
}

@customElement('heard-integrity')
export class HeardIntegrity extends HeardElement {
  static override styles = [base, controls, css`
    details { border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); }
    summary { min-height: 44px; padding: 4px 12px; display: flex; gap: 8px; align-items: center;
      cursor: pointer; }
    .good svg { color: var(--act); }
    .bad { color: var(--seal); font-weight: 600; }
    dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px;
      padding: 8px 12px 12px; font-size: 13px; max-height: 320px; overflow: auto; }
    ul { padding: 0 12px 12px; font-size: 14px; display: grid; gap: 4px; max-height: 240px;
      overflow: auto; }
    dt { color: var(--ink-soft); }
    dd { overflow-wrap: anywhere; font-family: ui-monospace, monospace; margin: 0; }
  `];

  @property() recording = '';
  @property({ attribute: false }) people: readonly { id: string; name: string }[] = [];
  @state() private report: Report | null = null;
  @state() private problem = '';

  override connectedCallback(): void {
    super.connectedCallback();
    void this.check();
  }

  private async check(): Promise<void> {
    try {
      this.report = await api.integrity(this.recording);
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  override render(): TemplateResult {
    const { report } = this;
    if (this.problem) return html`<heard-notice kind="warn">${this.problem}</heard-notice>`;
    if (!report) return html`<p class="soft small" role="status">${t('review.checking')}</p>`;
    if (report['result'] === 'elsewhere') return html`<heard-bring-back brief .recording=${this.recording}
      @brought-back=${this.check}></heard-bring-back>`;
    const isGood = isIntact(report);
    return html`<details><summary class=${isGood ? 'good' : 'bad'}>
      ${icon(isGood ? 'shield' : 'warn')}
      <span role="status">${t(isGood ? 'review.intact' : 'review.broken')}</span></summary>
      <dl>${FACTS.map((key) => (report[key] === undefined || report[key] === '' ? nothing : html`
        <dt>${word('integrity', key)}</dt><dd>${String(report[key])}</dd>`))}</dl>
      ${this.findings(report)}</details>`;
  }

  /* What the check found, faults first; times are places in the recording. */
  private findings(report: Report): TemplateResult | typeof nothing {
    const found = (Array.isArray(report['findings']) ? report['findings'] : []) as Finding[];
    if (!found.length) return nothing;
    const sorted = [...found].sort((a, b) => Number(!!b.fault) - Number(!!a.fault));
    return html`<ul>${sorted.slice(0, 50).map((one) => html`<li class=${one.fault ? 'bad' : ''}>
      ${one.from_ms === undefined ? nothing : html`<span class="number">
        ${formatClock(one.from_ms)}${one.to_ms === undefined ? nothing
          : `–${formatClock(one.to_ms)}`} </span>`}
      ${word('finding', one.kind)}${this.tracks(one)}</li>`)}</ul>`;
  }

  private tracks({ tracks = [] }: Finding): TemplateResult | typeof nothing {
    if (!tracks.length) return nothing;
    const nameOf = (id: string) => this.people.find((one) => one.id === id)?.name ?? id;
    const told = tracks.slice(0, TRACKS_TOLD_MAX).map((one) => t('review.trackOf', {
      name: nameOf(one.participant), source: word('source', one.source) }));
    if (tracks.length > told.length) told.push('…');
    return html`<div class="small soft">${t('review.mayBeOf', {
      tracks: told.join(t('list.comma')) })}</div>`;
  }
}
