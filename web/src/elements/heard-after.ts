// SPDX-License-Identifier: Apache-2.0
/*
 * A hearing that is over, for one who was part of it: what it was, how it stands, the one thing that
 * is asked of this person now, and what can be looked at. The desk also sees who has not signed.
 */
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  askedOf, lastDay, stageOf, unsigned, type Asked, type Left,
} from '../after';
import { api, type HearingSummary, type RecordingItem } from '../api';
import { ballotApi } from '../api_ballot';
import { mediationApi } from '../api_mediation';
import { paperApi } from '../api_papers';
import { signingApi } from '../api_signings';
import { LateHearing } from '../attended';
import { HeardElement } from '../base';
import { formatDay, formatTime } from '../format';
import { language, t, word } from '../i18n';
import { icon, type IconName } from '../icons';
import type { Mediation } from '../mediation/view';
import { courseApi, undecided } from '../minutes/course';
import type { Role } from '../protocol';
import { playsRecordings, runsDesk } from '../roles';
import type { Signature, Signing } from '../signings';
import { base, controls, elder, sheets } from '../styles';
import { afterStyles } from './after-styles';
import { paper } from './sign-styles';

const REFRESH_MS = 10_000;

type Open = '' | 'read' | 'panel' | `sign:${string}` | `text:${string}`;

@customElement('heard-after')
export class HeardAfter extends HeardElement {
  static override styles = [base, controls, sheets, elder, paper, afterStyles];

