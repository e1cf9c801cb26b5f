// SPDX-License-Identifier: Apache-2.0
/* What one hears while somebody interprets: everything, the original, or one of the interpreters. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, type Key } from '../i18n';
import { AS_THEY_COME, type Listening } from '../interpreting';
import type { Participant } from '../protocol';
import { base, controls } from '../styles';

@customElement('heard-listening')
export class HeardListening extends HeardElement {
  static override styles = [base, controls, css`
    fieldset { border: 0; margin: 0; padding: 0; display: grid; gap: 8px; }
    legend { padding: 0 0 8px; }
    label { display: flex; gap: 12px; align-items: flex-start; min-height: 60px; padding: 12px;
      border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
    label:has(input:checked) { border-color: var(--act); background: var(--act-soft); }
    input { width: 22px; height: 22px; margin: 2px 0 0; flex: none; }
    .small { display: block; }
  `];

  @property({ attribute: false }) interpreters: readonly Participant[] = [];
  @property({ attribute: false }) listening: Listening = AS_THEY_COME;

  override render(): TemplateResult {
    return html`<fieldset><legend class="small soft">${t('listening.text')}</legend>
      ${this.choice({ how: 'both', interpreter: '' }, t('listening.both'))}
      ${this.choice({ how: 'original', interpreter: '' }, t('listening.original'))}
      ${this.interpreters.map((one) => this.choice({ how: 'interpreted', interpreter: one.id },
        t('listening.interpreted', { name: one.title || one.name })))}</fieldset>`;
  }

  private choice(value: Listening, name: string): TemplateResult {
    const isChosen = value.how === this.listening.how
      && value.interpreter === this.listening.interpreter;
    return html`<label><input type="radio" name="listening" .checked=${isChosen}
      @change=${() => this.tell('listening', value)}><span>${name}
      <span class="small soft">${t(`listening.${value.how}Text` as Key)}</span></span></label>`;
  }
}
