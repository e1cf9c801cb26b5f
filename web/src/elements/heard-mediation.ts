// SPDX-License-Identifier: Apache-2.0
/*
 * The mediation beside the picture: the mediator's table, or what a party has to decide.
 * Tells "mediation-later".
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t, word } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { tableOf, type MediationTable } from '../mediation/table';
import { decisionOf, type Decision, type Side } from '../mediation/view';
import { runsDesk } from '../roles';
import { me } from '../store';
import { base, controls } from '../styles';

/* What this person is asked now and did not put off. */
export function openDecision(live: LiveHearing, later: ReadonlySet<string>): Decision | null {
  const { view } = tableOf(live);
  const self = me(live.state);
  if (!view || !self || (self.side !== 'petitioner' && self.side !== 'respondent')) return null;
  const decision = decisionOf(view, self.id, self.side);
  return decision && !later.has(decision.key) ? decision : null;
}

@customElement('heard-mediation')
export class HeardMediation extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 12px; align-content: start; min-width: 0; }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @property({ attribute: false }) later: ReadonlySet<string> = new Set();
  @state() private table!: MediationTable;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.table = tableOf(this.live);
    this.table.addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.table.removeEventListener('change', this.follow);
  }

  override render(): TemplateResult {
    const { view, problem } = this.table;
    const [group = '', ...rest] = problem.split('.');
    return html`${problem ? html`<heard-notice kind="warn">
        ${word(group, rest.join('.'), t('error.internal'))}
        <button slot="act" class="plain slim" aria-label=${t('app.dismiss')}
          @click=${() => this.table.forget()}>${icon('close')}</button></heard-notice>` : nothing}
      ${view ? this.body() : html`<p class="soft">${t('mediation.loading')}</p>`}`;
  }

  private body(): TemplateResult {
    const { view } = this.table;
    const self = me(this.live.state);
    if (!self || !view || runsDesk(self.role)) return html`<heard-mediation-desk .table=${this.table}
      .view=${view!}></heard-mediation-desk>`;
    return html`<heard-mediation-party .table=${this.table} .view=${view} .self=${self.id}
      .side=${self.side as Side} .decision=${openDecision(this.live, this.later)}>
      </heard-mediation-party>`;
  }
}
