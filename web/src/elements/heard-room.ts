// SPDX-License-Identifier: Apache-2.0
/*
 * The hearing room: binds the parts to one LiveHearing and turns their events into commands.
 * The frame and the top line tell which room this is; the light tells whether it is recorded.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { deliberationAt } from '../ballot';
import { HeardElement } from '../base';
import * as devices from '../devices';
import { openWarning } from '../floor';
import { t } from '../i18n';
import { icon } from '../icons';
import {
  arrange, doubledSlots, nextOwners, nextSpeaker, viewsOf, type Held, type Owners,
} from '../layout';
import { AS_THEY_COME, Ear, gainsOf, interpretersFor, type Listening } from '../interpreting';
import { tableOf } from '../mediation/table';
import type { LiveHearing } from '../live';
import { Panels, type Panel, type Reason } from '../panels';
import type { HearingState, Participant, Source } from '../protocol';
import {
  askClose, askLeave, askPerson, askPhase, askRecess, type Asked, type PersonAsk,
} from '../questions';
import { isAsked, mayAskLater, recusables } from '../recusal';
import { runsDesk } from '../roles';
import {
  aroundMe, hearersOf, invitationOf, isClosedRoom, isLeftOut, myRoom, peopleIn, runsRooms, shownHere,
} from '../rooms';
import { me, recordedMs, waiting } from '../store';
import { base, controls, roomTokens } from '../styles';
import { Talk } from '../talk';
import type { Answer } from './heard-ask';
import type { HeardControls } from './heard-controls';
import { openDecision } from './heard-mediation';
import type { HeardSound } from './heard-sound';
import type { Pause } from './heard-tile';
import { roomLayout } from './room-styles';

const pauseOf = (state: HearingState | undefined): Pause =>
  (state === 'recessed' ? 'recess' : state === 'ready' ? 'notOpen' : '');

const isPhone = (): boolean => matchMedia('(max-width: 700px)').matches;
const NOTHING_PUT_OFF: ReadonlySet<string> = new Set();

/* Large type and targets, whatever the page was that led here (styles.ts). */
const ELDER = ['petitioner', 'agent', 'witness'];
const LISTEN_MS = 200;
const CAPTIONS_KEY = 'heard.captions';

@customElement('heard-room')
export class HeardRoom extends HeardElement {
  static override styles = [roomTokens, base, controls, roomLayout];

