// SPDX-License-Identifier: Apache-2.0
/*
 * What was said last, below the picture, for everybody. Large for the petitioner's side. Its words
 * go some time after the last change; switched off it leaves nothing behind.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { isByMachine, type MinutesLine } from '../minutes/line';
import { base } from '../styles';

const STAYS_MS = 30_000;

@customElement('heard-captions')
export class HeardCaptions extends HeardElement {
  static override styles = [base, css`
    /* A place of its own: over the faces it would hide who is who. It stays once a line came, so
     * that the faces do not jump with each. The end of a long line is what is seen. */
    div { display: grid; }
    p { height: 3.5em; overflow: hidden; display: flex; flex-direction: column;
      justify-content: flex-end; padding: 0 16px 0.25em; font-size: 18px; line-height: 1.5;
      overflow-wrap: anywhere; text-align: center; text-wrap: pretty; }
    span { margin-block: auto 0; }
    :host([large]) p { font-size: 22px; text-align: start; }
    b { color: #9fd6d1; font-weight: 600; }
    small { font-size: 13px; color: #b9c2c8; white-space: nowrap; }
  `];

  @property({ attribute: false }) line: MinutesLine | null = null;
  @property() name = '';
  @property({ type: Boolean, reflect: true }) large = false;
  @property({ type: Boolean }) on = true;
  @state() private isOld = false;
  private hadLine = false;
  private timer: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearTimeout(this.timer);
  }

  override willUpdate(changed: PropertyValues): void {
    if (!changed.has('line')) return;
    if (this.timer) clearTimeout(this.timer);
    this.isOld = false;
    this.timer = this.line ? setTimeout(() => { this.isOld = true; }, STAYS_MS) : null;
  }

  /* The region stays, so that a screen reader hears what comes into it. */
  override render(): TemplateResult {
    const { line } = this;
    const isSeen = line && !this.isOld;
    this.hadLine ||= line !== null;
    return html`<div role="status" aria-live="polite">${this.hadLine && this.on ? html`<p><span>${
      isSeen && this.name ? html`<b>${this.name}：</b>` : nothing}${isSeen ? line.text : nothing}${
      isSeen && isByMachine(line) ? html` <small>（${t('draft.caption')}）</small>` : nothing}
      </span></p>` : nothing}</div>`;
  }
}
