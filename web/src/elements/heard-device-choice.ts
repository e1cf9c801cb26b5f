// SPDX-License-Identifier: Apache-2.0
/* Three lists: camera, microphone, speaker; and a test sound. Tells "pick" {kind, id}. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { playTestSound, type Choice } from '../devices';
import { t, type Key } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

@customElement('heard-device-choice')
export class HeardDeviceChoice extends HeardElement {
  static override styles = [base, controls, css`
    div { display: grid; gap: 16px; padding: 8px 0; }
  `];

  @property({ attribute: false }) choice: Choice = { camera: '', microphone: '', speaker: '' };
  @property({ attribute: false }) list: MediaDeviceInfo[] = [];

  private one(kind: keyof Choice, device: MediaDeviceKind, key: Key): TemplateResult {
    const found = this.list.filter((item) => item.kind === device);
    if (!found.length) return html`${nothing}`;
    return html`<label>${t(key)}
      <select @change=${(event: Event) => this.tell('pick',
        { kind, id: (event.target as HTMLSelectElement).value })}>
        <option value="" ?selected=${!this.choice[kind]}>${t('check.default')}</option>
        ${found.filter((item) => item.deviceId !== 'default').map((item, index) => html`
          <option value=${item.deviceId} ?selected=${this.choice[kind] === item.deviceId}>
            ${item.label || `${t(key)} ${index + 1}`}</option>`)}
      </select></label>`;
  }

  override render(): TemplateResult {
    return html`<div>
      ${this.one('camera', 'videoinput', 'check.camera')}
      ${this.one('microphone', 'audioinput', 'check.microphone')}
      ${this.one('speaker', 'audiooutput', 'check.speaker')}
      <button type="button" @click=${() => void playTestSound(this.choice.speaker)}>
        ${icon('speaker')}${t('check.playSound')}</button>
    </div>`;
  }
}
