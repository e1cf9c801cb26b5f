// SPDX-License-Identifier: Apache-2.0
/*
 * The minutes beside the picture. The clerk types: a line begins with its first letter, Enter ends
 * it; who speaks is suggested by the voices and named by one key. Others who answer for the minutes
 * read along. Tells "fold" when it is to go away.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { HeardElement } from '../base';
import { formatDate } from '../format';
import { fill, language, t, word, type Values } from '../i18n';
import { icon } from '../icons';
import type { LiveHearing } from '../live';
import { deskOf, type MinutesDesk } from '../minutes/desk';
import type { Choice, Entry } from '../minutes/draft';
import { KINDS, TEXT_MAX, type MinutesKind, type Words } from '../minutes/line';
import type { MachineDraft } from '../minutes/machine';
import { candidates, KEYS_MAX, suggest } from '../minutes/speakers';
import { templatesOf } from '../minutes/templates';
import type { Participant } from '../protocol';
import { roleWord } from '../plate';
import { inRoom } from '../store';
import { base, controls } from '../styles';
import type { HeardMinutesLine } from './heard-minutes-line';

@customElement('heard-minutes')
export class HeardMinutes extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; grid-template-rows: auto minmax(0, 1fr) auto; min-height: 0; height: 100%;
      background: var(--sheet); }
    header { display: flex; gap: 4px 8px; align-items: center; padding: 4px 4px 4px 16px;
      border-bottom: 1px solid var(--line); min-height: 52px; flex-wrap: wrap; }
    header h2 { font-size: 16px; }
    .saved { color: var(--ink-soft); font-size: 13px; flex: 1; min-width: 96px; }
    .saved.retrying { color: var(--warn); font-weight: 600; }
    header .slim { min-width: 44px; min-height: 44px; padding: 4px 8px; }
    .list { overflow: auto; min-height: 0; overscroll-behavior: contain; }
    .list heard-minutes-line { content-visibility: auto; contain-intrinsic-size: auto 48px; }
    .empty { padding: 24px 16px; color: var(--ink-soft); text-wrap: pretty; }
    .compose { border-top: 1px solid var(--line); padding: 8px 12px 12px; display: grid; gap: 8px; }
    .chips { display: flex; gap: 6px; overflow-x: auto; padding: 3px; margin: -3px; }
    .chips button { min-height: 44px; padding: 2px 10px; font-size: 14px; white-space: nowrap; gap: 6px;
      flex: none; }
    .chips [aria-pressed='true'] { background: var(--act-soft); border-color: var(--act); }
    kbd { font: inherit; font-size: 12px; color: var(--ink-soft); border: 1px solid var(--line);
      border-radius: 3px; padding: 0 4px; }
    .voice { width: 8px; height: 8px; border-radius: 50%; background: var(--act); }
    .tools { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
    select { min-height: 44px; padding: 4px 8px; font-size: 14px; }
    textarea { min-height: 64px; font-family: var(--serif); }
    .keys { font-size: 12px; line-height: 1.5; color: var(--ink-soft); }
    @media (max-width: 700px) { .keys, kbd { display: none; } }
  `];

  @property({ attribute: false }) live!: LiveHearing;
  @state() private current = '';
  @state() private openKey = '';
  @state() private chosen: string | null | undefined = undefined;
  @state() private kind: MinutesKind = 'statement';
  @state() private told = '';
  @query('.list') private list!: HTMLElement | null;
  @query('.compose textarea') private field!: HTMLTextAreaElement | null;
  private desk!: MinutesDesk;
  private asked = '';
  private last: string | null = null;
  private isAtEnd = true;
  private readonly named = new Set<string>();
  private readonly follow = () => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.desk = deskOf(this.live);
    this.desk.addEventListener('change', this.follow);
    this.live.addEventListener('change', this.follow);
    this.addEventListener('keydown', this.key);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.desk.removeEventListener('change', this.follow);
    this.live.removeEventListener('change', this.follow);
    this.removeEventListener('keydown', this.key);
    this.finish();
  }

  override willUpdate(): void {
    const { list } = this;
    this.isAtEnd = !list || list.scrollHeight - list.scrollTop - list.clientHeight < 48;
    const entry = this.desk.draft.get(this.current);
    if (this.current && (!entry || entry.mine.removed || entry.theirs)) this.current = '';
    const open = this.desk.draft.get(this.openKey);
    if (this.openKey && (!open || open.mine.removed || open.theirs)) this.openKey = '';
  }

  override updated(_changed: PropertyValues): void {
    if (this.isAtEnd && this.list) this.list.scrollTop = this.list.scrollHeight;
    this.showConflict();
  }

  /* Whoever types looks at the last line: a question further up comes into sight, once. */
  private showConflict(): void {
    const found = this.desk.draft.entries().find((entry) => entry.theirs);
    const isNew = (found?.key ?? '') !== this.asked;
    this.asked = found?.key ?? '';
    if (!found || !isNew) return;
    const line = [...this.renderRoot.querySelectorAll<HeardMinutesLine>('heard-minutes-line')]
      .find((one) => one.entry === found);
    void line?.updateComplete.then(() => line.scrollIntoView({ block: 'nearest' }));
  }

  /* ---- who ---- */

  private get people(): Participant[] {
    return candidates([...this.live.state.participants.values()], this.named);
  }

  private speaker(): string | null {
    /* Who types is heard by the keys. */
    const { speakers, you } = this.live.state;
    return suggest(this.chosen, speakers.filter((one) => one !== you?.participant), this.last,
      this.people);
  }

  private get at(): Words | null {
    return this.desk.draft.get(this.openKey || this.current)?.mine ?? null;
  }

  private name(id: string | null): void {
    const key = this.openKey || this.current;
    if (key && this.at?.kind !== 'heading') this.desk.set(key, { speaker: id });
    if (!this.openKey) this.chosen = id;
    if (!this.openKey) this.field?.focus();
  }

  private setKind(kind: MinutesKind): void {
    const key = this.openKey || this.current;
    if (key) this.desk.set(key, kind === 'heading' ? { kind, speaker: null } : { kind });
    if (!this.openKey) this.kind = kind;
  }

  /* ---- typing ---- */

  private type(text: string): void {
    if (this.current) {
      this.desk.type(this.current, text);
      return;
    }
    if (!text.trim()) return;
    const speaker = this.kind === 'statement' ? this.speaker() : null;
    this.current = this.desk.begin(
      { kind: this.kind, text, speaker, at_ms: Math.round(this.live.now()), removed: false });
  }

  private finish(): void {
    const entry = this.desk.draft.get(this.current);
    if (!entry) return;
    this.desk.end(entry.key);
    if (entry.mine.speaker) {
      this.last = entry.mine.speaker;
      this.named.add(entry.mine.speaker);
    }
    this.current = '';
    this.chosen = undefined;
    this.kind = 'statement';
    this.isAtEnd = true;
  }

  private shut(): void {
    if (this.openKey) this.desk.end(this.openKey);
    this.openKey = '';
    this.field?.focus();
  }

  private undo(isRedo: boolean): void {
    const undone = this.desk.undo(isRedo);
    this.told = t(!undone ? 'minutes.undoNone' : undone.isLeft ? 'minutes.undoLeft'
      : isRedo ? 'minutes.redone' : 'minutes.undone');
  }

  private readonly key = (event: KeyboardEvent): void => {
    if (event.isComposing || event.keyCode === 229 || !this.desk.mayEdit) return;
    const isTyping = (event.composedPath()[0] as HTMLElement).tagName === 'TEXTAREA';
    const digit = /^Digit(\d)$/.exec(event.code)?.[1];
    let isOurs = true;
    if (event.altKey && digit) this.name(Number(digit) ? this.people[Number(digit) - 1]?.id ?? null
      : null);
    else if (event.altKey && (event.key === 'Enter' || event.key === 'Backspace'))
      this.takeFirst(event.key === 'Backspace');
    else if (event.altKey && event.code === 'KeyK')
      this.setKind(KINDS[(KINDS.indexOf(this.at?.kind ?? this.kind) + 1) % KINDS.length]!);
    else if ((event.ctrlKey || event.metaKey) && event.code === 'KeyZ') this.undo(event.shiftKey);
    else if ((event.ctrlKey || event.metaKey) && event.code === 'KeyY') this.undo(true);
    else if (event.key === 'Enter' && isTyping && !event.altKey)
      if (this.openKey) this.shut();
      else this.finish();
    else if (event.key === 'Escape' && this.openKey) this.shut();
    else isOurs = false;
    if (!isOurs) return;
    event.preventDefault();
    event.stopPropagation();
  };

  /* Gone meanwhile: nothing to do. */
  private takeFirst(isDrop: boolean): void {
    const [first] = this.desk.machine;
    if (!first) return;
    if (isDrop) this.desk.dropDraft(first.id);
    else this.desk.takeDraft(first, first.text);
    this.isAtEnd = true;
    this.told = t(isDrop ? 'draft.droppedNow' : 'draft.takenNow');
  }

  private insert(event: Event): void {
    const select = event.target as HTMLSelectElement;
    const { hearing } = this.live.state;
    const template = templatesOf(language(), hearing?.phase ?? '')[Number(select.value)];
    select.value = '';
    if (!template) return;
    this.finish();
    const presiding = this.people.find((one) => one.role === 'presiding')?.id ?? null;
    const at_ms = Math.round(this.live.now());
    template.lines.forEach(({ kind, text }, i) => this.desk.add({
      kind, text: fill(text, this.facts()), at_ms: at_ms + i, removed: false,
      speaker: kind === 'statement' ? presiding : null,
    }));
    this.isAtEnd = true;
    this.field?.focus();
  }

  private facts(): Values {
    const { hearing } = this.live.state;
    const present = inRoom(this.live.state).filter((one) => one.role !== 'observer');
    return {
      title: hearing?.title ?? '', number: hearing?.number ?? '',
      organiser: hearing?.organiser ?? '', 
      date: formatDate(this.live.now(), language()),
      present: present.map((one) => `${one.name}（${one.unit ?? roleWord(one.role, one.side)}）`)
        .join('、'),
    };
  }

  /* ---- drawing ---- */

  override render(): TemplateResult {
    const { desk } = this;
    const shown = desk.draft.entries().filter((entry) => entry.theirs
      || (!entry.mine.removed && entry.key !== this.current));
    const count = desk.draft.unsaved().length;
    return html`<header><h2>${t('minutes.title')}</h2>
        <span class="saved ${desk.saved}" role="status">${!desk.isListed ? t('minutes.loading')
          : desk.mayEdit ? t(`minutes.${desk.saved}`, { count }) : desk.state === 'drafting'
            ? t('minutes.readOnly') : word('course.state', desk.state)}</span>
        ${desk.mayEdit ? html`<button class="plain slim" title="Ctrl+Z"
          @click=${() => this.undo(false)}>${t('minutes.undo')}</button>` : nothing}
        <button class="plain slim" aria-label=${t('minutes.close')}
          @click=${() => this.tell('fold')}>${icon('close')}</button></header>
      <div class="list" tabindex="0" role="log" aria-label=${t('minutes.title')} aria-live="off"
        @line-open=${(event: CustomEvent<{ key: string }>) => {
          this.finish();
          if (this.openKey) desk.end(this.openKey);
          this.openKey = event.detail.key;
        }}
        @line-type=${(event: CustomEvent<{ key: string; text: string }>) =>
          desk.type(event.detail.key, event.detail.text)}
        @line-set=${(event: CustomEvent<{ key: string; change: Partial<Words> }>) => {
          desk.set(event.detail.key, event.detail.change);
          if (event.detail.change.removed) this.shut();
        }}
        @line-end=${() => this.shut()}
        @line-again=${(event: CustomEvent<{ key: string }>) => desk.again(event.detail.key)}
        @line-settle=${(event: CustomEvent<{ key: string; choice: Choice }>) =>
          desk.settle(event.detail.key, event.detail.choice)}>
        ${shown.length ? repeat(shown, (entry) => entry.key, (entry) => this.one(entry))
          : html`<p class="empty">${desk.mayEdit ? t('minutes.empty') : t('minutes.reviewEmpty')}</p>`}
      </div>
      <div class="below">${desk.mayEdit ? html`<heard-drafts .drafts=${desk.machine} .names=${this.names}
          @take=${(event: CustomEvent<{ draft: MachineDraft; text: string }>) =>
            desk.takeDraft(event.detail.draft, event.detail.text)}
          @take-all=${() => desk.takeDrafts()} @drop-all=${() => desk.dropDraft(null)}
          @drop=${(event: CustomEvent<{ id: string }>) => desk.dropDraft(event.detail.id)}>
          </heard-drafts>${this.compose()}` : nothing}
        <heard-minutes-course .hearing=${desk.hearing} .version=${`${this.live.state.papers} ${shown.some(({ line }) => line !== null)}`}
          .textOf=${(id: string) => desk.draft.of(id)?.line?.text ?? ''}
          @moved=${() => void desk.list()}></heard-minutes-course></div>
      <span class="hide-visually" role="status">${this.told}</span>`;
  }

  private get names(): Map<string, string> {
    return new Map([...this.live.state.participants.values()].map((one) => [one.id, one.name]));
  }

  private one(entry: Entry): TemplateResult {
    const isUnsaved = this.desk.saved === 'retrying' && this.desk.draft.isDirty(entry);
    const { mine, theirs, refused } = entry;
    return html`<heard-minutes-line .entry=${entry} .people=${this.people} .names=${this.names}
      .stamp=${JSON.stringify([mine, theirs, refused])} .mayEdit=${this.desk.mayEdit}
      .isOpen=${entry.key === this.openKey} .isUnsaved=${isUnsaved}></heard-minutes-line>`;
  }

  private compose(): TemplateResult {
    const { speakers, hearing } = this.live.state;
    const entry = this.desk.draft.get(this.current);
    const kind = entry?.mine.kind ?? this.kind;
    const speaker = entry ? entry.mine.speaker : kind === 'statement' ? this.speaker() : null;
    return html`<div class="compose">
      <div class="chips" role="group" aria-label=${t('minutes.speaker')}>
        ${this.people.map((one, i) => html`<button aria-pressed=${one.id === speaker ? 'true' : 'false'}
          ?disabled=${kind === 'heading'} @click=${() => this.name(one.id)}>
          ${i < KEYS_MAX ? html`<kbd>${i + 1}</kbd>` : nothing}${one.name}
          ${speakers.includes(one.id) ? html`<i class="voice" role="img"
            aria-label=${t('minutes.speaking')} title=${t('minutes.speaking')}></i>` : nothing}
          </button>`)}</div>
      <div class="tools">
        <select aria-label=${t('minutes.kind')} .value=${kind} @change=${(event: Event) =>
          this.setKind((event.target as HTMLSelectElement).value as MinutesKind)}>
          ${KINDS.map((one) => html`<option value=${one} ?selected=${one === kind}>
            ${word('minutes', `kind.${one}`)}</option>`)}</select>
        <select aria-label=${t('minutes.insert')} @change=${this.insert}>
          <option value="" selected>${t('minutes.templates')}</option>
          ${templatesOf(language(), hearing?.phase ?? '').map((one, i) =>
            html`<option value=${i}>${one.name}</option>`)}</select></div>
      <textarea aria-label=${t('minutes.compose')} maxlength=${TEXT_MAX} enterkeyhint="enter"
        placeholder=${t('minutes.placeholder')} .value=${entry?.mine.text ?? ''}
        @input=${(event: Event) => this.type((event.target as HTMLTextAreaElement).value)}>
      </textarea>
      <p class="keys">${t('minutes.keys')}${this.desk.machine.length ? ` · ${t('draft.keys')}` : ''}</p>
      </div>`;
  }
}
