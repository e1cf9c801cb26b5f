// SPDX-License-Identifier: Apache-2.0
/*
 * Who has signed a document, who refused and who has not yet. Whoever may notes the refusal of
 * somebody who won't. Tells "note" with the signature.
 */
import { css, html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { lastDay } from '../after';
import { HeardElement } from '../base';
import { formatDay, formatTime } from '../format';
import { language, t, word } from '../i18n';
import { counted, type Drawing, type Signature, type Signing } from '../signings';
import { base, controls, sheets } from '../styles';

/* Ink on paper, whatever the page's colours are. */
export function drawingOf({ width, height, path }: Drawing, name: string): TemplateResult {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img"
    aria-label=${t('sign.picture', { name })}>${svg`<path d=${path} fill="none" stroke="#1c252e"
    stroke-width="2.5" vector-effect="non-scaling-stroke" stroke-linecap="round" stroke-linejoin="round"></path>`}</svg>`;
}

@customElement('heard-signatures')
export class HeardSignatures extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: grid; gap: 8px; }
    li { display: grid; grid-template-columns: 1fr auto; gap: 2px 12px; align-items: center;
      padding: 8px 0; border-top: 1px solid var(--line); }
    li svg { width: 108px; height: 48px; background: #fffef9; border-radius: 4px; grid-row: span 2; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; }
    .why { grid-column: 1; color: var(--ink-soft); font-size: 14px; overflow-wrap: anywhere; }
    .chip.refused { border-color: var(--seal); color: var(--seal); }
    .chip.signed { border-color: var(--act); color: var(--act); font-weight: 600; }
    .weak { font-size: 13px; color: var(--ink-soft); }
  `];

  @property({ attribute: false }) one!: Signing;
  /* after the hearing, by the desk; tells "remind" */
  @property({ type: Boolean }) mayRemind = false;

  override render(): TemplateResult {
    const { one } = this;
    return html`<p class="small soft" role="status">${t('sign.tally', counted(one))}</p>
      ${this.due()}
      <ul aria-label=${t('sign.list')}>${one.signatures.map((each) => this.row(each))}</ul>
      <p class="weak">${word('sign', one.strength)}</p>`;
  }

  private due(): TemplateResult | typeof nothing {
    const { state, due_at_ms: due } = this.one;
    if (state !== 'open' || !due) return nothing;
    return html`<p class="small">${due > Date.now()
      ? t('after.due', { day: formatDay(lastDay(due), language()) }) : t('after.dueOver')}</p>`;
  }

  private row(each: Signature): TemplateResult {
    const time = each.at_ms ? formatTime(each.at_ms) : '';
    return html`<li>
      <span><b>${each.name}</b> <span class="soft small">${word('role', each.role)}</span>
        <span class="chip ${each.state}">${word('sign.state', each.state)} ${time}</span></span>
      ${each.drawing ? drawingOf(each.drawing, each.name)
        : html`<span class="acts">${this.mayRemind && each.state === 'waiting' && !each.mine
          ? html`<button class="slim" @click=${() => this.tell('remind', { who: each, one: this.one })}
            aria-label=${t('after.remindOf', { name: each.name })}>${t('after.remind')}</button>` : nothing}
          ${each.may.includes('note') ? html`<button class="slim" @click=${() => this.tell('note', each)}
            aria-label=${t('sign.noteOf', { name: each.name })}>${t('sign.note')}</button>` : nothing}
          </span>`}
      ${each.reason ? html`<span class="why">${each.reason}${each.noted_by
        ? ` · ${t('sign.noted')}` : ''}</span>` : nothing}</li>`;
  }
}
