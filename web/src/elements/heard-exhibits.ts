// SPDX-License-Identifier: Apache-2.0
/*
 * The exhibits of a hearing: bring one (camera, file, drop), the list by side, what may be done.
 * Before, during and after the hearing alike; "show to all" only where mayShow says so.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ApiError } from '../api';
import { exhibitApi } from '../api_exhibits';
import { HeardElement } from '../base';
import {
  bySide, FILES, mayShow, numberText, PICTURES, SIDES, type Exhibit,
} from '../exhibits';
import { formatTime } from '../format';
import { errorText, t, word } from '../i18n';
import { icon } from '../icons';
import type { Participant, Role } from '../protocol';
import { runsDesk } from '../roles';
import { base, controls, sheets } from '../styles';

interface Sending {
  name: string;
  share: number;
}

@customElement('heard-exhibits')
export class HeardExhibits extends HeardElement {
  static override styles = [base, controls, sheets, css`
    :host { display: grid; gap: 12px; align-content: start; min-width: 0; }
    :host([dragged]) { outline: 3px dashed var(--act); outline-offset: -4px; }
    .bring { display: grid; gap: 8px; }
    .bring .two { display: flex; flex-wrap: wrap; gap: 8px; }
    .bring .two > label { display: inline-flex; flex: 1 1 130px; align-items: center;
      justify-content: center; gap: 8px; min-height: 52px; padding: 8px 12px; cursor: pointer;
      border: 1px solid var(--line); border-radius: 6px; font-weight: 600; }
    .two > label.primary { background: var(--act); border-color: var(--act);
      color: var(--act-ink); }
    .two > label:focus-within { outline: 3px solid var(--act); outline-offset: 2px; }
    input[type='file'] { position: absolute; width: 1px; height: 1px; min-height: 0; padding: 0;
      opacity: 0; }
    .options { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: end; }
    .options label { font-weight: 400; font-size: 14px; }
    .row { gap: 6px; }
    progress { width: 100%; accent-color: var(--act); }
    h3 { padding-top: 4px; }
    .viewer { position: fixed; inset: 0; z-index: 20; display: grid; background: #0c1014;
      grid-template-rows: auto minmax(0, 1fr); color: #f1efe9; }
    .viewer header { display: flex; gap: 12px; align-items: center; padding: 6px 12px;
      background: #1a2128; }
    .viewer header span { flex: 1; min-width: 0; overflow: hidden; text-overflow: ellipsis;
      white-space: nowrap; }
    .viewer button { background: transparent; color: inherit; border-color: #55606b; }
  `];

  @property() hearing = '';
  @property() seatRole: Role = 'petitioner';
  /* whoever changes it has the list asked for again */
  @property({ type: Number }) version = 0;
  @property({ attribute: false }) self: Participant | null = null;
  @property({ type: Boolean }) isLive = false;
  @property() shownId = '';
  @property({ type: Boolean }) mayBring = true;
  @state() private list: Exhibit[] | null = null;
  @state() private problem = '';
  @state() private said = '';
  @state() private sending: Sending | null = null;
  @state() private viewed: Exhibit | null = null;
  @state() private viewedPage = 1;
  @state() private viewedPages = 1;
  private again: (() => void) | null = null;

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('hearing') || changed.has('version')) void this.load();
  }

  private async load(): Promise<void> {
    try {
      this.list = await exhibitApi.list(this.hearing);
      if (this.problem === t('exhibits.listFailed')) this.problem = '';
    } catch {
      if (!this.list) this.problem = t('exhibits.listFailed');
    }
  }

  private fail(error: ApiError): void {
    const { code } = error;
    this.problem = word('exhibits.problem', code, errorText(code));
  }

  private async run(work: Promise<unknown>): Promise<void> {
    this.problem = '';
    this.again = null;
    try {
      await work;
      await this.load();
    } catch (error) {
      this.fail(error as ApiError);
    }
  }

  private async bring(files: readonly File[], title = ''): Promise<void> {
    for (const [index, file] of files.entries())
      if (!(await this.bringOne(file, title))) {
        this.again = () => void this.bring(files.slice(index), title);
        return;
      }
  }

  private async bringOne(file: File, title: string): Promise<boolean> {
    const form = this.renderRoot.querySelector('form');
    const about = new FormData(form ?? undefined);
    this.problem = '';
    this.said = '';
    this.again = null;
    this.sending = { name: title || file.name, share: 0 };
    try {
      if (!file.size) throw Object.assign(new Error(), { code: 'empty' });
      const made = await exhibitApi.upload(this.hearing, file, {
        file_name: file.name.replace(/[/\\\n\t]/g, '_').slice(-200) || 'file', size: file.size,
        ...(title ? { title } : {}), ...(about.get('closed') ? { closed: true } : {}),
        ...(about.get('side') ? { side: String(about.get('side')) } : {}),
      }, (share) => { this.sending = { name: title || file.name, share }; });
      this.said = t('exhibits.sent', { number: numberText(made.side, made.number) });
      await this.load();
      return true;
    } catch (error) {
      this.fail(error as ApiError);
      return false;
    } finally {
      this.sending = null;
    }
  }

  private picked(event: Event, isPhoto: boolean): void {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    input.value = '';
    const title = isPhoto ? t('exhibits.photoTitle', { time: formatTime(Date.now()) }) : '';
    if (files.length) void this.bring(files, title);
  }

  private dragged(event: DragEvent, isOver: boolean): void {
    event.preventDefault();
    this.toggleAttribute('dragged', isOver && this.mayBring);
  }

  private dropped(event: DragEvent): void {
    this.dragged(event, false);
    const files = [...(event.dataTransfer?.files ?? [])];
    if (this.mayBring && files.length) void this.bring(files);
  }

  override render(): TemplateResult {
    const { list } = this;
    return html`<div class="stack" @dragover=${(event: DragEvent) => this.dragged(event, true)}
      @dragleave=${(event: DragEvent) => this.dragged(event, false)} @drop=${this.dropped}
      @exhibit-act=${(event: CustomEvent<{ id: string; act: string }>) => {
        const { id, ...body } = event.detail;
        void this.run(exhibitApi.act(this.hearing, id, body));
      }}
      @exhibit-show=${(event: CustomEvent<string>) =>
        void this.run(exhibitApi.show(this.hearing, event.detail))}
      @exhibit-view=${(event: CustomEvent<Exhibit>) => {
        this.viewed = event.detail;
        this.viewedPage = 1;
      }}>
      ${this.mayBring ? this.bringing() : nothing}
      <div role="status" aria-live="polite">
        ${this.sending ? html`<p class="small">${t(this.sending.share < 1 ? 'exhibits.sending'
          : 'exhibits.checking', { name: this.sending.name })}</p>
          <progress max="1" .value=${this.sending.share} aria-label=${this.sending.name}></progress>`
          : nothing}
        ${this.said ? html`<p class="small row">${icon('check')}${this.said}</p>` : nothing}
        ${this.problem ? html`<heard-notice kind="warn">${this.problem}
          ${this.again ? html`<button slot="act" class="slim" @click=${() => this.again?.()}>
            ${t('exhibits.again')}</button>` : nothing}</heard-notice>` : nothing}</div>
      ${list && !list.length ? html`<p class="soft">${t('exhibits.empty')}</p>` : nothing}
      ${bySide(list ?? []).map(([side, some]) => html`<section>
        <h3>${word('exhibitSide', side)}</h3>
        ${repeat(some, (one) => one.id, (one) => html`<heard-exhibit-item .one=${one}
          .mayShow=${mayShow(one, this.self, this.isLive)} .isShown=${one.id === this.shownId}>
          </heard-exhibit-item>`)}</section>`)}
    </div>${this.viewer()}`;
  }

  private bringing(): TemplateResult {
    const busy = !!this.sending;
    return html`<form class="bring" @submit=${(event: Event) => event.preventDefault()}>
      <div class="two">
        ${matchMedia('(pointer: coarse)').matches ? html`<label class="primary">${icon('camera')}
          ${t('exhibits.photo')}<input type="file" accept=${PICTURES} capture="environment"
          ?disabled=${busy} @change=${(event: Event) => this.picked(event, true)}></label>` : nothing}
        <label>${icon('upload')}${t('exhibits.file')}<input type="file" multiple accept=${FILES}
          ?disabled=${busy} @change=${(event: Event) => this.picked(event, false)}></label></div>
      <p class="hint">${t('exhibits.kinds')} ${matchMedia('(pointer: fine)').matches
        ? t('exhibits.drop') : ''}</p>
      <div class="options">
        ${runsDesk(this.seatRole) ? html`<label>${t('exhibits.forSide')}<select name="side">
          ${SIDES.map((side) => html`<option value=${side} ?selected=${side === 'organiser'}>
            ${word('exhibitSide', side)}</option>`)}</select></label>` : nothing}
        <label class="check"><input type="checkbox" name="closed">${t('exhibits.closed')}</label>
      </div></form>`;
  }

  private viewer(): TemplateResult | typeof nothing {
    const { viewed: one, viewedPage: page, viewedPages: pages } = this;
    if (!one) return nothing;
    const name = `${numberText(one.side, one.number)} ${one.title}`;
    return html`<div class="viewer" role="dialog" aria-modal="true" aria-label=${name}
      @keydown=${(event: KeyboardEvent) => { if (event.key === 'Escape') this.viewed = null; }}>
      <header><span>${name}</span>
        ${pages > 1 ? html`<button class="slim" aria-label=${t('exhibits.pageBack')}
          ?disabled=${page <= 1} @click=${() => { this.viewedPage = page - 1; }}>${icon('back')}</button>
          <b class="number small">${page} / ${pages}</b>
          <button class="slim" aria-label=${t('exhibits.pageOn')} ?disabled=${page >= pages}
          @click=${() => { this.viewedPage = page + 1; }}>${icon('forward')}</button>` : nothing}
        <button aria-label=${t('app.close')} @click=${() => { this.viewed = null; }}>
          ${icon('close')}</button></header>
      <heard-exhibit-view .hearing=${this.hearing} .exhibit=${one.id} .mediaType=${one.media_type}
        .page=${page} .label=${one.title}
        @pages=${(event: CustomEvent<number>) => { this.viewedPages = event.detail; }}>
        </heard-exhibit-view></div>`;
  }
}
