// SPDX-License-Identifier: Apache-2.0
/*
 * Witnesses at the desk: who waits outside, who is inside, call and dismiss; and for who presides,
 * from whom a protected person's picture is kept. Tells "command" witness.* and screen.set.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { named, t } from '../i18n';
import { icon } from '../icons';
import { plateOf } from '../plate';
import type { Participant } from '../protocol';
import { isOutside, keptFrom, namesById, screenable, witnesses } from '../recusal';
import { may, type State } from '../store';
import { base, controls } from '../styles';

@customElement('heard-desk-witness')
export class HeardDeskWitness extends HeardElement {
  static override styles = [base, controls, css`
    section { padding: 12px 16px; border-bottom: 1px solid var(--line); display: grid; gap: 8px; }
    h2 { font-size: 16px; }
    .person { display: grid; grid-template-columns: 1fr auto; gap: 4px 8px; align-items: center; }
    .inside { color: var(--witness); }
    summary { min-height: 44px; cursor: pointer; display: flex; align-items: center; gap: 4px; }
    summary svg { width: 18px; height: 18px; color: var(--ink-soft); }
    details[open] > summary svg { transform: rotate(90deg); }
    .protect { padding: 0 0 8px 12px; border-left: 2px solid var(--line); display: grid; gap: 4px; }
    label.check { font-size: 14px; gap: 8px; font-weight: 400; }
    form { display: grid; gap: 4px; }
  `];

  @property({ attribute: false }) state!: State;

  override render(): TemplateResult {
    const people = witnesses(this.state);
    const protectedOnes = may(this.state, 'screen.set') ? screenable(this.state) : [];
    return html`
      ${people.length ? html`<section aria-label=${t('witness.title')}><h2>${t('witness.title')}</h2>
        ${people.map((one) => this.witness(one))}
        ${may(this.state, 'witness.call') ? nothing
          : html`<p class="small soft">${t('witness.when')}</p>`}</section>` : nothing}
      ${protectedOnes.length ? html`<section aria-label=${t('screen.title')}><details>
        <summary>${icon('forward')}<h2>${t('screen.title')}</h2></summary>
        <p class="small soft">${t('screen.text')}</p>
        ${protectedOnes.map((one) => this.protect(one))}</details></section>` : nothing}`;
  }

  private send(type: string, participant: string): void {
    this.tell('command', { type, data: { participant } });
  }

  private witness(one: Participant): TemplateResult {
    const isOut = isOutside(one);
    const type = isOut ? 'witness.call' : 'witness.dismiss';
    return html`<div class="person"><span>${one.name}<br><span class="small ${isOut ? 'soft'
      : 'inside'}">${t(!isOut ? 'witness.inside' : one.testified ? 'witness.testified'
        : 'witness.outside')}</span></span>
      ${may(this.state, type) ? html`<button class="slim" aria-label=${isOut
        ? named('witness.call', 'witness.callLabel', { name: one.name })
        : named('witness.dismiss', 'witness.dismissLabel', { name: one.name })} @click=${() => this.send(type, one.id)}>
        ${t(isOut ? 'witness.call' : 'witness.dismiss')}</button>` : nothing}</div>`;
  }

  private protect(one: Participant): TemplateResult {
    const now = one.unseen_by ?? [];
    const others = keptFrom(this.state, one);
    const hidden = namesById(this.state, now).map((other) => other.name).join(t('list.comma'));
    return html`<details><summary>${icon('forward')}${one.name} <span class="small soft">${hidden
      ? t('screen.keptFrom', { names: hidden }) : t('screen.nobody')}</span></summary>
      <div class="protect"><form @submit=${(event: Event) => this.screen(event, one)}>
        ${others.map((other) => html`<label class="check"><input type="checkbox" name="from"
          value=${other.id} .checked=${now.includes(other.id)}>${other.name}
          <span class="small soft">${plateOf(other)}</span></label>`)}
        <button class="slim">${t('screen.save')}</button></form></div></details>`;
  }

  private screen(event: Event, one: Participant): void {
    event.preventDefault();
    const from = new FormData(event.target as HTMLFormElement).getAll('from').map(String);
    (event.target as HTMLElement).closest('details')?.removeAttribute('open');
    this.tell('command', { type: 'screen.set', data: { participant: one.id, from } });
  }
}
