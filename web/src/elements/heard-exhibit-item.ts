// SPDX-License-Identifier: Apache-2.0
/* One exhibit in the list: what it is, what was said against it, what this person may do. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { GROUNDS, numberText, type Exhibit, type Ground } from '../exhibits';
import { formatSize } from '../format';
import { t, word } from '../i18n';
import { base, controls, sheets } from '../styles';

type Form = '' | 'object' | 'decide' | 'withdraw';

@customElement('heard-exhibit-item')
export class HeardExhibitItem extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: grid; gap: 6px; padding: 10px 0; border-bottom: 1px solid var(--line); }
    .head { display: grid; grid-template-columns: auto minmax(0, 1fr) auto; gap: 2px 10px;
      align-items: baseline; }
    .head > b { color: var(--act); font-size: 18px; }
    .facts2 b { color: var(--act); }
    .title { overflow-wrap: anywhere; font-weight: 500; }
    .facts2 { grid-column: 2 / -1; }
    .acts { display: flex; flex-wrap: wrap; gap: 8px; }
    .acts button { min-height: 44px; padding: 4px 12px; font-size: 15px; }
    form { display: grid; gap: 8px; padding: 8px; border: 1px solid var(--line);
      border-radius: 6px; }
    .grounds { display: flex; flex-wrap: wrap; gap: 4px 16px; }
    .objections { display: grid; gap: 2px; color: var(--warn); }
    textarea { min-height: 60px; }
  `];

  @property({ attribute: false }) one!: Exhibit;
  @property({ type: Boolean }) mayShow = false;
  @property({ type: Boolean }) isShown = false;
  @state() private form: Form = '';

  private act(act: string, more: { ground?: string; note?: string } = {}): void {
    this.form = '';
    this.tell('exhibit-act', { id: this.one.id, act, ...more });
  }

  private may(act: string): boolean {
    return this.one.may.includes(act);
  }

  override render(): TemplateResult {
    const { one } = this;
    return html`<div class="head"><b class="number">${numberText(one.side, one.number)}</b>
        <span class="title">${one.title}</span>
        <span class="chip ${one.state === 'admitted' ? 'live' : ''}">
          ${word('exhibitState', one.state)}</span>
        <span class="facts2 small soft">${this.isShown ? html`<b>${t('exhibits.isShown')}</b> · `
          : nothing}${[one.by, formatSize(one.size),
          one.closed ? t('exhibits.closedMark') : '', one.ended_note ?? ''].filter(Boolean).join(' · ')}
        </span></div>
      ${one.state === 'uploaded' ? html`<p class="small soft">${t('exhibits.hidden')}</p>` : nothing}
      ${one.objections.length ? html`<ul class="objections small">${one.objections.map((said) =>
        html`<li>${[said.by ?? word('exhibitSide', said.side), t('exhibits.objected', {
          ground: word('objection', said.ground) }), said.text].filter(Boolean).join(' · ')}</li>`)}
        </ul>` : nothing}
      ${this.form ? this.asked() : html`<div class="acts">
        ${this.mayShow && !this.isShown ? html`<button class="primary" @click=${() =>
          this.tell('exhibit-show', one.id)}>${t('exhibits.show')}</button>` : nothing}
        <button @click=${() => this.tell('exhibit-view', one)}>${t('exhibits.view')}</button>
        ${this.may('offer') ? html`<button @click=${() => this.act('offer')}>
          ${t('exhibits.offer')}</button>` : nothing}
        ${this.may('object') ? this.opens('object', t('exhibits.object')) : nothing}
        ${this.may('admit') || this.may('refuse')
          ? this.opens('decide', t('exhibits.decide')) : nothing}
        ${this.may('withdraw') ? this.opens('withdraw', t('exhibits.withdraw')) : nothing}
      </div>`}`;
  }

  private opens(form: Form, name: string): TemplateResult {
    return html`<button @click=${() => { this.form = form; }}>${name}</button>`;
  }

  private submit(event: Event, act: string): void {
    event.preventDefault();
    const data = new FormData(this.renderRoot.querySelector('form') ?? undefined);
    const note = String(data.get('note') ?? '').trim();
    const ground = data.get('ground');
    this.act(act, { ...(note ? { note } : {}), ...(ground ? { ground: String(ground) } : {}) });
  }

  private asked(): TemplateResult {
    const cancel = html`<button type="button" class="plain" @click=${() => { this.form = ''; }}>
      ${t('exhibits.cancel')}</button>`;
    if (this.form === 'withdraw')
      return html`<form @submit=${(event: Event) => this.submit(event, 'withdraw')}>
        <p>${t('exhibits.withdrawSure')}</p><div class="acts">
        <button class="danger-text">${t('exhibits.yes')}</button>${cancel}</div></form>`;
    if (this.form === 'object')
      return html`<form @submit=${(event: Event) => this.submit(event, 'object')}>
        <div class="grounds">${GROUNDS.map((ground: Ground, index) => html`<label class="check">
          <input type="radio" name="ground" value=${ground} ?checked=${index === 0}>
          ${word('objection', ground)}</label>`)}</div>
        <label>${t('exhibits.objectWhy')}<textarea name="note" maxlength="500"></textarea></label>
        <div class="acts"><button class="primary">${t('exhibits.send')}</button>${cancel}</div>
      </form>`;
    return html`<form @submit=${(event: Event) => event.preventDefault()}>
      <label>${t('exhibits.decideWhy')}<textarea name="note" maxlength="500"></textarea></label>
      <div class="acts">
      ${this.may('admit') ? html`<button type="button" class="primary" @click=${(event: Event) =>
        this.submit(event, 'admit')}>${t('exhibits.admit')}</button>` : nothing}
      ${this.may('refuse') ? html`<button type="button" @click=${(event: Event) =>
        this.submit(event, 'refuse')}>${t('exhibits.refuse')}</button>` : nothing}
      ${cancel}</div></form>`;
  }
}
