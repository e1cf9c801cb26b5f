// SPDX-License-Identifier: Apache-2.0
/*
 * What an attendee of a training has before him: who speaks and what is shown, the question that
 * all see, the roll when it is called, and his own questions.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Attending } from '../attending';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { doubledSlots } from '../layout';
import { plateOf } from '../plate';
import type { Slot } from '../protocol';
import { base, controls, roomTokens } from '../styles';
import {
  QUESTIONS_OPEN_MAX, QUESTION_CHARS_MAX, openRoll, trainingApi, waitingOf, type HouseSeat,
  type OpenRoll, type Question,
} from '../training';
import type { HeardSound } from './heard-sound';
import { troubleOf } from '../trouble';

@customElement('heard-training-room')
export class HeardTrainingRoom extends HeardElement {
  static override styles = [roomTokens, base, controls, css`
    :host { display: grid; min-height: 100dvh; grid-template-rows: auto auto 1fr;
      --target: 48px; }
    .top { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; padding: 8px 16px;
      background: var(--sheet); border-bottom: 1px solid var(--line); }
    .top h1 { font-size: 18px; flex: 1 1 160px; min-width: 0; overflow-wrap: anywhere; }
    .light { display: inline-flex; gap: 6px; align-items: center; color: var(--seal);
      font-weight: 600; white-space: nowrap; }
    .light::before { content: ''; width: 10px; height: 10px; border-radius: 50%;
      background: var(--seal); }
    .stage { position: relative; background: #0a0e12; aspect-ratio: 16 / 9; max-height: 62dvh;
      width: 100%; display: grid; place-items: center; }
    .stage video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
    .stage video.second { inset: auto 8px 8px auto; width: 26%; height: auto; aspect-ratio: 4 / 3;
      object-fit: cover; border: 1px solid var(--line); border-radius: var(--radius); }
    .plate { position: absolute; left: 8px; bottom: 8px; padding: 4px 10px; max-width: 70%;
      background: rgb(10 14 18 / 0.78); border-radius: 4px; line-height: 1.35; }
    .plate small { display: block; color: #c4ccd3; }
    .blank { padding: 24px; text-align: center; color: var(--ink-soft); font-size: 18px;
      line-height: 1.6; }
    .body { display: grid; gap: 16px; padding: 16px; align-content: start; width: 100%;
      max-width: 760px; margin: 0 auto; }
    .card { padding: 12px 16px; background: var(--sheet); border: 1px solid var(--line);
      border-radius: var(--radius); display: grid; gap: 8px; }
    .card p { overflow-wrap: anywhere; white-space: pre-wrap; }
    .shown { border-left: 4px solid var(--act); font-size: 18px; }
    .call { background: var(--act-soft); border-color: var(--act); }
    .call .primary { font-size: 22px; min-height: 60px; }
    .mine { display: grid; gap: 8px; }
    .mine li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 12px;
      align-items: center; padding: 8px 0; border-top: 1px solid var(--line); }
    .mine li p { overflow-wrap: anywhere; white-space: pre-wrap; }
    form { display: grid; gap: 8px; }
    .bad { color: var(--seal); }
    @media (min-width: 900px) {
      :host { grid-template-columns: minmax(0, 1fr) 400px; grid-template-rows: auto 1fr;
        height: 100dvh; }
      .top { grid-column: 1 / -1; }
      .stage { max-height: none; height: 100%; aspect-ratio: auto; }
      .body { overflow: auto; border-left: 1px solid var(--line); }
    }
  `];

  @property({ attribute: false }) live!: Attending;
  @state() private problem = '';
  @state() private isBusy = false;
  @state() private isSilent = false;
  @query('heard-sound') private sound!: HeardSound;
  private timer: ReturnType<typeof setInterval> | null = null;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    this.timer = setInterval(this.follow, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    if (this.timer) clearInterval(this.timer);
  }

  /* The screen is large where there is one; else who speaks. */
  private get pictures(): Slot[] {
    const shown = this.live.slots.filter(({ video }) => video !== 'none');
    return [...shown].sort((a, b) => Number(b.video === 'screen') - Number(a.video === 'screen'));
  }

  override updated(_changed: PropertyValues<this>): void {
    this.renderRoot.querySelectorAll('video').forEach((video) => {
      const stream = this.live.streams[Number(video.dataset['slot'])] ?? null;
      if (video.srcObject !== stream) video.srcObject = stream;
    });
  }

  private async act(what: () => Promise<unknown>): Promise<boolean> {
    this.isBusy = true;
    this.problem = '';
    try {
      await what();
      await this.live.refresh();
      return true;
    } catch (error) {
      this.problem = troubleOf(error);
      return false;
    } finally {
      this.isBusy = false;
    }
  }

  private async ask(event: Event): Promise<void> {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const text = String(new FormData(form).get('text') ?? '').trim();
    if (text && await this.act(() => trainingApi.ask(this.live.hearing, text))) form.reset();
  }

  private async takeSeat(): Promise<void> {
    await this.act(async () => {
      const { url } = await trainingApi.seatLink(this.live.hearing);
      location.assign(new URL(url).pathname);
    });
  }

  override render(): TemplateResult {
    const { house, attendance, own } = this.live;
    if (!house) return html`<heard-state kind="connecting"></heard-state>`;
    const roll = openRoll(attendance, this.live.now());
    return html`<header class="top"><h1>${house.hearing.title}</h1>
        <span>${word('phase', house.hearing.phase)}</span>
        ${house.recording === 'recording' ? html`<span class="light">${t('training.recorded')}
          </span>` : nothing}
        <span class="soft number">${t('training.here', { count: attendance?.here ?? 0 })}</span>
      </header>
      <div class="stage">${this.stage(house.seats)}</div>
      <div class="body">
        ${this.isSilent ? html`<button class="primary" @click=${() => {
          this.isSilent = false;
          this.sound.resume();
        }}>${icon('speaker')}${t('room.hear')}</button>` : nothing}
        ${this.live.connection === 'open' ? nothing
          : html`<heard-notice kind="warn">${t('room.reconnecting')}</heard-notice>`}
        ${own?.seat_offered ? this.offered() : nothing}
        ${roll && own ? this.roll(roll, own.answered_rolls.includes(roll.id)) : nothing}
        ${attendance?.question ? html`<section class="card shown" aria-live="polite">
          <span class="small soft">${t('training.shown', { number: attendance.question.number })}
            · ${attendance.question.unit} ${attendance.question.name}</span>
          <p>${attendance.question.text}</p></section>` : nothing}
        ${this.problem ? html`<p class="bad" role="alert">${this.problem}</p>` : nothing}
        ${own ? this.questions(own.questions) : nothing}
        ${own ? html`<p class="small soft">${t('training.youAre', {
          name: own.attendee.name, unit: own.attendee.unit })}</p>` : nothing}
      </div>
      <heard-sound .streams=${this.live.streams} .doubled=${doubledSlots(this.live.slots)}
        @sound-blocked=${() => { this.isSilent = true; }}></heard-sound>`;
  }

  private stage(seats: readonly HouseSeat[]): TemplateResult {
    const [first, second] = this.pictures;
    const { state } = this.live.house?.hearing ?? {};
    const seat = seats.find(({ id }) => id === first?.participant);
    if (!first || !this.live.streams.some(Boolean) || state !== 'live')
      return html`<p class="blank" role="status">${t(state === 'ready' ? 'training.notOpen'
        : state === 'recessed' ? 'training.recess' : 'training.noPicture')}</p>`;
    return html`<video data-slot=${first.slot} autoplay playsinline muted></video>
      ${second ? html`<video class="second" data-slot=${second.slot} autoplay playsinline muted>
        </video>` : nothing}
      ${seat ? html`<div class="plate">${seat.name}<small>${plateOf(seat)}</small></div>`
        : nothing}`;
  }

  private offered(): TemplateResult {
    return html`<section class="card call"><b>${t('training.seatOffered')}</b>
      <p>${t('training.seatText')}</p>
      <button class="primary" ?disabled=${this.isBusy} @click=${() => void this.takeSeat()}>
        ${icon('microphone')}${t('training.seatTake')}</button></section>`;
  }

  private roll(roll: OpenRoll, isAnswered: boolean): TemplateResult {
    const left = formatClock(Math.max(0, roll.until_ms - this.live.now()));
    if (isAnswered)
      return html`<section class="card" role="status"><b>${icon('check')}
        ${t('training.rollDone', { number: roll.number })}</b></section>`;
    return html`<section class="card call" role="alert">
      <div class="spread"><b>${t('training.roll', { number: roll.number })}</b>
        <time class="number">${left}</time></div>
      <button class="primary" ?disabled=${this.isBusy} @click=${() => void this.act(() =>
        trainingApi.answerRoll(this.live.hearing, roll.id))}>${t('training.present')}</button>
    </section>`;
  }

  private questions(list: readonly Question[]): TemplateResult {
    const isFull = waitingOf(list) >= QUESTIONS_OPEN_MAX;
    return html`<section class="card"><form @submit=${this.ask}>
        <label>${t('training.ask')}<textarea name="text" rows="3" maxlength=${QUESTION_CHARS_MAX}
          ?disabled=${isFull} placeholder=${t('training.askHint')}></textarea></label>
        ${isFull ? html`<p class="hint">${t('training.askFull', { count: QUESTIONS_OPEN_MAX })}</p>`
          : nothing}
        <button ?disabled=${isFull || this.isBusy}>${t('training.send')}</button></form>
      ${list.length ? html`<h2>${t('training.mine')}</h2><ul class="mine">
        ${[...list].reverse().map((one) => html`<li><p>${one.text}</p>
          <span class="small soft">${word('training', `state.${one.state}`)}</span>
          ${one.state === 'asked' ? html`<button class="plain slim" ?disabled=${this.isBusy}
            @click=${() => void this.act(() => trainingApi.act(this.live.hearing, one.id,
              'take_back'))}>${t('training.takeBack')}</button>` : nothing}</li>`)}</ul>`
        : nothing}</section>`;
  }
}
