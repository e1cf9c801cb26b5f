// SPDX-License-Identifier: Apache-2.0
/*
 * The panel's deliberation beside the pictures: the question that is open, results, the opinion.
 * Outside the room: what was released, and the presiding officer's release. Asks the server for
 * what this person may see, again whenever "version" is another.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApiError } from '../api';
import { ballotApi } from '../api_ballot';
import { openBallot, type Ballot, type Deliberation } from '../ballot';
import { HeardElement } from '../base';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';
import type { Answer, Question } from './heard-ask';

/* What the parts tell: an act, and with what. */
export type BallotAct =
  | { act: 'put'; question: string; options: string[]; secret: boolean }
  | { act: 'vote'; id: string; choice: number }
  | { act: 'close' | 'withdraw'; ballot: Ballot }
  | { act: 'write'; text: string; version: number }
  | { act: 'confirm'; version: number }
  | { act: 'dissent'; text: string }
  | { act: 'seal' | 'release' };

interface Asked {
  question: Question;
  go: (answer: Answer) => Promise<unknown>;
}

@customElement('heard-ballot')
export class HeardBallot extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; min-width: 0; }
    .parts { display: grid; gap: 20px; }
    .who { display: flex; gap: 8px; align-items: center; font-size: 14px;
      color: var(--ink-soft); }
    .who svg { width: 18px; height: 18px; color: var(--room, var(--ink-soft)); }
    @media (max-width: 700px) {
      .parts { gap: 12px; }
      .who { display: none; } /* the top line says it */
    }
    .wait { padding: 16px; border: 1px dashed var(--line); border-radius: var(--radius);
      color: var(--ink-soft); text-wrap: pretty; }
  `];

  @property() hearing = '';
  @property() self = '';
  @property({ type: Number }) version = 0;
  @property({ type: Boolean }) isInside = false;
  @state() private all: Deliberation | null = null;
  @state() private problem = '';
  @state() private asked: Asked | null = null;
  @state() private isBusy = false;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('hearing') || changed.has('version') || changed.has('isInside'))
      void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.all = await ballotApi.get(this.hearing);
      if (this.problem === t('ballot.failed')) this.problem = '';
    } catch {
      this.problem = t('ballot.failed');
    }
  }

  private async run(work: Promise<unknown>): Promise<void> {
    this.problem = '';
    this.isBusy = true;
    try {
      await work;
    } catch (error) {
      const { code, members } = error as ApiError;
      const reason = typeof members['reason'] === 'string' ? members['reason'] : code;
      this.problem = word('ballot.problem', reason, errorText(code));
    }
    await this.load();
    this.isBusy = false;
  }

  private act(event: CustomEvent<BallotAct>): void {
    const { detail } = event;
    const { hearing } = this;
    switch (detail.act) {
      case 'put':
        return void this.run(ballotApi.put(hearing, {
          question: detail.question, options: detail.options, secret: detail.secret }));
      case 'vote': return void this.run(ballotApi.vote(hearing, detail.id, detail.choice));
      case 'close': return this.end(detail.ballot);
      case 'withdraw': return this.withdraw(detail.ballot);
      case 'write':
        return void this.run(ballotApi.write(hearing, detail.text, detail.version));
      case 'confirm': return void this.run(ballotApi.confirm(hearing, detail.version));
      case 'dissent': return void this.run(ballotApi.dissent(hearing, detail.text));
      case 'seal': return this.seal();
      case 'release':
        this.asked = {
          question: { heading: t('opinion.release'), text: t('opinion.releaseText'),
            confirm: t('opinion.release') },
          go: () => ballotApi.release(hearing),
        };
    }
  }

  private end(ballot: Ballot): void {
    const count = ballot.who.filter((one) => !one.voted).length;
    if (!count) return void this.run(ballotApi.close(this.hearing, ballot.id));
    this.asked = {
      question: { heading: t('ballot.end'), text: t('ballot.endEarly', { count }),
        confirm: t('ballot.end') },
      go: () => ballotApi.close(this.hearing, ballot.id),
    };
  }

  private withdraw(ballot: Ballot): void {
    this.asked = {
      question: { heading: t('ballot.withdraw'), text: t('ballot.withdrawText'),
        confirm: t('ballot.withdraw'), reasonLabel: t('ballot.reason'), reasonNeeded: true },
      go: ({ reason }) => ballotApi.withdraw(this.hearing, ballot.id, reason),
    };
  }

  private seal(): void {
    const isAgreed = !!this.all?.agreed;
    this.asked = {
      question: { heading: t('opinion.seal'), text: t('opinion.sealText'),
        confirm: t('opinion.seal'), reasonMax: 1000,
        ...(isAgreed ? {} : { reasonLabel: t('opinion.sealNote'), reasonNeeded: true }) },
      go: ({ reason }) => ballotApi.seal(this.hearing, reason),
    };
  }

  private answer(event: CustomEvent<Answer>): void {
    const { asked } = this;
    this.asked = null;
    if (asked) void this.run(asked.go(event.detail));
  }

  override render(): TemplateResult {
    const { all } = this;
    return html`<div class="parts" @ballot-act=${this.act}>
        ${this.isInside ? html`<p class="who">${icon('lock')}${t('ballot.who')}</p>` : nothing}
        ${this.problem ? html`<heard-notice kind="warn">${this.problem}
          ${all ? nothing : html`<button slot="act" class="slim" @click=${() => this.load()}>
            ${t('ballot.again')}</button>`}</heard-notice>` : nothing}
        ${all ? all.view === 'all' ? this.inside(all) : this.outside(all)
          : this.problem ? nothing : html`<p class="wait">${t('ballot.loading')}</p>`}</div>
      ${this.asked ? html`<heard-ask .question=${this.asked.question} @answer=${this.answer}
        @cancel=${() => { this.asked = null; }}></heard-ask>` : nothing}`;
  }

  private inside(all: Deliberation): TemplateResult {
    const open = openBallot(all);
    const ended = (all.ballots ?? []).filter((one) => one !== open).reverse();
    const mayPut = all.may.includes('put');
    return html`
      ${all.released || all.may.includes('release') ? this.outside(all) : nothing}
      ${open ? html`<heard-ballot-vote .ballot=${open} .self=${this.self} .may=${all.may}
        .isBusy=${this.isBusy}></heard-ballot-vote>` : nothing}
      ${mayPut ? html`<heard-ballot-put .secrecy=${all.secrecy ?? 'named'}
        .isFirst=${!ended.length} .isBusy=${this.isBusy}></heard-ballot-put>`
        : !open && !ended.length && !all.sealed ? html`<p class="wait">
          ${t('ballot.waitQuestion')}</p>` : nothing}
      ${ended.map((one) => html`<heard-ballot-result .ballot=${one}></heard-ballot-result>`)}
      <heard-opinion .all=${all} .self=${this.self} .isBusy=${this.isBusy}></heard-opinion>`;
  }

  private outside(all: Deliberation): TemplateResult {
    return html`<heard-released .all=${all} .isBusy=${this.isBusy}></heard-released>`;
  }
}
