// SPDX-License-Identifier: Apache-2.0
/* Switch to the other language; its own name is the label, as its readers know it. */
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { language, languages, setLanguage } from '../i18n';
import { base, controls } from '../styles';

@customElement('heard-language')
export class HeardLanguage extends HeardElement {
  static override styles = [base, controls];

  override render(): TemplateResult {
    const others = languages.filter((one) => one.code !== language());
    return html`${others.map((one) => html`<button class="plain slim" lang=${one.tag}
      @click=${() => setLanguage(one.code)}>${one.name}</button>`)}`;
  }
}
