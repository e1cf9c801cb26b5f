// SPDX-License-Identifier: Apache-2.0
/*
 * One person signs one document: read it, write the name with the finger, enter the code, done;
 * or refuse with a reason. One decision a screen, large type, made for a cheap phone. Whatever is
 * signed is the text on this page: its hash is reckoned here. Tells "close-sign".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { signingApi } from '../api_signings';
import type { Attended } from '../attended';
import { HeardElement } from '../base';
import { formatTime } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import { mine, sha256Of, shortHash, type OneTimeCode, type Signing } from '../signings';
import { base, controls, elder } from '../styles';
import type { HeardPad } from './heard-pad';
import { paper, signStyles } from './sign-styles';
import { drawingOf } from './heard-signatures';

type Step = 'read' | 'draw' | 'code' | 'refuse' | 'end';

@customElement('heard-sign')
export class HeardSign extends HeardElement {
  static override styles = [base, controls, elder, paper, signStyles, css``];

  @property({ attribute: false }) live!: Attended;
  @property() signing = '';
  @state() private step: Step = 'read';
  @state() private one: Signing | null = null;
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private isDrawn = false;
  /* after the hearing: with the answer */
  @state() private told: OneTimeCode | null = null;
  @query('heard-pad') private pad!: HeardPad | null;
  @query('dialog') private dialog!: HTMLDialogElement;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
  }

  override firstUpdated(): void {
    this.dialog.showModal();
    void this.load();
  }

  private async load(): Promise<void> {
    await this.run(async () => {
      this.one = await signingApi.one(this.live.hearing, this.signing);
    });
  }

  private go(step: Step): void {
    this.step = step;
    this.problem = '';
    this.dialog.scrollTop = 0;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>('h2')?.focus());
  }

  private async run(work: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = '';
    try {
      await work();
    } catch (error) {
      this.fail(error as ApiError);
    }
    this.isBusy = false;
  }

  private fail({ code, members }: ApiError): void {
    if (code === 'code_wrong')
      this.problem = t('sign.tries', { count: Number(members['tries_left'] ?? 0) });
    else if (code === 'code_expired') this.problem = t('sign.expired');
    else if (code === 'text_altered') {
      this.go('read');
      void this.load();
      this.problem = t('sign.altered');
    } else this.problem = errorText(code);
  }

  private drawn(): void {
    if (!this.pad?.strokes.isName) {
      this.problem = t('sign.tooLittle');
      return;
    }
    this.go('code');
    void this.askCode();
  }

  private askCode(): Promise<void> {
    return this.run(async () => {
      const { code, until_ms } = await signingApi.askCode(this.live.hearing, this.signing);
      this.told = code ? { signing: this.signing, code, until_ms } : null;
    });
  }

  private async confirm(event: Event): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.target as HTMLFormElement);
    const code = String(form.get('code') ?? '').replace(/\D/g, '');
    const { pad, one } = this;
    if (!pad || !one?.text) return;
    await this.run(async () => {
      const sha256 = await sha256Of(one.text ?? '');
      this.one = await signingApi.sign(this.live.hearing, one.id, sha256, code, pad.strokes);
      this.go('end');
    });
  }

  private async refuse(event: Event): Promise<void> {
    event.preventDefault();
    const reason = String(new FormData(event.target as HTMLFormElement).get('reason') ?? '').trim();
    if (!reason) {
      this.problem = t('sign.reasonMissing');
      return;
    }
    await this.run(async () => {
      this.one = await signingApi.refuse(this.live.hearing, this.signing, reason);
      this.go('end');
    });
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="heading" @cancel=${(event: Event) => {
      event.preventDefault();
      this.tell('close-sign');
    }}>${this.one ? this.screen(this.one) : this.waiting()}</dialog>`;
  }

  private waiting(): TemplateResult {
    return html`<section><h2 id="heading" tabindex="-1">${t('sign.read')}</h2>
      ${this.problem ? this.say() : html`<heard-state kind="loading"></heard-state>`}
      <div class="acts">
        ${this.problem ? html`<button class="primary wide" @click=${this.load}>
          ${t('sign.again')}</button>` : nothing}
        <button class="wide" @click=${() => this.tell('close-sign')}>${t(this.live.isLate ? 'after.signLater' : 'sign.later')}</button>
      </div></section>`;
  }

  private say(): TemplateResult | typeof nothing {
    return this.problem ? html`<p class="problem" role="alert">${icon('warn')}${this.problem}</p>`
      : nothing;
  }

  private screen(one: Signing): TemplateResult {
    if (this.step === 'end') return this.end(one);
    if (this.step === 'refuse') return this.refusing();
    if (this.step === 'read') return this.read(one);
    /* Drawing and code are one form: the drawing must not be lost on the way. */
    return html`<section class=${this.step}>${this.drawing(one)}
      ${this.step === 'code' ? this.code() : nothing}</section>`;
  }

  private read(one: Signing): TemplateResult {
    return html`<section>
      <h2 id="heading" tabindex="-1">${t('sign.read')}</h2>
      <p class="soft">${t('sign.readText')}</p>
      <article><pre>${one.text ?? ''}</pre></article>
      <p class="hash">${t('sign.hash')} <b>${shortHash(one.sha256)}</b><br>${t('sign.hashWhy')}</p>
      <div class="acts">${this.say()}
        <button class="primary wide" @click=${() => this.go('draw')}>${t('sign.toDraw')}</button>
        <button class="wide" @click=${() => this.go('refuse')}>${t('sign.wont')}</button>
        <button class="plain wide" @click=${() => this.tell('close-sign')}>${t(this.live.isLate ? 'after.signLater' : 'sign.later')}</button>
      </div></section>`;
  }

  private drawing(one: Signing): TemplateResult {
    const isHere = this.step === 'draw';
    return html`<div class="pad" ?hidden=${!isHere}>
      <h2 id=${isHere ? 'heading' : 'drawing'} tabindex="-1">${t('sign.draw')}</h2>
      <p class="soft">${t('sign.drawText', { name: mine(one)?.name ?? '' })}</p>
      <heard-pad @drawn=${() => { this.isDrawn = !!this.pad?.strokes.list.length; this.problem = ''; }}>
        </heard-pad>
      <div class="two">
        <button ?disabled=${!this.isDrawn} @click=${() => this.pad?.undo()}>${t('sign.undo')}</button>
        <button ?disabled=${!this.isDrawn} @click=${() => this.pad?.clear()}>${t('sign.clear')}</button>
      </div>
      <p class="weak">${word('sign', one.strength)}</p>
      <div class="acts">${isHere ? this.say() : nothing}
        <button class="primary wide" ?disabled=${!this.isDrawn} @click=${this.drawn}>
          ${t('sign.drawn')}</button>
        <button class="plain wide" @click=${() => this.go('read')}>${t('sign.back')}</button>
      </div></div>`;
  }

  private code(): TemplateResult {
    const told = this.told ?? this.live.state.signingCode;
    const isMine = told?.signing === this.signing && told.until_ms > this.live.now();
    return html`<form @submit=${this.confirm} novalidate>
      <h2 id="heading" tabindex="-1">${t('sign.code')}</h2>
      <div class="told" role="status"><span>${t('sign.codeIs')}</span>
        ${isMine ? html`<b>${told.code.slice(0, 3)} ${told.code.slice(3)}</b>`
          : html`<span class="soft">${this.isBusy ? t('sign.codeComing') : t('sign.expired')}</span>`}
      </div>
      <p class="soft">${t(this.live.isLate ? 'after.codeWhy' : 'sign.codeWhy')}</p>
      <label>${t('sign.codeField')}<input name="code" inputmode="numeric" autocomplete="off"
        maxlength="7" pattern="[0-9 ]*" required></label>
      <div class="acts">${this.say()}
        <button class="primary wide" ?disabled=${this.isBusy || !isMine}>${t('sign.confirm')}</button>
        <button type="button" class="plain wide" ?disabled=${this.isBusy} @click=${this.askCode}>
          ${t('sign.codeAgain')}</button>
        <button type="button" class="plain wide" @click=${() => this.go('draw')}>${t('sign.back')}
        </button></div></form>`;
  }

  private refusing(): TemplateResult {
    return html`<section><form @submit=${this.refuse} novalidate>
      <h2 id="heading" tabindex="-1">${t('sign.refuse')}</h2>
      <p class="soft">${t('sign.refuseText')}</p>
      <label>${t('sign.reason')}<textarea name="reason" maxlength="500" rows="4"></textarea></label>
      <div class="acts">${this.say()}
        <button class="danger wide" ?disabled=${this.isBusy}>${t('sign.refuseSure')}</button>
        <button type="button" class="wide" @click=${() => this.go('read')}>${t('sign.back')}</button>
      </div></form></section>`;
  }

  private end(one: Signing): TemplateResult {
    const own = mine(one);
    const isSigned = own?.state === 'signed';
    const time = formatTime(own?.at_ms ?? this.live.now());
    return html`<section>
      <div class="mark">${icon(isSigned ? 'check' : 'info')}</div>
      <h2 id="heading" tabindex="-1">${t(isSigned ? 'sign.done' : 'sign.refusedDone')}</h2>
      <p>${t(isSigned ? 'sign.doneText' : 'sign.refusedText', { time })}</p>
      ${own?.drawing ? html`<div class="picture">${drawingOf(own.drawing, own.name)}</div>` : nothing}
      <p class="hash">${one.title}<br>${t('sign.hash')} <b>${shortHash(one.sha256)}</b>
        ${isSigned ? html`<br>${word('sign', `${own.strength ?? 'simple'}Short`)}` : nothing}</p>
      <div class="acts"><button class="primary wide" @click=${() => this.tell('close-sign')}>
        ${t(this.live.isLate ? 'after.back' : 'sign.close')}</button></div></section>`;
  }
}
