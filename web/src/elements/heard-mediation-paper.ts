// SPDX-License-Identifier: Apache-2.0
/* The agreement as both sides read it, while it is written and when it is final. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatDay } from '../format';
import { language, t, word } from '../i18n';
import { icon } from '../icons';
import { PARTS, type Mediation, type Term } from '../mediation/view';
import { base } from '../styles';

@customElement('heard-mediation-paper')
export class HeardMediationPaper extends HeardElement {
  static override styles = [base, css`
    :host { display: block; }
    article { background: #fdfcf8; color: #1c252e; padding: 20px 16px; border-radius: 6px;
      display: grid; gap: 14px; font-family: var(--serif); font-size: 18px; line-height: 1.7;
      --ink-soft: #55606b; --line: #dcd7cc; }
    h3 { font-size: 22px; text-align: center; }
    h4 { margin: 0; font-size: 16px; font-weight: 600; }
    p { white-space: pre-wrap; overflow-wrap: anywhere; }
    .gap { color: #8a5a12; font-family: var(--sans, sans-serif); font-size: 15px; }
    ol { padding-inline-start: 1.4em; list-style: decimal; display: grid; gap: 8px; }
    heard-mediation-sum { font-size: 20px; }
    .signs { display: grid; gap: 6px; border-top: 1px solid var(--line); padding-top: 12px;
      font-family: var(--sans, sans-serif); font-size: 16px; }
    .signs li { display: flex; gap: 8px; align-items: center; }
    svg { width: 20px; height: 20px; color: #0b6a66; flex: none; }
    .soft { color: var(--ink-soft); }
  `];

  @property({ attribute: false }) view!: Mediation;

  override render(): TemplateResult {
    const { draft } = this.view;
    if (!draft) return html`<p>${t('mediation.draftNone')}</p>`;
    return html`<article><h3>${t('mediation.agreement')}</h3>
      ${PARTS.map((part) => html`<section><h4>${word('mediation.part', part)}</h4>
        ${draft[part] ? html`<p>${draft[part]}</p>` : this.gap(part)}</section>`)}
      <section><h4>${t('mediation.part.terms')}</h4>
        ${draft.terms.length ? html`<ol>${draft.terms.map((term) => html`<li>${this.term(term)}
          </li>`)}</ol>` : this.gap('terms')}</section>
      ${draft.frozen_at_ms ? this.signs() : nothing}</article>`;
  }

  private gap(part: string): TemplateResult {
    return html`<p class="gap">${t('mediation.missing')}：${word('mediation.missing', part)}</p>`;
  }

  private term(term: Term): TemplateResult {
    return html`<p>${term.what}</p>${term.amount_fen === null ? nothing
      : html`<heard-mediation-sum .fen=${term.amount_fen} hasCapital></heard-mediation-sum>`}
      ${term.how ? html`<div>${t('mediation.how')}：${term.how}</div>` : nothing}
      ${term.by_when ? html`<div>${t('mediation.byWhen')}：${term.by_when}</div>` : nothing}`;
  }

  private signs(): TemplateResult {
    const { view } = this;
    return html`<ul class="signs">
      ${view.signatures.map((one) => html`<li>${one.state === 'signed' ? icon('check') : nothing}
        <b>${one.name}</b>${one.side === 'petitioner' || one.side === 'respondent'
          ? word('mediation.side', one.side) : t('mediation.mediatorRole')}
        <span class="soft">${word('mediation.signature', one.state)}${one.at_ms
          ? ` ${formatDay(one.at_ms, language())}` : ''}</span></li>`)}
      ${view.seal ? html`<li>${icon('check')}${t('mediation.sealed', { text: view.seal.text })}</li>`
        : nothing}
      ${view.effective_at_ms ? html`<li>${icon('shield')}<b>${t('mediation.effective', {
        day: formatDay(view.effective_at_ms, language()) })}</b></li>` : nothing}</ul>`;
  }
}
