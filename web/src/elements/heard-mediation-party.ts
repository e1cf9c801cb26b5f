// SPDX-License-Identifier: Apache-2.0
/*
 * A party's side of the mediation, made for a phone: one decision a screen. When nothing is to be
 * decided: the offers that this side may see, facts, the agreement as it is written.
 * Tells "mediation-later" with the decision's key.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { t, word, type Key } from '../i18n';
import { icon } from '../icons';
import type { MediationTable } from '../mediation/table';
import { timeline, type Act, type Decision, type Fact, type Mediation, type Offer, type Side }
  from '../mediation/view';
import { base, controls, elder } from '../styles';
import { mediationStyles } from './mediation-styles';

@customElement('heard-mediation-party')
export class HeardMediationParty extends HeardElement {
  static override styles = [base, controls, elder, mediationStyles, css`
    :host { display: grid; align-content: start; gap: 16px; min-width: 0; }
    .ask { display: grid; gap: 16px; }
    h3 { font-size: 24px; line-height: 1.35; text-wrap: balance; }
    h3.part { margin: 8px 0 0; font-size: 18px; }
    .plain-text { font-size: 17px; color: var(--ink-soft); text-wrap: pretty; }
    .quote { border: 1px solid var(--line); border-radius: 6px; padding: 16px; display: grid; gap: 8px;
      font-size: 20px; }
    .quote heard-mediation-sum { font-size: 40px; line-height: 1.2; }
    .quote dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 12px; font-size: 18px; }
    .quote dt { color: var(--ink-soft); }
    .buttons { display: grid; gap: 10px; }
    .pair { display: grid; grid-template-columns: 1fr 1fr; gap: 10px; }
    section { display: grid; gap: 10px; }
    .remedies { display: grid; gap: 8px; list-style: disc; padding-inline-start: 1.2em; }
    .hint { font-size: 16px; }
  `];

  @property({ attribute: false }) table!: MediationTable;
  @property({ attribute: false }) view!: Mediation;
  @property({ attribute: false }) decision: Decision | null = null;
  @property() side: Side = 'petitioner';
  @property() self = '';
  @state() private isSure = false;
  @state() private form: { counters: Offer | null } | null = null;
  @state() private isStopping = false;

  private async act(act: Act): Promise<void> {
    this.isSure = false;
    if (!(await this.table.act(act))) return;
    if (act.act === 'offer_make') this.form = null;
    this.isStopping = false;
  }

  override render(): TemplateResult {
    const { decision } = this;
    return html`<div class="ask" @mediation-act=${(event: CustomEvent<Act>) =>
      void this.act(event.detail)} @mediation-counter=${(event: CustomEvent<Offer>) => {
        this.form = { counters: event.detail };
      }} @form-close=${() => { this.form = null; }}>
      ${this.form ? html`<heard-mediation-form .side=${this.side} .counters=${this.form.counters}
        .isBusy=${this.table.isBusy}></heard-mediation-form>`
        : this.isStopping ? this.stopping() : decision ? this.decide(decision) : this.overview()}</div>`;
  }

  private button(key: Key, act: Act, kind = ''): TemplateResult {
    return html`<button class="wide ${kind}" ?disabled=${this.table.isBusy}
      @click=${() => void this.act(act)}>${t(key)}</button>`;
  }

  private later(decision: Decision): TemplateResult {
    return html`<button class="plain" @click=${() => this.tell('mediation-later', decision.key)}>
      ${t('mediation.later')}</button>`;
  }

  private decide(decision: Decision): TemplateResult {
    switch (decision.kind) {
      case 'mediation': return this.mediation(decision);
      case 'mediator': return this.mediator(decision);
      case 'offer': return this.offer(decision, decision.offer);
      case 'fact': return this.fact(decision, decision.fact);
      case 'sign': return this.sign(decision);
      case 'end': return this.end();
    }
  }

  private mediation(decision: Decision): TemplateResult {
    const answer = (word_: string) => ({ act: 'answer', subject: 'mediation', decision: word_ });
    return html`<h3>${t('mediation.ask.mediation')}</h3>
      <p class="plain-text">${t('mediation.ask.mediation.text')}</p>
      <p class="plain-text">${t('mediation.ask.mediation.sham')}</p>
      <div class="buttons">${this.button('mediation.ask.mediation.yes', answer('given'), 'primary')}
        ${this.button('mediation.ask.mediation.no', answer('refused'))}${this.later(decision)}</div>`;
  }

  private mediator(decision: Decision): TemplateResult {
    const { disclosure } = this.view;
    const answer = (word_: string) =>
      ({ act: 'answer', subject: 'mediator', of: disclosure?.id, decision: word_ });
    return html`<h3>${t('mediation.ask.mediator')}</h3>
      <p class="plain-text">${t('mediation.disclosure')}</p>
      <div class="quote"><p class="text">${disclosure?.text}</p></div>
      <div class="buttons">${this.button('mediation.ask.mediator.yes', answer('given'), 'primary')}
        ${this.button('mediation.ask.mediator.no', answer('refused'))}${this.later(decision)}</div>`;
  }

  private fact(decision: Decision, fact: Fact): TemplateResult {
    const answer = (word_: string) =>
      ({ act: 'fact_answer', of: fact.id, version: fact.version, decision: word_ });
    return html`<h3>${t('mediation.ask.fact')}</h3>
      <div class="quote"><span class="hint">${t('mediation.fact', { number: fact.number })}</span>
        <p class="text">${fact.text}</p></div>
      <p class="plain-text">${t('mediation.ask.fact.text')}</p>
      <div class="buttons">${this.button('mediation.ask.fact.yes', answer('confirmed'), 'primary')}
        ${this.button('mediation.ask.fact.no', answer('disputed'))}${this.later(decision)}</div>`;
  }

  private offer(decision: Decision, offer: Offer): TemplateResult {
    const side = word('mediation.side', offer.side);
    const answer = { act: 'offer_answer', of: offer.id };
    return html`<h3>${t('mediation.ask.offer', { side })}</h3>
      <div class="quote">${offer.amount_fen === null ? nothing : html`<heard-mediation-sum
          .fen=${offer.amount_fen} hasCapital></heard-mediation-sum>`}
        <p class="text">${offer.what}</p>
        ${offer.how || offer.by_when ? html`<dl>
          ${offer.how ? html`<dt>${t('mediation.how')}</dt><dd>${offer.how}</dd>` : nothing}
          ${offer.by_when ? html`<dt>${t('mediation.byWhen')}</dt><dd>${offer.by_when}</dd>` : nothing}
          </dl>` : nothing}</div>
      ${this.isSure ? html`<p class="plain-text">${t('mediation.ask.sure')}</p>
        <div class="buttons">${this.button('mediation.ask.sure.yes', { ...answer, decision: 'accepted' },
          'primary')}<button @click=${() => { this.isSure = false; }}>${t('mediation.back')}</button></div>`
        : html`<p class="plain-text">${t('mediation.ask.offer.text')}</p>
        <div class="buttons"><button class="wide primary" @click=${() => { this.isSure = true; }}>
            ${t('mediation.ask.offer.yes')}</button>
          <div class="pair">${this.button('mediation.ask.offer.no', { ...answer, decision: 'declined' })}
            ${this.button('mediation.ask.offer.talk', { act: 'offer_talk', of: offer.id })}</div>
          <button @click=${() => { this.form = { counters: offer }; }}>
            ${t('mediation.ask.offer.counter')}</button>${this.later(decision)}</div>`}`;
  }

  /* The hand is asked for by heard-papers, below the pictures. */
  private sign(decision: Decision): TemplateResult {
    return html`<h3>${t('mediation.ask.sign')}</h3>
      <heard-mediation-paper .view=${this.view}></heard-mediation-paper>
      <p class="plain-text">${t('mediation.ask.sign.text')}</p>
      <div class="buttons">${this.later(decision)}</div>`;
  }

  private end(): TemplateResult {
    const { end } = this.view;
    return html`<h3>${t('mediation.ended')}</h3>
      <div class="quote"><p>${word('mediation.endReason', end?.reason)}</p>
        ${end?.note ? html`<p class="text soft">${end.note}</p>` : nothing}</div>
      <h3 class="part">${t('mediation.remedies')}</h3>
      <ul class="remedies"><li>${t('mediation.remedies.1')}</li><li>${t('mediation.remedies.2')}</li>
        <li>${t('mediation.remedies.3')}</li></ul>`;
  }

  private stopping(): TemplateResult {
    return html`<h3>${t('mediation.stop')}</h3><p class="plain-text">${t('mediation.stop.text')}</p>
      <div class="buttons">${this.button('mediation.stop',
        { act: 'answer', subject: 'mediation', decision: 'refused' }, 'danger')}
        <button @click=${() => { this.isStopping = false; }}>${t('mediation.back')}</button></div>`;
  }

  private overview(): TemplateResult {
    const { view } = this;
    const isBusy = this.table.isBusy;
    const own = view.parties.find((one) => one.participant === this.self);
    return html`<p class="state">${icon('info')}${word('mediation.state', view.state)}</p>
      ${view.draft ? html`<heard-mediation-paper .view=${view}></heard-mediation-paper>
        <heard-mediation-court .view=${view} .isBusy=${isBusy}></heard-mediation-court>` : nothing}
      ${view.offers.length || view.may.includes('offer_make') ? html`<section>
        <h3 class="part">${t('mediation.offers')}</h3>
        ${repeat(timeline(view.offers), (one) => one.id, (one) => html`<heard-mediation-offer
          .offer=${one} .isBusy=${isBusy}></heard-mediation-offer>`)}
        ${view.may.includes('offer_make') ? html`<button class="wide" @click=${() => {
          this.form = { counters: null };
        }}>${t('mediation.write')}</button>` : nothing}</section>` : nothing}
      ${view.facts.length ? html`<section><h3 class="part">${t('mediation.facts')}</h3><heard-mediation-facts
        .facts=${view.facts} .isBusy=${isBusy}></heard-mediation-facts></section>` : nothing}
      ${!view.offers.length && !view.facts.length && !view.draft ? html`<p class="plain-text">
        ${t('mediation.nothing')}</p>` : nothing}
      ${own && view.may.includes('answer') ? own.mediation === 'refused' ? this.button(
        'mediation.rejoin', { act: 'answer', subject: 'mediation', decision: 'given' })
        : own.mediation === 'given' ? html`<button class="plain" @click=${() => {
          this.isStopping = true;
        }}>${t('mediation.stop')}</button>` : nothing : nothing}`;
  }
}
