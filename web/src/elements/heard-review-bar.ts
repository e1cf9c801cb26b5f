// SPDX-License-Identifier: Apache-2.0
/*
 * The controls below the pictures. Draws the clock's state; tells "act" with the name of what
 * was asked (review/keys.ts), "speed", "layout" and "person" with what was chosen.
 */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatClock } from '../format';
import { t, word } from '../i18n';
import { icon, type IconName } from '../icons';
import { LAYOUTS, type Layout } from '../review/arrange';
import type { ReviewClock } from '../review/clock';
import type { Act } from '../review/keys';
import { SPEEDS } from '../review/sync';
import { chapterAt, speakersAt, type Timeline } from '../review/timeline';
import { base, controls } from '../styles';

@customElement('heard-review-bar')
export class HeardReviewBar extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; gap: 8px; }
    .bar { display: flex; gap: 8px 12px; align-items: center; flex-wrap: wrap; }
    .time { font-size: 20px; }
    .now { margin-right: auto; min-width: 0; overflow-wrap: anywhere; }
    .group { display: inline-flex; align-items: center; }
    .group > * { border-radius: 0; margin-left: -1px; }
    .group > :first-child { border-radius: 6px 0 0 6px; margin-left: 0; }
    .group > :last-child { border-radius: 0 6px 6px 0; }
    .icon { padding: 8px 10px; }
    .icon svg { width: 20px; height: 20px; }
    select { width: auto; padding-right: 4px; }
    .name { color: var(--ink-soft); font-size: 14px; white-space: nowrap; }
    [aria-pressed='true'] { background: var(--act-soft);
      border-color: var(--act); color: var(--act); font-weight: 600; z-index: 1; }
    .told { min-height: 24px; color: var(--act); font-size: 14px; font-weight: 500; }
    .jumps { display: flex; gap: 8px 20px; flex-wrap: wrap; align-items: center; }
    .jumps > div { display: inline-flex; align-items: center; gap: 8px; }
    @media (min-width: 1001px) { .narrow-only { display: none; } }
    @media (max-width: 700px) {
      .now { width: 100%; order: -1; } .wide-only { display: none; }
      .jumps { gap: 8px 12px; } .person { max-width: 108px; }
    }
  `];

  @property({ attribute: false }) timeline!: Timeline;
  @property({ attribute: false }) clock!: ReviewClock;
  @property({ type: Number }) at = 0;
  @property() layout: Layout = 'grid';
  @property() person = '';
  @property() told = '';
  @property({ type: Boolean }) hasExhibits = false;
  @property({ type: Boolean }) hasMarks = false;
  @property({ type: Boolean }) isPinned = false;
  @property({ type: Boolean }) compact = false;
  /* what the clock does now in one text: it draws again when that changes */
  @property() stamp = '';

  private act(act: Act): void {
    this.tell('act', act);
  }

  private button(act: Act, name: IconName, label: string): TemplateResult {
    return html`<button class="icon" aria-label=${label} title=${label}
      @click=${() => this.act(act)}>${icon(name)}</button>`;
  }

  private pair(back: Act, on: Act, labels: [string, string]): TemplateResult {
    return html`<span class="group">${this.button(back, 'back', labels[0])}
      ${this.button(on, 'forward', labels[1])}</span>`;
  }

  override render(): TemplateResult {
    const { timeline, clock } = this;
    const speaking = speakersAt(timeline, this.at);
    const names = timeline.participants.filter((one) => speaking.includes(one.id))
      .map((one) => one.name).join(t('list.comma'));
    const chapter = chapterAt(timeline, this.at);
    return html`<div class="bar" role="group" aria-label=${t('review.controls')}>
      <button class="primary" @click=${() => this.act('toggle')}>
        ${icon(clock.isPlaying ? 'pause' : 'play')}
        ${t(clock.isPlaying ? 'review.pause' : 'review.play')}</button>
      <span class="time number"><time>${formatClock(this.at)}</time>
        <span class="soft">/ ${formatClock(timeline.duration_ms)}</span></span>
      <span class="now soft">${chapter ? word('phase', chapter.phase) : nothing}
        ${names ? html` · ${t('review.speaks', { names })}` : nothing}</span>
      ${this.speeds()}
      ${this.compact ? nothing : html`<button
        aria-pressed=${clock.skipsSilence ? 'true' : 'false'} ?disabled=${!clock.hasSilence}
        title=${clock.hasSilence ? '' : t('review.noSilence')}
        @click=${() => this.act('silence')}>${t('review.silence')}</button>`}</div>
      ${this.compact ? nothing : this.looks()}
      ${this.jumps()}`;
  }

  /* One line of what happened just now: a jump over silence, else what the page says. */
  private line(): string {
    const { skipped } = this.clock;
    if (!skipped) return this.told;
    return t('review.skipped', {
      length: formatClock(skipped[1] - skipped[0] + 500), from: formatClock(skipped[0]),
      to: formatClock(skipped[1]),
    });
  }

  private speeds(): TemplateResult {
    const { speed } = this.clock;
    return html`<span class="group">
      <button class="icon" aria-label=${t('review.slower')} title="${t('review.slower')} ["
        ?disabled=${speed <= SPEEDS[0]} @click=${() => this.act('slower')}>−</button>
      <select aria-label=${t('review.speed')} @change=${(event: Event) =>
        this.tell('speed', Number((event.target as HTMLSelectElement).value))}>
        ${SPEEDS.map((one) => html`<option value=${one} .selected=${one === speed}>
          ${one}×</option>`)}</select>
      <button class="icon" aria-label=${t('review.faster')} title="${t('review.faster')} ]"
        ?disabled=${speed >= SPEEDS[SPEEDS.length - 1]!}
        @click=${() => this.act('faster')}>＋</button></span>`;
  }

  private looks(): TemplateResult {
    return html`<div class="bar">
      <span class="group" role="group" aria-label=${t('review.layout')}>
        ${LAYOUTS.map((one) => html`<button
          aria-pressed=${one === this.layout ? 'true' : 'false'}
          @click=${() => this.tell('layout', one)}>${word('reviewLayout', one)}</button>`)}</span>
      ${this.isPinned ? html`<button @click=${() => this.act('follow')}>${icon('pin')}
        ${t('review.follow')}</button>` : nothing}
      <button @click=${() => this.act('bookmark')}>${icon('bookmark')}
        ${t('review.bookmark')}</button>
      <button class="narrow-only" @click=${() => this.act('note')}>${icon('note')}
        ${t('notes.write')}</button>
      <button @click=${() => this.act('fullscreen')}>${icon('enlarge')}
        ${t('review.fullscreen')}</button>
      <button class="wide-only" @click=${() => this.act('help')}>${icon('keyboard')}
        ${t('review.help')}</button></div>`;
  }

  private jumps(): TemplateResult {
    const people = this.timeline.participants.filter((one) => one.speaking.length);
    return html`<div class="jumps">
      <div><button class="slim" @click=${() => this.act('phaseBack')}>
        ${t('review.previous')}</button>
        <button class="slim" @click=${() => this.act('phaseOn')}>${t('review.next')}</button></div>
      ${people.length ? html`<div><span class="name">${t('review.turns')}</span>
        <select class="person" aria-label=${t('review.turns')} @change=${(event: Event) =>
          this.tell('person', (event.target as HTMLSelectElement).value)}>
          <option value="">${t('review.everybody')}</option>
          ${people.map((one) => html`<option value=${one.id}
            .selected=${one.id === this.person}>${one.name}</option>`)}</select>
        ${this.pair('turnBack', 'turnOn', [t('review.turnBack'), t('review.turnOn')])}
        </div>` : nothing}
      ${this.hasExhibits ? html`<div><span class="name">${t('review.exhibits')}</span>
        ${this.pair('exhibitBack', 'exhibitOn', [t('review.exhibitBack'), t('review.exhibitOn')])}
        </div>` : nothing}
      ${this.hasMarks ? html`<div><span class="name">${t('review.marks')}</span>
        ${this.pair('markBack', 'markOn', [t('review.markBack'), t('review.markOn')])}
        </div>` : nothing}
      <p class="told" role="status">${this.line()}</p></div>`;
  }
}
