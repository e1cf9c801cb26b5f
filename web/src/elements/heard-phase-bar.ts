// SPDX-License-Identifier: Apache-2.0
/* The phases in order: done, now, to come. Who may, moves on or back; skipping asks why. */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { markOf, nextPhase } from '../phases';
import type { Hearing } from '../protocol';
import { base, controls } from '../styles';

@customElement('heard-phase-bar')
export class HeardPhaseBar extends HeardElement {
  static override styles = [base, controls, css`
    nav { display: flex; align-items: center; gap: 12px; padding: 4px 16px;
      border-top: 1px solid var(--line); }
    ol { display: flex; gap: 4px; flex: 1; min-width: 0; overflow-x: auto; position: relative; }
    li { flex: none; display: flex; align-items: center; }
    li + li::before { content: ''; width: 12px; height: 1px; background: var(--line);
      margin-right: 4px; }
    li span, li button { display: inline-flex; align-items: center; gap: 4px; min-height: 44px;
      padding: 4px 10px; font-size: 14px; color: var(--ink-soft); border-radius: 6px; }
    li button { background: transparent; border: 1px solid transparent; font-weight: 400; }
    li button:hover { color: var(--ink); }
    li svg { width: 16px; height: 16px; color: var(--act); }
    .now span { color: var(--ink); font-weight: 600; border: 1px solid var(--act);
      background: var(--act-soft); }
    .left_out span, .left_out button { text-decoration: line-through; }
    .primary { white-space: nowrap; }
    @media (max-width: 700px) {
      nav { padding: 4px 8px; }
      .primary { padding: 4px 10px; max-width: 62vw; white-space: normal; line-height: 1.25; }
    }
  `];

  @property({ attribute: false }) hearing!: Hearing;
  @property({ type: Boolean }) mayMove = false;
  /* on a phone, where the desk's own buttons are out of sight */
  @property() act: '' | 'open' | 'resume' = '';
  @property({ type: Boolean }) isBusy = false;

  private shown = '';

  /* Sixteen phases do not fit: the present one is never out of sight. */
  override updated(_changed: PropertyValues<this>): void {
    const list = this.renderRoot.querySelector('ol');
    const seen = `${this.hearing.phase} ${list?.clientWidth}`;
    if (this.shown === seen) return;
    const now = this.renderRoot.querySelector<HTMLElement>('.now');
    if (!list || !now || !list.clientWidth) return;
    this.shown = seen;
    const left = now.offsetLeft; /* the list is its offset parent */
    list.scrollTo({ left: left - (list.clientWidth - now.offsetWidth) / 2 });
  }

  override render(): TemplateResult {
    const next = nextPhase(this.hearing);
    return html`<nav aria-label=${t('room.phases')}>
      <ol tabindex=${this.mayMove ? nothing : 0}>${this.hearing.phases.map((phase, index) => this.one(phase.code, index))}</ol>
      ${this.act ? html`<button class="primary slim" ?disabled=${this.isBusy}
        @click=${() => this.tell('command', { type: `hearing.${this.act}` })}>${icon('play')}
        ${t(this.isBusy ? 'controls.opening' : `controls.${this.act}`)}</button>`
        : this.mayMove && next ? html`<button class="primary slim"
        @click=${() => this.tell('phase', next.code)}>
        ${t('room.nextPhase', { phase: word('phase', next.code) })}</button>` : nothing}
    </nav>`;
  }

  private one(code: string, index: number): TemplateResult {
    const mark = markOf(this.hearing, index);
    const text = html`${mark === 'done' ? icon('check') : nothing}${word('phase', code)}
      <i class="hide-visually">${word('phaseMark', mark)}</i>`;
    const isMovable = this.mayMove && mark !== 'now' && code !== 'closed';
    return html`<li class=${mark} aria-current=${mark === 'now' ? 'step' : nothing}>
      ${isMovable ? html`<button @click=${() => this.tell('phase', code)}>${text}</button>`
        : html`<span>${text}</span>`}</li>`;
  }
}
