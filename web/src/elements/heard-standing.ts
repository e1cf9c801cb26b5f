// SPDX-License-Identifier: Apache-2.0
/*
 * What holds for as long as it holds: a supervisor is here, this person is not seen by some, the
 * panel is not complete. Quiet lines above the faces; nothing when there is nothing to say.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { icon } from '../icons';
import { namesOf } from '../plate';
import { isPanelShort, namesById, supervisors } from '../recusal';
import { runsDesk } from '../roles';
import { me, type State } from '../store';
import { base } from '../styles';

@customElement('heard-standing')
export class HeardStanding extends HeardElement {
  static override styles = [base, css`
    :host { display: block; }
    p { display: flex; gap: 8px; align-items: center; padding: 4px 16px; font-size: 15px;
      border-bottom: 1px solid var(--line); background: var(--sheet); color: var(--ink-soft); }
    p.warn { color: var(--ink); background: var(--warn-soft); }
    svg { width: 18px; height: 18px; flex: none; }
    .warn svg { color: var(--warn); }
    @media (max-width: 700px) { p { padding: 4px 12px; font-size: 16px; } }
  `];

  @property({ attribute: false }) state!: State;

  override render(): TemplateResult {
    const self = me(this.state);
    const watching = supervisors(this.state);
    const unseen = namesById(this.state, self?.unseen_by ?? []);
    const { panel } = this.state.hearing ?? {};
    return html`
      ${panel && isPanelShort(this.state) && runsDesk(self?.role ?? 'observer')
        ? html`<p class="warn" role="alert">${icon('warn')}${t('panel.short', {
          here: panel.here, least: panel.least })}</p>` : nothing}
      ${unseen.length ? html`<p role="note">${icon('cameraOff')}${t('screen.mine', {
        names: namesOf(unseen) })}</p>` : nothing}
      ${watching.length ? html`<p role="note">${icon('shield')}${t('supervisor.here', {
        names: watching.map((one) => one.name).join(t('list.comma')) })}</p>` : nothing}`;
  }
}
