// SPDX-License-Identifier: Apache-2.0
/*
 * How good a person's line is, as a small drawing: the four differ in shape, not in colour
 * alone. With "worded" the word stands beside it, with figures the desk sees them as a title.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { figuresOf } from '../line';
import type { Level, Quality } from '../protocol';
import { base, controls } from '../styles';

const drawings: Record<Level, string> = {
  good: 'signal', weak: 'signalWeak', audio_only: 'soundOnly', lost: 'signalOff',
};

@customElement('heard-quality')
export class HeardQuality extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: inline-flex; vertical-align: middle; }
    span { display: inline-flex; gap: 4px; align-items: center; white-space: nowrap;
      color: var(--ink-soft); line-height: 1.4; }
    svg { width: 20px; height: 20px; }
    .weak, .audio_only { color: var(--warn); }
    .lost { color: var(--warn); font-weight: 600; }
  `];

  @property() level: Level | 'none' | '' = '';
  /* Whose line, for a screen reader; "": the own one. */
  @property() name = '';
  @property({ attribute: false }) figures: Quality | null = null;
  @property({ type: Boolean }) worded = false;

  override render(): TemplateResult | typeof nothing {
    const { level, name, figures } = this;
    if (!level || level === 'none') return nothing;
    const what = word('line', level);
    return html`<span class=${level} role="img" title=${figures && level !== 'lost' ? figuresOf(figures) : nothing}
      aria-label=${name ? t('line.of', { name, level: what }) : t('line.own', { level: what })}>
      ${icon(drawings[level])}${this.worded ? html`<b aria-hidden="true">${what}</b>` : nothing}
    </span>`;
  }
}
