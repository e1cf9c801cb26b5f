// SPDX-License-Identifier: Apache-2.0
/* What was told in passing: refusals, faults of devices, who declined. Tells "dismiss" (its key). */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { fill, t, word } from '../i18n';
import { icon } from '../icons';
import type { Notice } from '../store';
import { base, controls } from '../styles';

function textOf({ code, detail }: Notice): string {
  const [group = '', ...rest] = code.split('.');
  if (code === 'reason.recording_not_durable' && detail)
    return `${word(group, rest[0])}${t('risk.cause', { fault: word('fault', detail) })}`;
  if (code === 'declined') return t('rooms.declined', { name: detail });
  if (group === 'error') return word('error', rest.join('.'), t('error.internal'));
  if (group === 'device' || group === 'reason' || group === 'moved')
    return word(group, rest.join('.'));
  return fill(word('notice', code), { detail });
}

@customElement('heard-notices')
export class HeardNotices extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; }
    div { display: contents; }
  `];

  @property({ attribute: false }) notices: readonly Notice[] = [];

  override render(): TemplateResult {
    return html`<slot></slot><div aria-live="polite">${this.notices.map((notice) => html`
      <heard-notice kind=${/^(error|reason|device)\./.test(notice.code) ? 'warn' : 'info'}>
        ${textOf(notice)}
        <button slot="act" class="plain slim" aria-label=${t('app.dismiss')}
          @click=${() => this.tell('dismiss', notice.key)}>${icon('close')}</button>
      </heard-notice>`)}</div>`;
  }
}