  @property({ attribute: false }) summary!: HearingSummary;
  @property() seatRole: Role = 'petitioner';
  /* logged in, with these roles; by a personal link: null */
  @property({ attribute: false }) roles: readonly string[] | null = null;
  @state() private left: Left | null = null;
  @state() private mediation: Mediation | null = null;
  @state() private recordings: RecordingItem[] = [];
  @state() private open: Open = '';
  @state() private reminded: { who: Signature; words: (url: string) => string } | null = null;
  @state() private version = 0;
  @state() private isBusy = false;
  /* what a line says that somebody wants corrected */
  @state() private words: ReadonlyMap<string, string> = new Map();
  private late: LateHearing | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => { if (!document.hidden) void this.load(); }, REFRESH_MS);
    this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearInterval(this.timer);
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('summary')) {
      this.late = new LateHearing(this.summary, this.seatRole);
      void this.load();
    }
    /* Who is logged in may be known a moment later. */
    if (changed.has('summary') || changed.has('roles')) void this.loadRecordings();
  }

  override updated(): void {
    const dialog = this.renderRoot.querySelector<HTMLDialogElement>('dialog:not([open])');
    dialog?.showModal();
  }

  private get self(): string {
    return this.summary.my_participant ?? '';
  }

  private get isPanel(): boolean {
    return this.summary.kind === 'panel_hearing' || this.summary.kind === 'appraisal';
  }

  /* What this person may not see is not there; each part stands for itself. */
  private async load(): Promise<void> {
    const { id, kind } = this.summary;
    const none = () => null;
    const [signings, course, papers, deliberation, mediation] = await Promise.all([
      signingApi.list(id).catch(none), courseApi.get(id).catch(none), paperApi.list(id).catch(none),
      this.isPanel ? ballotApi.get(id).catch(none) : null,
      kind === 'mediation' ? mediationApi.view(id).catch(none) : null,
    ]);
    this.mediation = mediation;
    this.left = { state: this.summary.state, signings: signings ?? [], course,
      papers: papers?.items ?? [], deliberation, mediation };
    this.version += 1;
    if (!course || !runsDesk(this.seatRole) || !undecided(course).length) return;
    const lines = await api.minutes(id, false).catch(none);
    this.words = new Map(lines?.items.map((one) => [one.id, one.text]) ?? []);
  }

  private async loadRecordings(): Promise<void> {
    if (!this.roles || !playsRecordings(this.roles)) return;
    const found = await api.recordings({ search: this.summary.number, from: '', to: '' }, '')
      .catch(() => null);
    this.recordings = (found?.items ?? []).filter((one) => one.number.includes(this.summary.number));
  }

  private close(): void {
    this.open = '';
    void this.load();
  }

  override render(): TemplateResult {
    const { summary, left } = this;
    const isDesk = runsDesk(this.seatRole);
    return html`<section class=${isDesk ? 'desk' : ''}>
      <div class="what"><p class="soft">${word('kind', summary.kind)} · ${summary.organiser}</p>
        <h1>${summary.title}</h1>
        <p class="soft number">${this.when()}<br>${summary.number}</p>
        ${left ? html`<p><span class="chip live" role="status">${word('after.stage', stageOf(left))}
          </span></p>` : nothing}</div>
      ${left ? this.asked(askedOf(left, this.self)) : html`<heard-state kind="loading"></heard-state>`}
      ${summary.outcome_note ? html`<div class="card stack"><h2>${t('end.outcome')}</h2>
        <p class="note">${summary.outcome_note}</p></div>` : nothing}
      ${this.agreement()}
      ${isDesk && left ? this.desk(left) : nothing}
      ${left ? this.rows(left) : nothing}
      <div class="papers" @papers-changed=${this.load}>
        <heard-hearing-documents .hearing=${summary.id} .version=${this.version}
          ?ownOnly=${!isDesk}></heard-hearing-documents>
      </div>
      ${this.dialogs(left)}</section>`;
  }

  private when(): string {
    const { planned_start_ms, started_at_ms, ended_at_ms } = this.summary;
    const day = formatDay(started_at_ms ?? planned_start_ms, language());
    return started_at_ms && ended_at_ms ? t('after.held', { day, from: formatTime(started_at_ms),
      to: formatTime(ended_at_ms) }) : day;
  }

  /* ---- what is asked ---- */

  private asked(asked: Asked | null): TemplateResult {
    if (!asked)
      return html`<div class="ask calm"><h2>${icon('check')}${t('after.none')}</h2>
        <p>${t('after.noneText')}</p></div>`;
    switch (asked.kind) {
      case 'sign': return this.ask(t('after.ask.sign'),
        t('after.ask.signText', { title: asked.signing.title }), t('sign.go'),
        () => { this.open = `sign:${asked.signing.id}`; }, asked.signing.due_at_ms);
      case 'read': return this.ask(t('after.ask.read'), t('after.ask.readText'),
        t('after.ask.readGo'), () => { this.open = 'read'; });
      case 'decide': return this.ask(t('after.ask.decide'), t('after.ask.decideText'), '', null);
      case 'receive': return this.ask(t('after.ask.receive', { count: asked.count }),
        t('after.ask.receiveText'), t('after.ask.receiveGo'), () => this.renderRoot
          .querySelector('.papers')?.scrollIntoView({ block: 'start' }));
      default: return this.ask(word('after.ask', asked.kind), t('after.ask.panelText'),
        t('after.ask.panelGo'), () => { this.open = 'panel'; });
    }
  }

  private ask(heading: string, text: string, go: string, act: (() => void) | null,
    due: number | null = null): TemplateResult {
    return html`<div class="ask"><h2>${heading}</h2><p>${text}${due && due > Date.now()
      ? html`<br><b>${t('after.ask.due', { day: formatDay(lastDay(due), language()) })}</b>` : nothing}</p>
      ${act ? html`<button class="primary wide" @click=${act}>${go}</button>` : nothing}</div>`;
  }

  /* ---- what can be looked at ---- */

  private rows({ signings, course, deliberation }: Left): TemplateResult | typeof nothing {
    const rows = [
      ...signings.filter((one) => one.state !== 'withdrawn').map((one) => this.row('note', one.title,
        word('sign.state', one.signatures.find((each) => each.mine)?.state ?? '', ''),
        () => { this.open = `text:${one.id}`; })),
      ...(course && !course.signing && course.may.includes('read')
        ? [this.row('note', t('after.minutes'), word('course.state', course.state),
          () => { this.open = 'read'; })] : []),
      ...(deliberation && (deliberation.view === 'all' || deliberation.released)
        ? [this.row('deliberation', t('after.panel'), '', () => { this.open = 'panel'; })] : []),
      ...this.recordings.map((one) => html`<li><a class="button wide" href="/recordings/${one.id}">
        ${icon('play')}<span>${t('after.recording', { number: one.number })}</span></a></li>`),
    ];
    return rows.length ? html`<div class="stack"><h2>${t('after.see')}</h2><ul class="rows">${rows}</ul>
      </div>` : nothing;
  }

  private row(mark: IconName, title: string, tail: string, act: () => void): TemplateResult {
    return html`<li><button class="wide" @click=${act}>${icon(mark)}<span>${title}</span>
      ${tail ? html`<span class="chip">${tail}</span>` : nothing}</button></li>`;
  }

  private agreement(): TemplateResult | typeof nothing {
    const view = this.mediation;
    if (!view?.effective_at_ms) return nothing;
    return html`<div class="card stack" @mediation-act=${(event: CustomEvent<{ act: string }>) => {
      void this.say(event.detail);
    }}><h2>${t('after.effective', { day: formatDay(view.effective_at_ms, language()) })}</h2>
      <heard-mediation-court .view=${view} .isBusy=${this.isBusy}></heard-mediation-court></div>`;
  }

  private async say(act: { act: string }): Promise<void> {
    this.isBusy = true;
    this.mediation = await mediationApi.act(this.summary.id, act).catch(() => this.mediation);
    this.isBusy = false;
    void this.load();
  }

  /* ---- the desk ---- */

  private desk({ signings, course }: Left): TemplateResult {
    const count = unsigned(signings);
    const others = signings.filter((one) => one.state === 'open' && one.kind !== 'minutes');
    return html`<div class="card stack" @remind=${this.remind} @moved=${this.load}>
      <h2>${t('after.desk')}</h2>
      ${count ? html`<p class="row">${icon('clock')}${t('after.unsigned', { count })}</p>` : nothing}
      ${course ? html`<heard-minutes-course .hearing=${this.summary.id} .version=${this.version}
        .isLate=${true} mayRemind
        .textOf=${(id: string) => this.words.get(id) ?? ''}></heard-minutes-course>`
        : html`<p class="soft">${t('after.deskNone')}</p>`}
      ${others.length ? html`<h3>${t('after.others')}</h3>${others.map((one) => html`<div>
        <b>${one.title}</b><heard-signatures .one=${one} mayRemind></heard-signatures></div>`)}`
        : nothing}</div>`;
  }

  private remind(event: CustomEvent<{ who: Signature; one: Signing }>): void {
    const { who, one } = event.detail;
    const due = one.due_at_ms && one.due_at_ms > Date.now() ? one.due_at_ms : null;
    this.reminded = { who, words: (url) => (due
      ? t('after.remindBy', { title: one.title, url, day: formatDay(lastDay(due), language()) })
      : t('after.remindWords', { title: one.title, url })) };
  }

  private dialogs(left: Left | null): TemplateResult {
    const { open, late, reminded } = this;
    const [what, id] = open.split(':');
    return html`
      ${what === 'sign' && late ? html`<heard-sign .live=${late} .signing=${id}
        @close-sign=${this.close}></heard-sign>` : nothing}
      ${what === 'read' && late && left?.course ? html`<heard-minutes-check .live=${late}
        .course=${left.course} @close-check=${this.close}></heard-minutes-check>` : nothing}
      ${what === 'text' ? html`<heard-after-text .hearing=${this.summary.id} .signing=${id}
        @close-text=${this.close}></heard-after-text>` : nothing}
      ${what === 'panel' ? html`<dialog class="panel" aria-labelledby="panel" @cancel=${this.close}>
        <div class="spread"><h2 id="panel">${t('after.panel')}</h2>
          <button @click=${this.close}>${t('after.back')}</button></div>
        <heard-ballot .hearing=${this.summary.id} .self=${this.self} .version=${this.version}>
        </heard-ballot></dialog>` : nothing}
      ${reminded ? html`<heard-link-dialog .hearing=${this.summary.id} .words=${reminded.words}
        .person=${{ id: reminded.who.participant, name: reminded.who.name }}
        @close-dialog=${() => { this.reminded = null; }}></heard-link-dialog>` : nothing}`;
  }
}
