// SPDX-License-Identifier: Apache-2.0
/*
 * One sentence about the state of the whole room, the gravest there is; nothing when all is as it
 * should be. Tells "source" 'camera' (sound only) and "more" (see who waits, on a phone).
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { recessLeft } from '../floor';
import { formatClock, formatTime } from '../format';
import { t, word } from '../i18n';
import { icon } from '../icons';
import { isBad } from '../line';
import type { LiveHearing } from '../live';
import { namesOf } from '../plate';
import { riskOf } from '../risk';
import { runsDesk } from '../roles';
import { columnsOf, isLeftOut } from '../rooms';
import { me, waiting } from '../store';
import { base, controls } from '../styles';

@customElement('heard-banner')
export class HeardBanner extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: block; min-width: 0; }
    .banner { display: flex; gap: 10px; align-items: center; padding: 8px 16px;
      background: var(--act-soft); border-bottom: 1px solid var(--line); }
    .banner svg { width: 20px; height: 20px; flex: none; }
    .banner span { text-wrap: balance; word-break: keep-all; overflow-wrap: anywhere; }
    .banner .slim { min-height: 44px; }
    .warn { background: var(--warn-soft); }
    .warn svg { color: var(--warn); }
    .pause { background: var(--sheet); }
    .left { font-size: 28px; font-weight: 600; font-variant-numeric: tabular-nums; }
    @media (max-width: 700px) {
      .banner { padding: 8px 12px; }
      .banner.warn { font-size: 18px; }
    }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  /* redrawn each second, and at whatever is told */
  @property({ type: Number }) nowMs = 0;
  @property({ type: Boolean }) isPhone = false;
  @property({ type: Boolean }) isOpening = false;

  override render(): TemplateResult | typeof nothing {
    const { state: now, mediaState } = this.live;
    const { hearing } = now;
    const count = waiting(now).length;
    if (now.connection !== 'open') return this.say('warn', t('room.reconnecting'));
    const risk = riskOf(now);
    if (risk) return html`<heard-risk .risk=${risk}></heard-risk>`;
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
      return this.say('', html`<button class="slim" @click=${() => this.tell('more')}>
        ${t('room.someWait', { count })}</button>`);
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
    const column = columnsOf(this.live.state).find((one) => one.isMine && one.room !== 'main');
    if (!column || column.inside.length > 1) return '';
    return column.invited.length
      ? t('room.aloneInvited', { names: namesOf(column.invited) }) : t('room.alone');
  }

  /* A plain sentence for who has the bad line: what goes on and what does not. */
  private ownLine(): TemplateResult | typeof nothing {
    const { level } = this.live;
    if (!isBad(level)) return nothing;
    /* Nothing comes here now: only a line that is gone is worth a word. */
    const isQuiet = isLeftOut(this.live.state) || this.live.state.hearing?.state === 'ready';
    if (level !== 'lost' && isQuiet) return nothing;
    const offer = level === 'weak' && this.live.tracks.camera ? html` <button class="slim"
      @click=${() => this.tell('source', 'camera')}>${t('room.soundOnly')}</button>` : nothing;
    return this.say('warn', html`${word('room', `line.${level}`)}${offer}`);
  }

  private say(kind: string, what: string | TemplateResult): TemplateResult {
    return html`<div class="banner ${kind}" role="status">${kind === 'warn' ? icon('warn')
      : icon(kind === 'pause' ? 'pause' : 'info')}<span>${what}</span></div>`;
  }
}
