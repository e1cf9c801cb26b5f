// SPDX-License-Identifier: Apache-2.0
/*
 * See yourself, hear yourself, know the network, before anybody else does. Tells "choice"
 * when another device is picked, "line" when the network was tested, and "checked" with the
 * open tracks. A missing camera is no
 * obstacle: the person may go on with sound only, or with neither.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { HeardElement } from '../base';
import * as devices from '../devices';
import { t, word } from '../i18n';
import { icon } from '../icons';
import type { Role } from '../protocol';
import type { TestTracks } from './heard-connection-test';
import { base, controls, elder, sheets } from '../styles';
import { isOnDuty } from '../roles';
import type { Level, Result } from '../test_result';

const BARS = 12;

@customElement('heard-device-check')
export class HeardDeviceCheck extends HeardElement {
  static override styles = [base, controls, sheets, elder, css`
    section { max-width: 560px; margin: 0 auto; padding: 24px 16px 32px; display: grid;
      gap: 16px; }
    .picture { position: relative; background: #12171c; border-radius: var(--radius);
      aspect-ratio: 16 / 10; overflow: hidden; display: grid; place-items: center;
      color: #f1efe9; }
    video { width: 100%; height: 100%; object-fit: cover; transform: scaleX(-1); }
    .none { display: grid; gap: 8px; justify-items: center; padding: 16px; text-align: center; }
    .meter { display: flex; gap: 4px; align-items: center; }
    .meter i { flex: 1; height: 16px; border-radius: 2px; background: var(--line); }
    .meter i.on { background: var(--act); }
    .line { display: grid; grid-template-columns: 72px 1fr; gap: 12px; align-items: center; }
    .line > span:first-child { color: var(--ink-soft); }
    details { border-top: 1px solid var(--line); padding-top: 8px; }
    summary { min-height: 44px; display: flex; align-items: center; gap: 8px; cursor: pointer;
      color: var(--act); font-weight: 500; }
    details .stack { padding: 8px 0; }
    @media (min-width: 900px) {
      :host([data-short]) section { max-width: 880px;
        grid-template-columns: 1.2fr 1fr; column-gap: 32px; align-items: start; }
      :host([data-short]) .head { grid-column: 1 / -1; }
      :host([data-short]) .picture { grid-row: 2 / span 5; }
    }
  `];

  @property() hearing = '';
  @property() seatRole: Role = 'petitioner';
  @property({ attribute: false }) choice: devices.Choice = devices.loadChoice();
  /* Was in the room a moment ago: no question when everything still works. */
  @property({ type: Boolean }) isReturning = false;
  @state() private local: devices.Local | null = null;
  @state() private level = 0;
  @state() private wasHeard = false;
  @state() private lineLevel: Level = 'good';
  @state() private testTracks: TestTracks | null = null;
  @state() private list: MediaDeviceInfo[] = [];
  @query('video') private video!: HTMLVideoElement | null;
  private readonly meter = new devices.LevelMeter();
  private frame = 0;
  private handedOver = false;
  private isAway = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.isAway = false;
    this.toggleAttribute('data-short', isOnDuty(this.seatRole));
    if (this.seatRole !== 'observer') void this.open();
    else this.testTracks = { camera: null, microphone: null };
    this.focusHeading();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.isAway = true;
    cancelAnimationFrame(this.frame);
    this.meter.stop();
    if (!this.handedOver) this.stopTracks();
  }

  private stopTracks(): void {
    this.local?.camera?.stop();
    this.local?.microphone?.stop();
  }

  private async open(): Promise<void> {
    this.stopTracks();
    this.local = null;
    this.testTracks = null;
    const local = await devices.openBoth(this.choice);
    if (this.isAway) {
      local.camera?.stop();
      local.microphone?.stop();
      return;
    }
    this.local = local;
    if (!this.isReturning || !local.camera || !local.microphone)
      this.testTracks = { camera: local.camera, microphone: local.microphone };
    this.list = await devices.listDevices();
    if (local.microphone) {
      this.meter.start(local.microphone);
      this.follow();
    }
  }

  private follow(): void {
    cancelAnimationFrame(this.frame);
    const step = () => {
      this.level = this.meter.read();
      if (this.level > 0.35) this.wasHeard = true;
      this.frame = requestAnimationFrame(step);
    };
    step();
  }

  override updated(): void {
    const { local } = this;
    if (this.isReturning && !this.handedOver && local?.microphone && local.camera) {
      this.finish();
      return;
    }
    const camera = this.local?.camera;
    if (!this.video || !camera) return;
    const shown = (this.video.srcObject as MediaStream | null)?.getVideoTracks()[0];
    if (shown !== camera) this.video.srcObject = new MediaStream([camera]);
  }

  private pick(kind: keyof devices.Choice, id: string): void {
    this.choice = { ...this.choice, [kind]: id };
    this.tell('choice', this.choice);
    if (kind !== 'speaker') void this.open();
  }

  private finish(): void {
    this.handedOver = true;
    this.tell('checked', {
      camera: this.local?.camera ?? null, microphone: this.local?.microphone ?? null,
    });
  }

  override render(): TemplateResult {
    const { local } = this;
    const isShort = isOnDuty(this.seatRole);
    const problem = local?.microphoneProblem || local?.cameraProblem;
    return html`<section>
      <div class="head stack">
        ${isShort ? nothing : html`<heard-dots .step=${3}></heard-dots>`}
        <h1>${t(isShort ? 'check.titleShort' : 'check.title')}</h1>
      </div>
      ${this.seatRole === 'observer' ? html`<p>${t('check.observer')}</p>` : this.own(local)}
      <heard-connection-test .hearing=${this.hearing} .tracks=${this.testTracks}
        @line=${(event: CustomEvent<Result>) => { this.lineLevel = event.detail.level; }}>
      </heard-connection-test>
      <div class="stack">
        <button class="primary wide" ?disabled=${!local && this.seatRole !== 'observer'}
          @click=${this.finish}>${this.goText()}</button>
        ${problem ? html`<button class="wide" @click=${this.open}>${t('check.again')}</button>`
          : nothing}
      </div>
    </section>`;
  }

  private own(local: devices.Local | null): TemplateResult {
    const problems = (['microphone', 'camera'] as const)
      .map((source) => [source, local?.[`${source}Problem`] ?? ''] as const)
      .filter(([, problem]) => problem);
    const [first] = problems;
    const isBoth = problems.length === 2 && first?.[1] === problems[1]?.[1];
    return html`
      <div class="picture">${local?.camera
        ? html`<video autoplay playsinline muted aria-label=${t('check.picture')}></video>`
        : html`<div class="none">${icon('cameraOff')}
          ${local ? t('check.noPicture') : t('check.asking')}</div>`}</div>
      ${isBoth && first ? html`<heard-notice kind="warn">
          ${word('device', `both.${first[1]}`)}</heard-notice>`
        : problems.map(([source, problem]) => html`<heard-notice kind="warn">
          ${word('device', `${source}.${problem}`)}</heard-notice>`)}
      <div class="line"><span>${t('check.sound')}</span>${this.bars()}</div>
      <p class="hint" role="status">${!local?.microphone ? nothing
        : this.wasHeard ? t('check.heard') : t('check.speak')}</p>
      ${this.chooser()}`;
  }

  private goText(): string {
    if (this.lineLevel === 'lost') return t('check.goAnyway');
    if (this.seatRole === 'observer') return t('check.go');
    if (!this.local || this.local.microphone)
      return this.local && !this.local.camera ? t('check.goSound') : t('check.go');
    return t('check.goListen');
  }

  private bars(): TemplateResult {
    const lit = Math.round(this.level * BARS);
    return html`<div class="meter" role="meter" aria-label=${t('check.level')} aria-valuemin="0"
      aria-valuemax=${BARS} aria-valuenow=${lit}>
      ${Array.from({ length: BARS }, (_, index) => html`<i class=${index < lit ? 'on' : ''}></i>`)}
    </div>`;
  }

  private chooser(): TemplateResult {
    return html`<details><summary>${icon('settings')}${t('check.choose')}</summary>
      <heard-device-choice .choice=${this.choice} .list=${this.list}
        @pick=${(event: CustomEvent<{ kind: keyof devices.Choice; id: string }>) =>
          this.pick(event.detail.kind, event.detail.id)}></heard-device-choice></details>`;
  }
}
