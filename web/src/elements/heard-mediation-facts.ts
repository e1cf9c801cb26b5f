// SPDX-License-Identifier: Apache-2.0
/*
 * Facts that both sides may agree on: numbered, each with the word of each side; what not both
 * confirmed is marked as not usable. Tells "mediation-act" fact_*.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import type { Fact, Side } from '../mediation/view';
import { base, controls } from '../styles';
import { mediationStyles } from './mediation-styles';

@customElement('heard-mediation-facts')
export class HeardMediationFacts extends HeardElement {
  static override styles = [base, controls, mediationStyles, css`
    :host { display: grid; gap: 10px; }
    li { display: grid; gap: 4px; padding: 10px 12px; border: 1px solid var(--line);
      border-radius: 6px; }
    li.joint { border-color: var(--act); }
    header { display: flex; gap: 8px; align-items: center; font-size: 14px; color: var(--ink-soft); }
    header .tail { margin-left: auto; display: flex; }
    header button { min-width: 44px; min-height: 44px; padding: 4px; }
    ul { display: grid; gap: 8px; }
    form { display: grid; gap: 8px; }
    textarea { min-height: 64px; }
  `];

  @property({ attribute: false }) facts: Fact[] = [];
  @property({ type: Boolean }) mayAdd = false;
  @property({ type: Boolean }) isBusy = false;
  @state() private editing = '';

  private submit(event: Event, fact: Fact | null): void {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get('text') ?? '').trim();
    if (!text) return;
    this.tell('mediation-act', fact ? { act: 'fact_change', of: fact.id, version: fact.version, text }
      : { act: 'fact_add', text });
    this.editing = '';
    form.reset();
  }

  override render(): TemplateResult {
    return html`${this.facts.length ? nothing : html`<p class="hint">${t('mediation.factsEmpty')}</p>`}
      <ul>${repeat(this.facts, (one) => one.id, (one) => this.fact(one))}</ul>
      ${this.mayAdd ? this.form(null) : nothing}`;
  }

  private form(fact: Fact | null): TemplateResult {
    return html`<form @submit=${(event: Event) => this.submit(event, fact)}>
      <label>${fact ? t('mediation.factEdit', { number: fact.number }) : t('mediation.factLabel')}
        <textarea name="text" maxlength="2000" .value=${fact?.text ?? ''}></textarea></label>
      <div class="acts"><button ?disabled=${this.isBusy}>${t(fact ? 'mediation.factSave'
        : 'mediation.factAdd')}</button>${fact ? html`<button type="button" class="plain"
          @click=${() => { this.editing = ''; }}>${t('ask.cancel')}</button>` : nothing}</div></form>`;
  }

  private fact(fact: Fact): TemplateResult {
    const { number } = fact;
    if (this.editing === fact.id && fact.may.includes('fact_change'))
      return html`<li>${this.form(fact)}</li>`;
    return html`<li class=${fact.joint ? 'joint' : ''}>
      <header><b>${t('mediation.fact', { number })}</b><span class="tail">
        ${fact.may.includes('fact_change') ? html`<button class="plain"
          aria-label=${t('mediation.factEdit', { number })} @click=${() => { this.editing = fact.id; }}>
          ${icon('note')}</button>` : nothing}
        ${fact.may.includes('fact_remove') ? html`<button class="plain" ?disabled=${this.isBusy}
          aria-label=${t('mediation.factRemove', { number })} @click=${() => this.tell('mediation-act',
            { act: 'fact_remove', of: fact.id, version: fact.version })}>${icon('close')}</button>`
          : nothing}</span></header>
      <p class="text">${fact.text}</p>
      ${fact.joint ? html`<p class="state good">${icon('check')}${t('mediation.joint')}</p>`
        : html`<p class="state">${(['petitioner', 'respondent'] as Side[]).map((side) =>
          word('mediation.factWord', fact[side]).replace('{side}', word('mediation.side', side)))
          .join(' · ')}</p><p class="hint">${t('mediation.notJoint')}</p>`}</li>`;
  }
}
