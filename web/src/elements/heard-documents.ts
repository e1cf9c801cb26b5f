// SPDX-License-Identifier: Apache-2.0
/* Documents of a recording for the case file, made by the server as PDF. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { api } from '../api';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base, controls } from '../styles';

@customElement('heard-documents')
export class HeardDocuments extends HeardElement {
  static override styles = [base, controls, css`
    nav { display: flex; flex-wrap: wrap; gap: 8px; }
  `];

  @property() recording = '';

  override render(): TemplateResult {
    return html`<nav aria-label=${t('document.title')}>
      ${(['statement', 'certificate'] as const).map((kind) => html`<a class="button slim"
        href=${api.documentUrl(this.recording, kind)} target="_blank" rel="noopener">
        ${t(`document.${kind}`)}</a>`)}</nav>`;
  }
}
