// SPDX-License-Identifier: Apache-2.0
/* What is done to a recording beside playing it: time-stamp, second copy, and one film on request. */
import { css, html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { ApiError, api, type RecordingDetail, type RecordingTask } from '../api';
import { HeardElement } from '../base';
import { formatDay, formatTimeOfDay } from '../format';
import { errorText, language, t, word } from '../i18n';
import { icon } from '../icons';
import { base, controls } from '../styles';

const POLL_MS = 2000;
const LAYOUTS = ['grid', 'speaker', 'document'] as const;
const GOES_ON = ['queued', 'running'];

@customElement('heard-recording-tasks')
export class HeardRecordingTasks extends HeardElement {
  static override styles = [base, controls, css`
    section { display: grid; gap: 12px; padding: 16px; }
    ul { display: grid; gap: 8px; list-style: none; padding: 0; margin: 0; }
    li { display: flex; gap: 8px 12px; align-items: baseline; flex-wrap: wrap; }
    li svg { align-self: center; flex: none; }
    .ready svg { color: var(--act); }
    .failed svg { color: var(--warn); }
    b { font-weight: 600; }
    form { display: flex; gap: 12px; align-items: end; flex-wrap: wrap; }
    form label { min-width: 160px; }
    progress { width: min(240px, 100%); }
  `];

  @property({ attribute: false }) recording: RecordingDetail | null = null;
  @state() private now: RecordingDetail | null = null;
  @state() private problem = '';
  private timer: ReturnType<typeof setTimeout> | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  private get detail(): RecordingDetail | null {
    return this.now ?? this.recording;
  }

  private film(): RecordingTask | undefined {
    return this.detail?.tasks?.['composite'];
  }

  override updated(): void {
    const film = this.film();
    if (!film || !GOES_ON.includes(film.state) || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.refresh();
    }, POLL_MS);
  }

  private async refresh(): Promise<void> {
    if (!this.detail || !this.isConnected) return;
    try {
      this.now = await api.recording(this.detail.id);
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  private async ask(event: Event): Promise<void> {
    event.preventDefault();
    const layout = String(new FormData(event.target as HTMLFormElement).get('layout'));
    try {
      this.now = await api.makeFilm(this.detail!.id, layout);
      this.problem = '';
    } catch (error) {
      this.problem = errorText((error as ApiError).code);
    }
  }

  override render(): TemplateResult | typeof nothing {
    const { detail } = this;
    if (!detail || detail.state !== 'sealed') return nothing;
    const { timestamp, copy } = detail.tasks ?? {};
    return html`<section class="card" aria-labelledby="tasks">
      <h2 id="tasks">${t('tasks.title')}</h2>
      ${timestamp || copy ? html`<ul>
        ${timestamp ? this.line('timestamp', timestamp) : nothing}
        ${copy ? this.line('copy', copy) : nothing}</ul>` : nothing}
      <heard-bring-back .recording=${detail.id}></heard-bring-back>
      ${this.filmPart(detail)}
      ${this.problem ? html`<heard-notice kind="bad">${this.problem}</heard-notice>` : nothing}
    </section>`;
  }

  /* One line of what goes on by itself. */
  private line(kind: 'timestamp' | 'copy', task: RecordingTask): TemplateResult {
    const at = kind === 'timestamp' ? task.detail?.['timestamp_ms'] : task.at_ms;
    const isReady = task.state === 'ready';
    const key = isReady ? `${kind}.ready` : task.error ? `${kind}.retry` : `${kind}.coming`;
    return html`<li class=${isReady ? 'ready' : task.error ? 'failed' : ''}>
      ${icon(isReady ? 'check' : task.error ? 'warn' : 'info')}<b>${word('task', kind)}</b>
      <span>${word('taskState', key)}</span>
      ${isReady && typeof at === 'number' ? html`<time class="soft number">
        ${formatDay(at, language())} ${formatTimeOfDay(at)}</time>` : nothing}</li>`;
  }

  private filmPart(detail: RecordingDetail): TemplateResult {
    const film = this.film();
    if (film && GOES_ON.includes(film.state)) return html`<p role="status">
      ${t(film.state === 'queued' ? 'tasks.filmWaits' : 'tasks.filmRuns')}
      <progress max="1000" .value=${film.progress_permille}
        aria-label=${t('tasks.filmRuns')}></progress></p>`;
    return html`${film?.state === 'ready' ? html`<p>
        <a class="button primary" href=${api.filmUrl(detail.id)} target="_blank" rel="noopener">
          ${icon('play')} ${t('tasks.filmOpen')}</a></p>` : nothing}
      ${film?.state === 'failed' ? html`<heard-notice kind="warn">${t('tasks.filmFailed')}
        </heard-notice>` : nothing}
      ${detail.derived.state === 'ready' && detail.may_play ? html`
        <p class="soft small">${t('tasks.filmText')}</p>
        <form @submit=${this.ask}><label>${t('tasks.layout')}<select name="layout">
          ${LAYOUTS.map((one) => html`<option value=${one}>${word('layout', one)}</option>`)}
          </select></label><button>${t(film?.state === 'ready' ? 'tasks.filmAgain'
            : 'tasks.filmMake')}</button></form>` : nothing}`;
  }
}
