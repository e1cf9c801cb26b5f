// SPDX-License-Identifier: Apache-2.0
/* A vote that ended: what was asked, how many for what, and in words what the count says. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { choiceText, resultText, type Ballot, type Outcome } from '../ballot';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { base } from '../styles';

@customElement('heard-ballot-result')
export class HeardBallotResult extends HeardElement {
  static override styles = [base, css`
    :host { display: block; }
    section { display: grid; gap: 8px; padding: 12px 16px; border: 1px solid var(--line);
      border-radius: var(--radius); }
    .kind { font-size: 13px; color: var(--ink-soft); }
    h3 { overflow-wrap: anywhere; text-wrap: pretty; }
    .says { font-weight: 600; }
    li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 12px; }
    li + li { margin-top: 6px; }
    .bar { grid-column: 1 / -1; height: 6px; border-radius: 3px; background: var(--line); }
    .bar i { display: block; height: 100%; border-radius: 3px; background: var(--act); }
    .text { overflow-wrap: anywhere; }
    .names { grid-column: 1 / -1; }
  `];

  @property({ attribute: false }) ballot!: Outcome & Partial<Ballot>;

  override render(): TemplateResult {
    const { ballot } = this;
    const { votes } = ballot;
    return html`<section aria-label=${t('ballot.number', { number: ballot.number })}>
      <p class="kind">${t('ballot.number', { number: ballot.number })} ·
        ${t(ballot.secret ? 'ballot.secret' : 'ballot.named')}</p>
      <h3>${ballot.question}</h3>
      ${votes ? html`<p class="says">${resultText(ballot)}</p>
        <ul>${ballot.options.map((text, i) => this.option(text, votes[i] ?? 0, i))}</ul>
        ${this.rest(votes)}` : html`<p class="soft">
        ${t(ballot.state === 'void' ? 'ballot.state.void' : 'ballot.state.withdrawn')}
        ${ballot.reason ?? ''}</p>`}</section>`;
  }

  private option(text: string, count: number, index: number): TemplateResult {
    const share = this.ballot.voters ? Math.round((100 * count) / this.ballot.voters) : 0;
    return html`<li><span class="text">${text}</span>
      <span class="number">${t('ballot.votes', { count })}</span>
      <span class="bar"><i .style=${`width:${share}%`}></i></span>${this.names(index)}</li>`;
  }

  /* Of a named vote, in the room. */
  private names(choice: number): TemplateResult | typeof nothing {
    const { choices, who } = this.ballot;
    const names = (choices ?? []).filter((one) => one.choice === choice)
      .map((one) => who?.find((voter) => voter.participant === one.participant)?.name ?? '');
    return names.length
      ? html`<span class="names small soft">${names.join(t('list.comma'))}</span>` : nothing;
  }

  private rest(votes: number[]): TemplateResult | typeof nothing {
    const { abstained, voters } = this.ballot;
    const silent = voters - abstained - votes.reduce((sum, one) => sum + one, 0);
    const parts = [abstained ? t('ballot.abstained', { count: abstained }) : '',
      silent ? t('ballot.silent', { count: silent }) : ''].filter(Boolean);
    const names = (this.ballot.choices ?? []).filter((one) => one.choice < 0)
      .map((one) => this.ballot.who?.find((voter) => voter.participant === one.participant)?.name);
    return parts.length ? html`<p class="small soft">${parts.join(' · ')}
      ${names.length ? html` (${choiceText(this.ballot, -1)}: ${names.join(t('list.comma'))})`
        : nothing}</p>` : nothing;
  }
}