  @property({ attribute: false }) live!: LiveHearing;
  @state() private pinned = '';
  @state() private asked: Asked | null = null;
  @state() private isLeaving = false;
  @state() private linkFor: Participant | null = null;
  @state() private sheet: '' | 'more' | 'devices' | 'listening' = '';
  /* A column of a desk, open from the start for the clerk alone; null: not chosen. */
  @state() private hasMinutes: boolean | null = null;
  @state() private hasCaptions = localStorage.getItem(CAPTIONS_KEY) !== 'off';
  @state() private list: MediaDeviceInfo[] = [];
  @state() private isSilent = false;
  @state() private isOpening = false;
  @state() private isDeciding = false;
  @state() private isRecusing = false;
  private readonly panels = new Panels(window, isPhone);
  private panel: Panel | '' = '';
  private lastPanel: Panel = 'exhibits';
  private isFocusInside = false;
  /* decisions that were put off */
  @state() private later: ReadonlySet<string> = NOTHING_PUT_OFF;
  @query('heard-sound') private sound!: HeardSound;
  @query('heard-controls') private bar!: HeardControls;
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
  private readonly popped = () => {
    this.panels.popped();
    this.requestUpdate();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    this.live.addEventListener('change', this.follow);
    this.timer = setInterval(this.follow, 1000);
    this.ear = setInterval(() => this.listen(), LISTEN_MS);
    addEventListener('resize', this.follow);
    addEventListener('popstate', this.popped);
    tableOf(this.live).addEventListener('change', this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.live.removeEventListener('change', this.follow);
    removeEventListener('resize', this.follow);
    removeEventListener('popstate', this.popped);
    this.panels.leave();
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

  /* The panels that could be open now. */
  private panelsThere(): Set<Panel> {
    const { state: now } = this.live;
    const there = new Set<Panel>();
    if (!isClosedRoom(myRoom(now))) there.add('exhibits');
    if (tableOf(this.live).view) there.add('mediation');
    if (myRoom(now) === 'deliberation' || deliberationAt(now.hearing) === 'after')
      there.add('ballot');
    if (runsDesk(me(now)?.role ?? 'observer')) there.add('minutes');
    return there;
  }

  /* A party is shown what it is asked, the panel its deliberation, who announces the release;
   * whoever closed it finds it under its button. */
  private reasons(): Reason[] {
    const { state: now } = this.live;
    const reasons: Reason[] = [];
    const decision = openDecision(this.live, NOTHING_PUT_OFF);
    if (decision) reasons.push({ key: decision.key, panel: 'mediation' });
    /* Both sides see each change of what they are to agree on. */
    if (tableOf(this.live).view?.draft && !runsDesk(now.you?.role ?? 'observer'))
      reasons.push({ key: 'draft', panel: 'mediation' });
    if (myRoom(now) === 'deliberation') reasons.push({ key: 'inside', panel: 'ballot' });
    else if (deliberationAt(now.hearing) === 'after') {
      if (now.released) reasons.push({ key: `released.${now.released}`, panel: 'ballot' });
      else if (now.hearing?.phase === 'announcement' && now.you?.role === 'presiding')
        reasons.push({ key: 'announcing', panel: 'ballot' });
    }
    return reasons;
  }

  override willUpdate(): void {
    const there = this.panelsThere();
    this.panels.follow(there, this.reasons());
    this.isFocusInside = this.shadowRoot?.activeElement?.localName === 'heard-side';
    this.panel = this.panels.shown(there);
    this.toggleAttribute('elder', ELDER.includes(this.live.state.you?.role ?? ''));
  }

  /* The keyboard is not lost with the panel in which it was. */
  override updated(): void {
    if (this.isFocusInside && !this.renderRoot.querySelector('heard-side'))
      this.bar.focusOn(this.lastPanel);
    if (this.panel) this.lastPanel = this.panel;
  }

  private toggle(panel: Panel): void {
    if (this.panels.open !== panel) this.later = NOTHING_PUT_OFF; /* comes back with its panel */
    this.panels.toggle(panel);
    this.requestUpdate();
  }

  private closePanel(): void {
    this.panels.close();
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const { state: now } = this.live;
    if (!now.hearing || !now.you) return html`<heard-state kind="loading"></heard-state>`;
    const self = me(now);
    const isDesk = !!self && runsDesk(self.role);
    const here = myRoom(now);
    const hasRooms = runsRooms(now);
    const isBeside = isDesk && !isPhone()
      && (this.hasMinutes ?? (self?.role === 'clerk' || this.panels.open === 'minutes'));
    const shown = shownHere(now);
    const interpreters = interpretersFor(aroundMe(now), now.you.participant);
    const { panel } = this;
    const isSide = panel !== '' && panel !== 'minutes';
    /* On a phone all but the deliberation lies over the pictures: out of reach then. */
    const isCovered = isSide && panel !== 'ballot' && isPhone();
    const has = [isDesk || isSide ? 'with-desk' : '', isBeside ? 'with-minutes' : '',
      shown ? 'showing' : '', isSide ? `with-side with-${panel}` : '',
      isClosedRoom(here) ? here : ''];
    return html`<div class="room ${has.join(' ')}"
      @panel=${(event: CustomEvent<Panel>) => this.openPanel(event.detail)}
      @captions=${() => this.toggleCaptions()} @close-side=${() => this.closePanel()}
      @more=${() => { this.sheet = 'more'; }}
      @exhibit-problem=${(event: CustomEvent<string>) => this.live.notify(`error.${event.detail}`)}
      @command=${this.send} @person-ask=${this.askPerson} @ask=${this.ask}
      @new-link=${(event: CustomEvent<Participant>) => { this.linkFor = event.detail; }}
      @source=${(event: CustomEvent<Source>) => void this.live.toggle(event.detail)}
      @open-listening=${() => { this.sheet = 'listening'; }}
      @listening=${(event: CustomEvent<Listening>) => { this.listening = event.detail; }}>
      <div class="top"><heard-room-top .hearing=${now.hearing} .recording=${now.recording}
        .recordedMs=${recordedMs(now, Date.now())} .nowMs=${this.live.now()}
        .level=${this.live.level} .isPhone=${isPhone()} .here=${here}
        .hearers=${hearersOf(now)} .isMoving=${this.live.isMoving}></heard-room-top>
        ${isClosedRoom(here) ? nothing : html`<heard-floor .state=${now} .nowMs=${this.live.now()}>
        </heard-floor>`}</div>
      <div class="above"><heard-standing .state=${now}></heard-standing>
        <heard-banner .live=${this.live} .nowMs=${this.live.now()} .isPhone=${isPhone()}
          .isOpening=${this.isOpening}></heard-banner></div>
      ${shown ? html`<heard-shown ?inert=${isCovered} .shown=${shown}
        .hearing=${now.hearing.id} .self=${self} .byName=${now.participants.get(shown.by)?.name ?? ''}></heard-shown>` : nothing}
      ${isLeftOut(now) ? this.apart(isCovered) : this.stage(isCovered)}
      ${this.captions(self)}
      ${hasRooms ? html`<heard-rooms class="wide-only" .state=${now} .nowMs=${this.live.now()}>
        </heard-rooms>` : nothing}
      ${isBeside ? html`<section class="minutes" aria-label=${t('minutes.title')}>
        <heard-minutes .live=${this.live} @fold=${() => this.openPanel('minutes')}>
        </heard-minutes></section>` : nothing}
      ${isSide ? this.side(panel) : isDesk ? html`<aside aria-label=${t('desk.title')}>
        <heard-desk .state=${now}></heard-desk></aside>` : nothing}
      <heard-phase-bar ?inert=${isCovered} class=${isDesk ? '' : 'wide-only'}
        .hearing=${now.hearing} .mayMove=${now.you.may.includes('hearing.advance')} .act=${isPhone() ? this.next() : ''}
        .isBusy=${this.isOpening} @phase=${this.movePhase}>
      </heard-phase-bar>
      <heard-papers .live=${this.live} .version=${now.papers}></heard-papers>
      <heard-controls .self=${self} .may=${now.you.may} .hearingState=${now.hearing.state}
        .here=${here} .hasRooms=${hasRooms} .own=${this.ownSources()}
        .canShare=${devices.canShareScreen()} .isOpening=${this.isOpening}
        .hasCaptions=${this.hasCaptions} .hasMinutes=${isBeside}
        .hasListening=${interpreters.length > 0} .panel=${panel} .panels=${this.panelsThere()}
        .isAsked=${!!openDecision(this.live, this.later)} .mayAskRecusal=${mayAskLater(now)}
        .waiting=${isDesk ? waiting(now).length : 0} @devices=${this.openDevices}>
      </heard-controls>
      ${this.notices()} ${this.overlays(interpreters)}
      <heard-sound .streams=${this.live.streams} .doubled=${doubledSlots(now.slots)}
        .gains=${gainsOf(now.slots, interpreters, this.listening, this.isInterpreting)}
        .speaker=${this.live.choice.speaker}
        @sound-blocked=${() => { this.isSilent = true; }}></heard-sound>
    </div>`;
  }

  private next(): '' | 'open' | 'resume' {
    const { hearing, you } = this.live.state;
    if (you?.may.includes('hearing.open')) return 'open';
    return hearing?.state === 'recessed' && you?.may.includes('hearing.resume') ? 'resume' : '';
  }

  /* Minutes are a column of a desk, and a panel on a phone only. */
  private openPanel(panel: Panel): void {
    if (panel !== 'minutes' || isPhone()) return this.toggle(panel);
    this.hasMinutes = !(this.hasMinutes ?? me(this.live.state)?.role === 'clerk');
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

  private side(panel: 'exhibits' | 'mediation' | 'ballot'): TemplateResult {
    const isOutside = panel === 'ballot' && myRoom(this.live.state) !== 'deliberation';
    const isTyping = this.shadowRoot?.activeElement?.localName === 'heard-minutes';
    return html`<heard-side class=${panel} .kind=${panel} .closing=${t(`${panel}.close`)}
      .heading=${t(isOutside ? 'ballot.titleAfter' : `${panel}.title`)}
      .takesFocus=${this.panels.isByHand || (isPhone() && !isTyping)}>
      ${panel === 'mediation' ? this.mediation() : panel === 'ballot' ? this.ballot()
        : this.exhibits()}</heard-side>`;
  }

  private mediation(): TemplateResult {
    return html`<heard-mediation .live=${this.live} .later=${this.later}
      @mediation-later=${(event: CustomEvent<string>) => {
        this.later = new Set([...this.later, event.detail]);
        this.closePanel();
      }}></heard-mediation>`;
  }

  private exhibits(): TemplateResult {
    const { state: now } = this.live;
    const role = now.you?.role ?? 'observer';
    return html`<heard-exhibits .hearing=${this.live.hearing} .version=${now.exhibits}
      .self=${me(now)} .seatRole=${role} .mayBring=${role !== 'observer'}
      .isLive=${now.hearing?.state === 'live'} .shownId=${now.shown?.exhibit.id ?? ''}>
      </heard-exhibits>`;
  }

  private ballot(): TemplateResult {
    const { state: now } = this.live;
    return html`<heard-ballot .hearing=${this.live.hearing} .version=${now.deliberation}
      .self=${now.you?.participant ?? ''} .isInside=${myRoom(now) === 'deliberation'}>
      </heard-ballot>`;
  }

  private ownSources(): Record<Source, boolean> {
    const { tracks } = this.live;
    return { microphone: !!tracks.microphone, camera: !!tracks.camera, screen: !!tracks.screen };
  }

  /* Nothing comes from anybody here: nothing is asked for either. */
  private apart(isCovered: boolean): TemplateResult {
    this.live.setViews([]);
    return html`<heard-apart ?inert=${isCovered} .state=${this.live.state} .nowMs=${this.live.now()}></heard-apart>`;
  }

  private stage(isCovered: boolean): TemplateResult {
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
    this.live.setViews(viewsOf(layout, isPhone(), this.pinned));
    return html`<heard-stage ?inert=${isCovered} .layout=${layout} .streams=${this.live.streams}
      .own=${this.ownStream()} .speaker=${this.speaker} .pinned=${this.pinned} .floor=${now.hearing?.floor?.participant ?? ''} 
      .strip=${!!shownHere(now) || (isPhone() && this.panel === 'ballot')}
      .paused=${this.live.isMoving ? 'moving' : pauseOf(now.hearing?.state)} .stills=${this.live.stills}
      @pin=${(event: CustomEvent<string>) => { this.pinned = event.detail; }}></heard-stage>`;
  }

  private notices(): TemplateResult {
    return html`<heard-notices class="notices" .notices=${this.live.state.notices}
      @dismiss=${(event: CustomEvent<number>) => this.live.dismiss(event.detail)}>
      ${this.isSilent ? html`<button class="primary" @click=${() => {
        this.isSilent = false;
        this.sound.resume();
      }}>${icon('speaker')}${t('room.hear')}</button>` : nothing}</heard-notices>`;
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

  private closeSheet(): void {
    if (this.sheet) this.sheet = '';
    else this.closePanel();
  }

  private overlays(interpreters: readonly Participant[]): TemplateResult {
    const { state: now } = this.live;
    const room = invitationOf(now);
    const warned = openWarning(now, this.noted);
    const sheet = this.sheet || (this.panel === 'minutes' && isPhone() ? 'minutes' : '');
    return html`
      ${warned ? html`<heard-warned .person=${warned} @noted=${() => this.note(warned)}>
        </heard-warned>` : nothing}
      ${room ? html`<heard-invitation .inside=${peopleIn(now, room)} .isBusy=${this.isDeciding}
        @decide=${this.decide}></heard-invitation>` : nothing}
      ${isAsked(now) || this.isRecusing ? html`<heard-recusal .people=${recusables(now)}
        .isOwn=${!isAsked(now)} @later=${() => { this.isRecusing = false; }}></heard-recusal>` : nothing}
      ${this.asked ? html`<heard-ask .question=${this.asked.question} @answer=${this.answer}
        @cancel=${() => { this.asked = null; }}></heard-ask>` : nothing}
      ${this.linkFor ? html`<heard-link-dialog .hearing=${this.live.hearing}
        .person=${this.linkFor} @close-dialog=${() => { this.linkFor = null; }}>
        </heard-link-dialog>` : nothing}
      ${sheet ? html`<heard-room-sheet .live=${this.live} .kind=${sheet}
        .list=${this.list} .hasCaptions=${this.hasCaptions} .panels=${this.panelsThere()}
        .interpreters=${interpreters} .listening=${this.listening} @close-sheet=${() => this.closeSheet()}
        @devices=${this.openDevices} @phase=${this.movePhase}></heard-room-sheet>` : nothing}`;
  }
}
