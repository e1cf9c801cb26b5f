// SPDX-License-Identifier: Apache-2.0
/*
 * Who had a bad line when, for the case file: a strip for each person over the length of the
 * hearing. Patterns tell the levels apart, words sum them up, a list has each change.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { api, type HearingSummary, type LineChange, type Seat } from '../api';
import { HeardElement } from '../base';
import { formatTimeOfDay } from '../format';
import { t, word } from '../i18n';
import { figuresOf, isBad, stretchesOf, summaryOf, type Stretch } from '../line';
import { base, controls, sheets } from '../styles';

/* A page that stays readable; the server keeps more. */
const LISTED_MAX = 400;

@customElement('heard-line-history')
export class HeardLineHistory extends HeardElement {
  static override styles = [base, controls, sheets, css`
    .people { display: grid; gap: 12px; }
    .person { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 4px 16px;
      align-items: baseline; }
    .strip { grid-column: 1 / -1; position: relative; height: 12px; background: var(--paper);
      border: 1px solid var(--line); border-radius: 3px; overflow: hidden; }
    .strip i { position: absolute; top: 0; bottom: 0; min-width: 2px; }
    i.good { background: var(--act-soft); }
    i.weak { background: repeating-linear-gradient(135deg, var(--warn) 0 2px,
      var(--warn-soft) 2px 6px); }
    i.audio_only { background: repeating-linear-gradient(0deg, var(--warn) 0 2px,
      var(--warn-soft) 2px 5px); }
    i.lost { background: repeating-linear-gradient(45deg, var(--ink) 0 2px, transparent 2px 5px),
      repeating-linear-gradient(135deg, var(--ink) 0 2px, var(--sheet) 2px 5px); }
    .ends { display: flex; justify-content: space-between; }
    summary { min-height: var(--target); display: flex; align-items: center; cursor: pointer;
      color: var(--act); text-decoration: underline; text-underline-offset: 3px; }
    ol { display: grid; gap: 4px; }
    li { display: grid; grid-template-columns: max-content max-content minmax(0, 1fr);
      gap: 2px 12px; padding: 4px 0; border-bottom: 1px solid var(--line); }
    li .small { grid-column: 2 / -1; }
    @media (max-width: 500px) { .person { grid-template-columns: minmax(0, 1fr); } }
  `];

  @property({ attribute: false }) hearing!: HearingSummary;
  @state() private changes: LineChange[] | null = null;
  private asked = '';

  /* Asked anew when another hearing is shown, or this one went on or ended meanwhile. */
  override willUpdate(changed: PropertyValues<this>): void {
    const { id, ended_at_ms } = this.hearing;
    const key = `${id}/${ended_at_ms ?? ''}`;
    if (!changed.has('hearing') || (key === this.asked && ended_at_ms)) return;
    if (!this.asked.startsWith(id)) this.changes = null;
    this.asked = key;
    void this.load(id);
  }

  /* Who may not see it sees no empty box either. */
  private async load(id: string): Promise<void> {
    const changes = await api.lines(id).catch(() => null);
    if (id === this.hearing.id) this.changes = changes ?? this.changes;
  }

  override render(): TemplateResult | typeof nothing {
    const { changes, hearing } = this;
    if (!changes?.length) return nothing;
    const from_ms = Math.min(hearing.started_at_ms ?? Infinity, changes[0]?.at_ms ?? Infinity);
    const to_ms = Math.max(hearing.ended_at_ms ?? Date.now(), changes.at(-1)?.at_ms ?? 0);
    const people = hearing.seats.filter((seat) =>
      changes.some((one) => one.participant === seat.participant));
    return html`<section class="card stack"><h3>${t('line.title')}</h3>
      <p class="small soft">${t('line.note')}</p>
      <div class="people">
        ${people.map((seat) => this.person(seat, from_ms, to_ms))}
        <div class="ends small soft number" aria-hidden="true">
          <span>${formatTimeOfDay(from_ms)}</span><span>${formatTimeOfDay(to_ms)}</span></div>
      </div>
      ${this.details(people, to_ms)}</section>`;
  }

  private of(seat: Seat, end_ms: number): Stretch[] {
    const own = (this.changes ?? []).filter((one) => one.participant === seat.participant);
    return stretchesOf(own, end_ms);
  }

  private person(seat: Seat, from_ms: number, to_ms: number): TemplateResult {
    const stretches = this.of(seat, to_ms);
    const whole = Math.max(1, to_ms - from_ms);
    const place = (one: Stretch) => `left:${(((one.from_ms - from_ms) / whole) * 100).toFixed(3)}%;`
      + `width:${(((one.to_ms - one.from_ms) / whole) * 100).toFixed(3)}%`;
    return html`<div class="person"><span>${seat.name}</span>
      <span class="small soft">${summaryOf(stretches)}</span>
      <div class="strip" aria-hidden="true">${stretches.map((one) => html`<i class=${one.level}
        .style=${place(one) as unknown as CSSStyleDeclaration}
        title="${formatTimeOfDay(one.from_ms)} – ${formatTimeOfDay(one.to_ms)} ${
          word('line', one.level)}"></i>`)}</div></div>`;
  }

  /* The bad stretches of all, oldest first, with the figures that were measured. */
  private details(people: readonly Seat[], to_ms: number): TemplateResult | typeof nothing {
    const bad = people.flatMap((seat) => this.of(seat, to_ms)
      .filter((one) => isBad(one.level)).map((one) => ({ ...one, name: seat.name })))
      .sort((one, other) => one.from_ms - other.from_ms);
    if (!bad.length) return nothing;
    return html`<details><summary>${t('line.details')}</summary><ol>
      ${bad.slice(0, LISTED_MAX).map((one) => html`<li>
        <span class="number">${formatTimeOfDay(one.from_ms)} – ${formatTimeOfDay(one.to_ms)}</span>
        <span>${one.name}</span><b>${word('line', one.level)}</b>
        ${one.level === 'lost' ? nothing
          : html`<span class="small soft number">${figuresOf(one.change)}</span>`}</li>`)}
    </ol></details>`;
  }
}
