// SPDX-License-Identifier: Apache-2.0
/*
 * Documents of a recording for the case file, made by the server as PDF: in the language of the
 * page, and beside it in the other one.
 */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { api } from '../api';
import { HeardElement } from '../base';
import { language, languages, t } from '../i18n';
import { base, controls } from '../styles';

@customElement('heard-documents')
export class HeardDocuments extends HeardElement {
  static override styles = [base, controls, css`
    nav { display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: center; }
    span { display: inline-flex; }
    span .button { min-height: 44px; }
    span .button:first-child { border-radius: var(--radius) 0 0 var(--radius); }
    span .button:last-child { border-radius: 0 var(--radius) var(--radius) 0; border-left: 0;
      color: var(--act); }
    @media (max-width: 700px) { span { width: 100%; } span .button:first-child { flex: 1; } }
  `];

  @property() recording = '';

  override render(): TemplateResult {
    const isHere = (one: { code: string }) => one.code === language();
    const ordered = [...languages.filter(isHere), ...languages.filter((one) => !isHere(one))];
    return html`<nav aria-label=${t('document.title')}>
      ${(['statement', 'certificate'] as const).map((kind) => html`<span>
        ${ordered.map((one, at) => html`<a class="button slim"
          lang=${one.tag} target="_blank" rel="noopener"
          aria-label=${`${t(`document.${kind}`)}, ${one.name}`}
          href=${api.documentUrl(this.recording, kind, one.code)}>${at === 0
            ? t(`document.${kind}`) : one.name}</a>`)}</span>`)}</nav>`;
  }
}
