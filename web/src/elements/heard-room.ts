// SPDX-License-Identifier: Apache-2.0
/*
 * The hearing room: binds the parts to one LiveHearing and turns their events into commands.
 * The frame and the top line tell which room this is; the light tells whether it is recorded.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { deliberationAt } from '../ballot';
import { HeardElement } from '../base';
import * as devices from '../devices';
import { openWarning, recessLeft } from '../floor';
import { formatClock, formatTime } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import {
  arrange, doubledSlots, nextOwners, nextSpeaker, viewsOf, type Held, type Owners,
} from '../layout';
import { isBad } from '../line';
import { AS_THEY_COME, Ear, gainsOf, interpretersFor, type Listening } from '../interpreting';
import { tableOf } from '../mediation/table';
import type { LiveHearing } from '../live';
import { namesOf } from '../plate';
import type { HearingState, Participant, Source } from '../protocol';
import {
  askClose, askLeave, askPerson, askPhase, askRecess, type Asked, type PersonAsk,
} from '../questions';
import { isAsked, recusables } from '../recusal';
import { riskOf } from '../risk';
import { runsDesk } from '../roles';
import {
  aroundMe, columnsOf, hearersOf, invitationOf, isClosedRoom, isLeftOut, myRoom, peopleIn, runsRooms,
  shownHere,
} from '../rooms';
import { me, recordedMs, waiting } from '../store';
import { base, controls, roomTokens } from '../styles';
import { Talk } from '../talk';
import type { Answer } from './heard-ask';
import { openDecision } from './heard-mediation';
import type { HeardSound } from './heard-sound';
import type { Pause } from './heard-tile';
import { roomLayout } from './room-styles';

const pauseOf = (state: HearingState | undefined): Pause =>
  (state === 'recessed' ? 'recess' : state === 'ready' ? 'notOpen' : '');

const LISTEN_MS = 200;
const CAPTIONS_KEY = 'heard.captions';

@customElement('heard-room')
export class HeardRoom extends HeardElement {
  static override styles = [roomTokens, base, controls, roomLayout, css``];

  @property({ attribute: false }) live!: LiveHearing;
  @state() private pinned = '';
  @state() private asked: Asked | null = null;
  @state() private isLeaving = false;
  @state() private linkFor: Participant | null = null;
  @state() private sheet: '' | 'more' | 'devices' | 'minutes' | 'listening' = '';
  /* Open from the start for the clerk alone; null: not chosen. */
  @state() private hasMinutes: boolean | null = null;
  @state() private hasCaptions = localStorage.getItem(CAPTIONS_KEY) !== 'off';
  @state() private list: MediaDeviceInfo[] = [];
  @state() private isSilent = false;
  @state() private isOpening = false;
  @state() private isDeciding = false;
  @state() private isRecusing = false;
  @state() private hasExhibits = false;
  @state() private hasMediation = false;
  @state() private later: ReadonlySet<string> = new Set();
  /* the decision that opened the panel by itself: once for each */
  private askedFor = '';
  /* Open by itself in the deliberation, and when its result is released; null: not chosen. */
  @state() private hasBallot: boolean | null = null;
  @query('heard-sound') private sound!: HeardSound;
  @state() private listening: Listening = AS_THEY_COME;
  @state() private isInterpreting = false;
  private readonly interpreterEar = new Ear();
  private held: Held = { id: '', since_ms: 0 };
  private owners: Owners = new Map();
  private own: MediaStream | null = null;
  private readonly talk = new Talk();
  @state() private speaker = '';
  private timer: ReturnType<typeof setInterval> | null = null;
  private ear: ReturnType<typeof setInterval> | null = null;
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    this.timer = setInterval(this.follow, 1000);
    this.ear = setInterval(() => this.listen(), LISTEN_MS);
    addEventListener('resize', this.follow);
    tableOf(this.live).addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    removeEventListener('resize', this.follow);
    tableOf(this.live).removeEventListener('change', this.follow);
    if (this.timer) clearInterval(this.timer);
    if (this.ear) clearInterval(this.ear);
  }

  /* Who is marked as speaking: drawn anew only when it is another. */
  private listen(): void {
    const { slots, speakers, you } = this.live.state;
    const levels = this.live.levels();
    this.talk.hear(slots, levels, performance.now());
    this.isInterpreting = this.interpreterEar.hear(slots, levels, this.listening.interpreter,
      performance.now());
    this.speaker = this.talk.speaker(speakers, you?.participant ?? '');
  }

  private get isPhone(): boolean {
    return matchMedia('(max-width: 700px)').matches;
  }

  private ownStream(): MediaStream | null {
    const { camera } = this.live.tracks;
    if (!camera) this.own = null;
    else if (this.own?.getVideoTracks()[0] !== camera) this.own = new MediaStream([camera]);
    return this.own;
  }

  private send(event: CustomEvent<{ type: string; data?: object }>): void {
    const { type, data } = event.detail;
    const done = this.live.command(type, data);
    if (type !== 'hearing.open') return;
    this.isOpening = true; /* the server waits until the recording is saved: up to 5 s */
    void done.finally(() => { this.isOpening = false; });
  }

  private ask(event: CustomEvent<string>): void {
    this.sheet = '';
    this.isRecusing = event.detail === 'recusal';
    if (this.isRecusing) return;
    this.isLeaving = event.detail === 'leave';
    this.asked = this.isLeaving ? askLeave()
      : event.detail === 'recess' ? askRecess()
      : event.detail === 'recess-unsaved' ? askRecess(t('risk.reason')) : askClose(this.live.state.hearing,
        me(this.live.state)?.role === 'clerk');
  }

  private askPerson(event: CustomEvent<{ what: PersonAsk; person: Participant }>): void {
    this.isLeaving = false;
    this.asked = askPerson(event.detail.what, event.detail.person);
  }

  private movePhase(event: CustomEvent<string>): void {
    const { hearing } = this.live.state;
    if (!hearing) return;
    this.isLeaving = false;
    this.asked = askPhase(hearing, event.detail);
    if (!this.asked)
      void this.live.command('hearing.advance', { phase: event.detail, reason: '' });
  }

  private answer(event: CustomEvent<Answer>): void {
    const command = this.asked?.command(event.detail);
    this.asked = null;
    if (this.isLeaving) this.tell('leave');
    else if (command) void this.live.command(command.type, command.data);
  }

  private async openDevices(): Promise<void> {
    this.sheet = 'devices';
    this.list = await devices.listDevices();
  }

  /* A party is shown what it is asked, once; whoever closed it finds it under its button. */
  override willUpdate(): void {
    const decision = openDecision(this.live, this.later);
    if (!decision || decision.key === this.askedFor) return;
    this.askedFor = decision.key;
    this.hasMediation = true;
    this.hasExhibits = false;
  }

  private get mediation(): '' | 'open' | 'folded' | 'ask' {
    if (!tableOf(this.live).view) return '';
    if (this.hasMediation) return 'open';
    return openDecision(this.live, this.later) ? 'ask' : 'folded';
  }

  override render(): TemplateResult {
    const { state: now } = this.live;
    if (!now.hearing || !now.you) return html`<heard-state kind="loading"></heard-state>`;
    const self = me(now);
    const isDesk = !!self && runsDesk(self.role);
    const here = myRoom(now);
    const hasRooms = runsRooms(now);
    const isBeside = isDesk && !this.isPhone && (this.hasMinutes ?? self?.role === 'clerk');
    const shown = shownHere(now);
    const interpreters = interpretersFor(aroundMe(now), now.you.participant);
    const ballot = this.ballotPlace();
    const isList = this.hasExhibits || ballot === 'open';
    const has = [isDesk || isList ? 'with-desk' : '', isBeside ? 'with-minutes' : '',
      shown ? 'showing' : '', this.hasExhibits ? 'with-exhibits' : '',
      ballot === 'open' ? 'with-ballot' : '',
      this.hasMediation ? 'with-desk with-mediation' : '', isClosedRoom(here) ? here : ''];
    return html`<div class="room ${has.join(' ')}"
      @minutes=${() => this.toggleMinutes()} @captions=${() => this.toggleCaptions()}
      @exhibit-problem=${(event: CustomEvent<string>) => this.live.notify(`error.${event.detail}`)}
      @command=${this.send} @person-ask=${this.askPerson} @ask=${this.ask}
      @new-link=${(event: CustomEvent<Participant>) => { this.linkFor = event.detail; }}
      @source=${(event: CustomEvent<Source>) => void this.live.toggle(event.detail)}
      @open-listening=${() => { this.sheet = 'listening'; }}
      @listening=${(event: CustomEvent<Listening>) => { this.listening = event.detail; }}>
      <div class="top"><heard-room-top .hearing=${now.hearing} .recording=${now.recording}
        .recordedMs=${recordedMs(now, Date.now())} .nowMs=${this.live.now()}
        .level=${this.live.level} .isPhone=${this.isPhone} .here=${here}
        .hearers=${hearersOf(now)} .isMoving=${this.live.isMoving}></heard-room-top>
        ${isClosedRoom(here) ? nothing : html`<heard-floor .state=${now} .nowMs=${this.live.now()}>
        </heard-floor>`}</div>
      <div class="above"><heard-standing .state=${now}></heard-standing>
        <heard-duties .live=${this.live} .nowMs=${this.live.now()}></heard-duties>${this.banner()}</div>
      ${shown ? html`<heard-shown .shown=${shown} .hearing=${now.hearing.id} .self=${self}
        .byName=${now.participants.get(shown.by)?.name ?? ''}></heard-shown>` : nothing}
      ${isLeftOut(now) ? this.apart() : this.stage()}
      ${this.captions(self)}
      ${hasRooms ? html`<heard-rooms class="wide-only" .state=${now} .nowMs=${this.live.now()}>
        </heard-rooms>` : nothing}
      ${isBeside ? html`<section class="minutes" aria-label=${t('minutes.title')}>
        <heard-minutes .live=${this.live} @fold=${() => { this.hasMinutes = false; }}>
        </heard-minutes></section>` : nothing}
      ${this.hasMediation ? html`<aside class="exhibits mediation" aria-label=${t('mediation.title')}>
        <heard-mediation .live=${this.live} .later=${this.later}
          @mediation-close=${() => { this.hasMediation = false; }}
          @mediation-later=${(event: CustomEvent<string>) => {
            this.later = new Set([...this.later, event.detail]);
            this.hasMediation = false;
          }}></heard-mediation></aside>` : this.hasExhibits ? this.exhibits()
        : ballot === 'open' ? this.ballot() : isDesk ? html`<aside aria-label=${t('desk.title')}>
        <heard-desk .state=${now}></heard-desk></aside>` : nothing}
      <heard-phase-bar class=${isDesk ? '' : 'wide-only'} .hearing=${now.hearing}
        .mayMove=${now.you.may.includes('hearing.advance')} @phase=${this.movePhase}>
      </heard-phase-bar>
      <heard-controls .self=${self} .may=${now.you.may} .hearingState=${now.hearing.state}
        .here=${here} .hasRooms=${hasRooms} .own=${this.ownSources()} .canShare=${devices.canShareScreen()} .isOpening=${this.isOpening}
        .hasCaptions=${this.hasCaptions} .minutes=${isDesk ? (isBeside ? 'open' : 'folded') : ''}
        .hasExhibits=${this.hasExhibits} .hasListening=${interpreters.length > 0} .ballot=${ballot}
        .mediation=${this.mediation}
        @mediation=${() => this.toggleMediation()}
        @ballot=${() => this.foldBallot(ballot === 'open')}
        @exhibits=${() => {
          this.hasExhibits = !this.hasExhibits;
          this.hasBallot = this.hasExhibits ? false : this.hasBallot;
          this.hasMediation = false;
        }}
        @more=${() => { this.sheet = 'more'; }} @devices=${this.openDevices}></heard-controls>
      ${this.notices()} ${this.overlays(interpreters)}
      <heard-sound .streams=${this.live.streams} .doubled=${doubledSlots(now.slots)}
        .gains=${gainsOf(now.slots, interpreters, this.listening, this.isInterpreting)}
        .speaker=${this.live.choice.speaker}
        @sound-blocked=${() => { this.isSilent = true; }}></heard-sound>
    </div>`;
  }

  private toggleMinutes(): void {
    if (this.isPhone) this.sheet = 'minutes';
    else this.hasMinutes = !(this.hasMinutes ?? me(this.live.state)?.role === 'clerk');
  }

  /* What was put off comes back with the panel. */
  private toggleMediation(): void {
    this.hasMediation = !this.hasMediation;
    if (!this.hasMediation) return;
    this.later = new Set();
    this.hasExhibits = false;
  }

  private toggleCaptions(): void {
    this.hasCaptions = !this.hasCaptions;
    localStorage.setItem(CAPTIONS_KEY, this.hasCaptions ? 'on' : 'off');
  }

  private captions(self: Participant | null): TemplateResult {
    const { caption, participants } = this.live.state;
    return html`<heard-captions .line=${caption} .on=${this.hasCaptions}
      .name=${participants.get(caption?.speaker ?? '')?.name ?? ''}
      ?large=${self?.side === 'petitioner'}></heard-captions>`;
  }

  private exhibits(): TemplateResult {
    const { state: now } = this.live;
    const role = now.you?.role ?? 'observer';
    return html`<aside class="exhibits" aria-label=${t('exhibits.title')}>
      <header><h2>${t('exhibits.title')}</h2><button class="plain"
        aria-label=${t('exhibits.close')} @click=${() => { this.hasExhibits = false; }}>
        ${icon('close')}</button></header>
      <heard-exhibits .hearing=${this.live.hearing} .version=${now.exhibits} .self=${me(now)}
        .seatRole=${role} .mayBring=${role !== 'observer'}
        .isLive=${now.hearing?.state === 'live'} .shownId=${now.shown?.exhibit.id ?? ''}>
        </heard-exhibits></aside>`;
  }

  private ballotPlace(): '' | 'folded' | 'open' {
    const { state: now } = this.live;
    const isInside = myRoom(now) === 'deliberation';
    if (!isInside && deliberationAt(now.hearing) !== 'after') return '';
    /* Who announces has the release before him. */
    const isAnnouncing = now.hearing?.phase === 'announcement' && now.you?.role === 'presiding';
    return (this.hasBallot ?? (isInside || isAnnouncing || now.released > 0)) ? 'open' : 'folded';
  }

  private foldBallot(isOpen: boolean): void {
    this.hasBallot = !isOpen;
    if (!isOpen) this.hasExhibits = false;
  }

  private ballot(): TemplateResult {
    const { state: now } = this.live;
    return html`<aside class="exhibits ballot" aria-label=${t('ballot.title')}>
      <heard-ballot .hearing=${this.live.hearing} .version=${now.deliberation}
        .self=${now.you?.participant ?? ''} .isInside=${myRoom(now) === 'deliberation'}
        @fold=${() => this.foldBallot(true)}></heard-ballot></aside>`;
  }

  private ownSources(): Record<Source, boolean> {
    const { tracks } = this.live;
    return { microphone: !!tracks.microphone, camera: !!tracks.camera, screen: !!tracks.screen };
  }

  /* Nothing comes from anybody here: nothing is asked for either. */
  private apart(): TemplateResult {
    this.live.setViews([]);
    return html`<heard-apart .state=${this.live.state} .nowMs=${this.live.now()}></heard-apart>`;
  }

  private stage(): TemplateResult {
    const { state: now } = this.live;
    const self = now.you?.participant ?? '';
    /* Who interprets speaks for another: the large place stays with that one. */
    const speakers = now.speakers.filter((one) => now.participants.get(one)?.role !== 'interpreter');
    this.held = nextSpeaker(this.held, speakers, self, Date.now());
    this.owners = nextOwners(this.owners, now.slots, performance.now());
    const layout = arrange({
      participants: aroundMe(now), slots: now.slots, owners: this.owners,
      speakers: now.speakers, self, pinned: this.pinned, lastSpeaker: this.held.id,
      spotlight: now.hearing?.spotlight ?? '',
    });
    this.live.setViews(viewsOf(layout, this.isPhone, this.pinned));
    return html`<heard-stage .layout=${layout} .streams=${this.live.streams}
      .own=${this.ownStream()} .speaker=${this.speaker} .pinned=${this.pinned} .floor=${now.hearing?.floor?.participant ?? ''} 
      .strip=${!!shownHere(now) || (this.isPhone && this.ballotPlace() === 'open')}
      .paused=${this.live.isMoving ? 'moving' : pauseOf(now.hearing?.state)} .stills=${this.live.stills}
      @pin=${(event: CustomEvent<string>) => { this.pinned = event.detail; }}></heard-stage>`;
  }

  /* One sentence about the state of the whole room; nothing when all is as it should be. */
  private banner(): TemplateResult | typeof nothing {
    const { state: now, mediaState } = this.live;
    const { hearing } = now;
    const count = waiting(now).length;
    if (now.connection !== 'open')
      return this.say('warn', t('room.reconnecting'));
    const risk = riskOf(now);
    if (risk) return html`<heard-risk class="risk" .risk=${risk}></heard-risk>`;
    if (!this.live.isMoving && (mediaState === 'repairing' || mediaState === 'failed'))
      return this.say('warn', t('room.repairing'));
    const left = hearing && recessLeft(hearing, this.live.now());
    if (hearing && left !== null) return this.cooling(left, hearing.recess?.reason ?? '');
    if (hearing?.state === 'recessed') {
      const since = formatTime(hearing.recess?.since_ms ?? Date.now());
      return this.say('pause', t('room.recessed', {
        time: since, reason: word('recess', hearing.recess?.reason) }));
    }
    const line = this.ownLine();
    if (line !== nothing) return line;
    if (hearing?.state === 'ready')
      return this.say('', t(this.isOpening ? 'room.opening' : 'room.notOpen'));
    const alone = this.alone();
    if (alone) return this.say('', alone);
    if (hearing?.state === 'closing') return this.say('', t('room.closing'));
    if (count && this.isPhone && runsDesk(me(now)?.role ?? 'observer'))
      return this.say('', html`<button class="slim"
        @click=${() => { this.sheet = 'more'; }}>${t('room.someWait', { count })}</button>`);
    return nothing;
  }

  /* Counts down for everybody; whoever presides goes on, not the clock. */
  private cooling(left: number, reason: string): TemplateResult {
    return this.say('pause', html`${word('recess', reason)} · ${left > 0
      ? html`${t('room.recessUntil')} <time class="left">${formatClock(left)}</time>`
      : html`<b>${t('room.recessOver')}</b>`}`);
  }

  /* The mediator in a private room before the side has come. */
  private alone(): string {
    const { state: now } = this.live;
    const column = columnsOf(now).find((one) => one.isMine && one.room !== 'main');
    if (!column || column.inside.length > 1) return '';
    return column.invited.length
      ? t('room.aloneInvited', { names: namesOf(column.invited) }) : t('room.alone');
  }

  /* A plain sentence for who has the bad line: what goes on and what does not. */
  private ownLine(): TemplateResult | typeof nothing {
    const { level } = this.live;
    if (!isBad(level)) return nothing;
    /* Nothing comes here now: only a line that is gone is worth a word. */
    if (level !== 'lost' && isLeftOut(this.live.state)) return nothing;
    const offer = level === 'weak' && this.live.tracks.camera ? html` <button class="slim"
      @click=${() => void this.live.toggle('camera')}>${t('room.soundOnly')}</button>` : nothing;
    return this.say('warn', html`${word('room', `line.${level}`)}${offer}`);
  }

  private say(kind: string, what: string | TemplateResult): TemplateResult {
    return html`<div class="banner ${kind}" role="status">${kind === 'warn' ? icon('warn')
      : icon(kind === 'pause' ? 'pause' : 'info')}<span>${what}</span></div>`;
  }

  private notices(): TemplateResult {
    return html`<div class="notices" aria-live="polite">
      ${this.isSilent ? html`<button class="primary" @click=${() => {
        this.isSilent = false;
        this.sound.resume();
      }}>${icon('speaker')}${t('room.hear')}</button>` : nothing}
      ${this.live.state.notices.map((notice) => html`<heard-notice
        kind=${/^(error|reason|device)\./.test(notice.code) ? 'warn' : 'info'}>
        ${this.textOf(notice.code, notice.detail)}
        <button slot="act" class="plain slim" aria-label=${t('app.dismiss')}
          @click=${() => this.live.dismiss(notice.key)}>${icon('close')}</button>
      </heard-notice>`)}</div>`;
  }

  private textOf(code: string, detail: string): string {
    const [group = '', ...rest] = code.split('.');
    if (code === 'reason.recording_not_durable' && detail)
      return `${word(group, rest[0])}${t('risk.cause', { fault: word('fault', detail) })}`;
    if (code === 'declined') return t('rooms.declined', { name: detail });
    if (group === 'error') return word('error', rest.join('.'), t('error.internal'));
    if (group === 'device' || group === 'reason' || group === 'moved') return word(group, rest.join('.'));
    return word('notice', code);
  }

  private async decide(event: CustomEvent<'accepted' | 'declined'>): Promise<void> {
    const room = invitationOf(this.live.state);
    if (!room) return;
    this.isDeciding = true;
    await this.live.command('room.answer', { room, decision: event.detail });
    this.isDeciding = false;
  }

  private get noted(): number {
    return Number(sessionStorage.getItem(`heard.warned.${this.live.hearing}`) ?? 0);
  }

  private note(person: Participant): void {
    sessionStorage.setItem(`heard.warned.${this.live.hearing}`, String(person.warnings ?? 0));
    this.requestUpdate();
  }

  private overlays(interpreters: readonly Participant[]): TemplateResult {
    const { state: now } = this.live;
    const room = invitationOf(now);
    const warned = openWarning(now, this.noted);
    return html`
      ${warned ? html`<heard-warned .person=${warned} @noted=${() => this.note(warned)}>
        </heard-warned>` : nothing}
      <heard-papers .live=${this.live} .version=${now.papers}></heard-papers>
      ${room ? html`<heard-invitation .inside=${peopleIn(now, room)} .isBusy=${this.isDeciding}
        @decide=${this.decide}></heard-invitation>` : nothing}
      ${isAsked(now) || this.isRecusing ? html`<heard-recusal .people=${recusables(now)}
        .isOwn=${!isAsked(now)} @later=${() => { this.isRecusing = false; }}></heard-recusal>` : nothing}
      ${this.asked ? html`<heard-ask .question=${this.asked.question} @answer=${this.answer}
        @cancel=${() => { this.asked = null; }}></heard-ask>` : nothing}
      ${this.linkFor ? html`<heard-link-dialog .hearing=${this.live.hearing}
        .person=${this.linkFor} @close-dialog=${() => { this.linkFor = null; }}>
        </heard-link-dialog>` : nothing}
      ${this.sheet ? html`<heard-room-sheet .live=${this.live} .kind=${this.sheet}
        .list=${this.list} .hasCaptions=${this.hasCaptions}
        .interpreters=${interpreters} .listening=${this.listening} @close-sheet=${() => { this.sheet = ''; }}
        @devices=${this.openDevices} @phase=${this.movePhase}></heard-room-sheet>` : nothing}`;
  }
}
