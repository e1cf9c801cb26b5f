// SPDX-License-Identifier: Apache-2.0
/*
 * The way in by a personal link: what this is, who you are, then everything of heard-attend
 * (devices, consent, waiting, room, end). One decision a screen.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isOver } from '../after';
import { ApiError, api, type OpenedLink, type Seat } from '../api';
import { HeardElement } from '../base';
import { formatDate, formatTime, isSameDay, maskName } from '../format';
import { errorText, language, setKind, t, word } from '../i18n';
import { icon } from '../icons';
import { LiveHearing } from '../live';
import { isOnDuty } from '../roles';
import { isInRoom } from '../protocol';
import { me } from '../store';
import { plateOf, roleWord } from '../plate';
import { base, controls, elder, sheets } from '../styles';

const linkPages = ['link_unknown', 'link_expired', 'link_revoked', 'link_used',
  'hearing_closed', 'offline'];

@customElement('heard-join')
export class HeardJoin extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid; gap: 24px;
      align-content: start; }
    .when { font-size: 20px; font-weight: 600; }
    .people { display: grid; gap: 12px; }
    .people li { display: grid; grid-template-columns: 8px 1fr; gap: 12px; }
    .people li::before { content: ''; background: var(--act); border-radius: 2px; }
    .people li > div { line-height: 1.4; }
    .four { font-size: 28px; letter-spacing: 0.5em; text-align: center;
      font-variant-numeric: tabular-nums; text-transform: uppercase; }
    /* However long the list of names is, the one next step is in sight. */
    .bottom { display: grid; position: sticky; bottom: 0; padding: 12px 0; margin-bottom: -12px;
      background: var(--paper); }
    .you { font-size: 28px; font-weight: 600; }
  `];

  @property() token = '';
  @state() private opened: OpenedLink | null = null;
  @state() private failure = '';
  @state() private step: 'what' | 'name' | 'attend' | 'after' = 'what';
  @state() private problem = '';
  @state() private isBusy = false;
  private live: LiveHearing | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live?.stop();
    this.live = null;
    setKind('');
  }

  private async open(): Promise<void> {
    this.failure = '';
    this.opened = null;
    try {
      this.opened = await api.openLink(this.token);
      setKind(this.opened.hearing.kind);
      document.title = `${this.opened.hearing.title} · ${t('app.name')}`;
      if (isOver(this.opened.hearing.state)) {
        this.step = this.opened.id_check ? 'name' : 'after';
        return;
      }
      this.begin();
      /* A reloaded page: the person was in the room and goes straight back. */
      const { participant, hearing } = this.opened;
      const seat = hearing.seats.find((one) => one.participant === participant.id);
      if (this.live?.wasChecked && seat && isInRoom(seat.presence)) this.step = 'attend';
    } catch (error) {
      this.failure = (error as ApiError).code ?? 'internal';
    }
  }

  private begin(): void {
    this.live?.stop();
    if (!this.opened) return;
    this.live = new LiveHearing(this.opened.hearing.id);
    this.live.start();
    this.requestUpdate();
  }

  private goTo(step: typeof this.step): void {
    this.step = step;
    this.problem = '';
    this.focusHeading();
  }

  private next(): void {
    /* Who comes back after a reload was checked already: straight on. */
    const isKnown = !!this.live && !!me(this.live.state)?.identity?.checked;
    const isAsked = !isKnown && this.opened?.id_check
      && !isOnDuty(this.opened.participant.role);
    this.goTo(this.step === 'what' && isAsked ? 'name' : 'attend');
  }

  private async identify(event: Event): Promise<void> {
    event.preventDefault();
    const four = String(new FormData(event.target as HTMLFormElement).get('four') ?? '').trim();
    if (!/^[0-9A-Za-z]{4}$/.test(four)) {
      this.problem = t('join.fourBad');
      return;
    }
    this.isBusy = true;
    try {
      await api.identify(four.toUpperCase());
      if (this.live) this.goTo('attend');
      else await this.comeBack();
    } catch (error) {
      this.refused(error as ApiError);
    } finally {
      this.isBusy = false;
    }
  }

  /* The hearing is over, and we are known: with how it ended. */
  private async comeBack(): Promise<void> {
    if (!this.opened) return;
    this.opened = { ...this.opened, hearing: await api.hearing(this.opened.hearing.id) };
    this.goTo('after');
  }

  private refused({ code, members }: ApiError): void {
    if (code === 'link_revoked') this.failure = code;
    else if (code === 'code_wrong')
      this.problem = t('after.fourWrong', { count: Number(members['tries_left'] ?? 0) });
    else this.problem = code === 'not_identified' ? t('after.fourNone') : errorText(code);
  }

  private leaveLive(): void {
    this.live?.stop();
    this.live = null;
    void this.open();
  }

  override render(): TemplateResult {
    if (this.failure) {
      const kind = linkPages.includes(this.failure) ? this.failure : 'link_failed';
      return html`<heard-state kind=${kind} @act=${this.open}></heard-state>`;
    }
    if (this.opened && this.step === 'after')
      return html`<heard-after .summary=${this.opened.hearing}
        .seatRole=${this.opened.participant.role}></heard-after>`;
    if (this.opened && !this.live && this.step === 'name') return this.name(this.opened);
    if (!this.opened || !this.live) return html`<heard-state kind="loading"></heard-state>`;
    if (this.step === 'what') return this.what(this.opened);
    if (this.step === 'name') return this.name(this.opened);
    return html`<heard-attend .live=${this.live} .hearing=${this.opened.hearing}
      .seatRole=${this.opened.participant.role} @again=${this.begin}
      @after=${this.leaveLive}></heard-attend>`;
  }

  private what({ hearing, participant }: OpenedLink): TemplateResult {
    const isToday = isSameDay(hearing.planned_start_ms, Date.now());
    const when = isToday
      ? t('join.today', { time: formatTime(hearing.planned_start_ms) })
      : formatDate(hearing.planned_start_ms, language());
    const others = hearing.seats.filter((seat) => seat.participant !== participant.id);
    return html`<section>
      ${this.isPetitioner ? html`<heard-dots .step=${1}></heard-dots>` : nothing}
      <div>
        <p class="soft">${word('kind', hearing.kind)} · ${hearing.organiser}</p>
        <h1>${hearing.title}</h1>
      </div>
      <p class="when number">${when}</p>
      <p>${this.isPetitioner ? t('join.whatText') : t('join.youAre', {
        name: participant.name, role: roleWord(participant.role, participant.side) })}</p>
      <div class="stack"><h2>${t('join.who')}</h2>
        <ul class="people">${others.map((seat) => this.seat(seat))}</ul>
      </div>
      <div class="bottom">
        <button class="primary wide" @click=${this.next}>${t('join.next')}</button>
      </div>
    </section>`;
  }

  /* Who comes for no office has the role as the heading; it is not said again beside the name. */
  private seat(seat: Seat): TemplateResult {
    const role = roleWord(seat.role, seat.side);
    const plate = plateOf(seat.unit ? { ...seat, unit: null } : { ...seat, role: null });
    const name = this.isPetitioner && seat.role === 'petitioner' ? maskName(seat.name) : seat.name;
    return html`<li><div><div>${seat.unit ?? role}</div>
      <div class="soft small">${[name, plate].filter(Boolean).join(' · ')}</div></div></li>`;
  }

  private name({ participant, hearing }: OpenedLink): TemplateResult {
    const isLate = !this.live;
    return html`<section>
      ${isLate ? html`<p class="soft">${hearing.title} · ${formatDate(hearing.planned_start_ms,
        language())}</p>` : html`<heard-dots .step=${2}></heard-dots>`}
      <div class="stack"><h1>${t('join.nameTitle')}</h1>
        ${isLate ? html`<p>${t('after.four')}</p>` : nothing}</div>
      <p class="you">${participant.masked_name}</p>
      <form class="stack" @submit=${this.identify} novalidate>
        <label>${t('join.four')}
          <input class="four" name="four" maxlength="4" autocomplete="off" spellcheck="false"
            autocapitalize="characters" aria-describedby="fourHint"
            aria-invalid=${this.problem ? 'true' : 'false'}></label>
        <p class="hint" id="fourHint">${t(isLate ? 'after.fourHint' : 'join.fourHint')}</p>
        ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
        <button class="primary wide" ?disabled=${this.isBusy}>${t('join.next')}</button>
        ${isLate ? nothing : html`<button type="button" class="plain wide"
          @click=${() => this.goTo('what')}>${icon('back')}${t('join.back')}</button>`}
      </form>
      <p class="hint">${t('join.notMe')}</p>
    </section>`;
  }

  private get isPetitioner(): boolean {
    return this.opened?.participant.role === 'petitioner';
  }
}
