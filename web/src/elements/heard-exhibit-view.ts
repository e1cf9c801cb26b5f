// SPDX-License-Identifier: Apache-2.0
/*
 * One exhibit at one page, as large as its place: picture, PDF, sound or film. Zoom is the
 * viewer's own; the pointer is everybody's. Tells "pages" when a document is open, and "point"
 * with the permille of the page where it was clicked.
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { exhibitApi } from '../api_exhibits';
import { HeardElement } from '../base';
import { viewKind, type ViewKind } from '../exhibits';
import { t } from '../i18n';
import { icon } from '../icons';
import { Pdf } from '../pdf';
import { base, controls } from '../styles';

const STEP = 1.4;
const ZOOM_MAX = 6;
const PADDING = 8;

@customElement('heard-exhibit-view')
export class HeardExhibitView extends HeardElement {
  static override styles = [base, controls, css`
    :host { display: grid; grid-template-rows: minmax(0, 1fr) auto; min-height: 0; min-width: 0;
      position: relative; background: #0c1014; color: #f1efe9; }
    .frame { overflow: auto; display: grid; place-items: center; min-height: 0; min-width: 0;
      padding: 8px; }
    .page { position: relative; background: #fff; }
    .page.points { cursor: crosshair; }
    .page > img, .page > canvas { display: block; width: 100%; height: 100%; }
    .dot { position: absolute; width: 22px; height: 22px; margin: -11px 0 0 -11px;
      border-radius: 50%; border: 3px solid #e0564c; background: rgb(224 86 76 / 0.25);
      box-shadow: 0 0 0 2px #fff; pointer-events: none; }
    video { max-width: 100%; max-height: 100%; }
    .zoom { position: absolute; right: 12px; bottom: 12px; display: flex; gap: 4px; }
    .zoom button { min-width: 44px; padding: 4px 8px; background: rgb(18 23 28 / 0.85);
      color: #f1efe9; border-color: #55606b; }
    .note { padding: 16px; text-align: center; display: grid; gap: 12px; justify-items: center; }
    .note a { color: #4fb3ac; }
  `];

  @property() hearing = '';
  @property() exhibit = '';
  @property() mediaType: string | null = null;
  @property({ type: Number }) page = 1;
  @property({ attribute: false }) pointer: { x: number; y: number } | null = null;
  @property({ type: Boolean }) points = false;
  @property() label = '';
  @state() private isBroken = false;
  @state() private isOpening = false;
  @state() private zoom = 1;
  @query('.frame') private frame!: HTMLElement | null;
  @query('.page') private sheet!: HTMLElement | null;
  @query('canvas') private canvas!: HTMLCanvasElement | null;
  private pdf: Pdf | null = null;
  private natural = { width: 0, height: 0 };
  private drawn = '';
  private readonly watch = new ResizeObserver(() => void this.fit());

  private get kind(): ViewKind {
    return viewKind(this.mediaType);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.watch.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watch.disconnect();
    this.pdf?.close();
    this.pdf = null;
  }

  override updated(changed: PropertyValues<this>): void {
    if (changed.has('exhibit') || changed.has('mediaType')) void this.open();
    else if (changed.has('page')) void this.turn();
    void this.fit();
  }

  private async open(): Promise<void> {
    const { exhibit } = this;
    this.pdf?.close();
    this.pdf = null;
    this.isBroken = false;
    this.zoom = 1;
    this.drawn = '';
    this.natural = { width: 0, height: 0 };
    if (this.kind !== 'pdf' || !exhibit) {
      this.tell('pages', 1);
      return;
    }
    this.isOpening = true;
    try {
      const pdf = await Pdf.open(await exhibitApi.bytes(this.hearing, exhibit));
      if (exhibit !== this.exhibit || !this.isConnected) pdf.close();
      else {
        this.pdf = pdf;
        this.tell('pages', pdf.pages);
        await this.turn();
      }
    } catch {
      if (exhibit === this.exhibit) this.isBroken = true;
    }
    this.isOpening = false;
  }

  private async turn(): Promise<void> {
    if (!this.pdf) return;
    this.natural = await this.pdf.size(this.page);
    await this.fit();
  }

  /* The page box follows its place and the zoom; by CSSOM, as the CSP allows no style texts. */
  private async fit(): Promise<void> {
    const { frame, sheet, natural } = this;
    if (!frame || !sheet || !natural.width) return;
    const room = { width: frame.clientWidth - 2 * PADDING, height: frame.clientHeight - 2 * PADDING };
    const scale = Math.min(room.width / natural.width, room.height / natural.height) * this.zoom;
    if (!(scale > 0)) return;
    sheet.style.width = `${Math.floor(natural.width * scale)}px`;
    sheet.style.height = `${Math.floor(natural.height * scale)}px`;
    const dot = sheet.querySelector<HTMLElement>('.dot');
    if (dot && this.pointer) {
      dot.style.left = `${this.pointer.x / 10}%`;
      dot.style.top = `${this.pointer.y / 10}%`;
    }
    const key = `${this.exhibit} ${this.page} ${scale.toFixed(3)}`;
    if (!this.pdf || !this.canvas || key === this.drawn) return;
    this.drawn = key;
    await this.pdf.draw(this.page, this.canvas, scale).catch(() => { this.isBroken = true; });
  }

  private loaded(event: Event): void {
    const { naturalWidth: width, naturalHeight: height } = event.target as HTMLImageElement;
    this.natural = { width, height };
    void this.fit();
  }

  private setZoom(zoom: number): void {
    this.zoom = Math.min(ZOOM_MAX, Math.max(1, zoom));
  }

  private point(event: MouseEvent): void {
    if (!this.points || !this.sheet) return;
    const box = this.sheet.getBoundingClientRect();
    const permille = (at: number, size: number) =>
      Math.round(Math.min(1, Math.max(0, at / size)) * 1000);
    this.tell('point', { x: permille(event.clientX - box.left, box.width),
      y: permille(event.clientY - box.top, box.height) });
  }

  override render(): TemplateResult {
    const url = exhibitApi.url(this.hearing, this.exhibit);
    if (this.isBroken || this.kind === 'none')
      return html`<div class="note" role="status"><p>${t('exhibits.broken')}</p>
        <a href=${url} download=${this.label}>${t('exhibits.download')}</a></div>`;
    const isPage = this.kind === 'picture' || this.kind === 'pdf';
    return html`<div class="frame" tabindex="0">${this.content(url)}</div>
      ${this.isOpening ? html`<p class="note" role="status">${t('exhibits.loading')}</p>` : nothing}
      ${isPage ? html`<div class="zoom">
        <button aria-label=${t('exhibits.smaller')} ?disabled=${this.zoom <= 1}
          @click=${() => this.setZoom(this.zoom / STEP)}>−</button>
        <button aria-label=${t('exhibits.fit')} ?disabled=${this.zoom === 1}
          @click=${() => this.setZoom(1)}>${icon('shrink')}</button>
        <button aria-label=${t('exhibits.larger')} ?disabled=${this.zoom >= ZOOM_MAX}
          @click=${() => this.setZoom(this.zoom * STEP)}>+</button></div>` : nothing}`;
  }

  private content(url: string): TemplateResult {
    const dot = this.pointer ? html`<i class="dot"></i>` : nothing;
    const box = `page ${this.points ? 'points' : ''}`;
    switch (this.kind) {
      case 'picture':
        return html`<div class=${box} @click=${this.point}><img src=${url} alt=${this.label}
          @load=${this.loaded} @error=${() => { this.isBroken = true; }}>${dot}</div>`;
      case 'pdf':
        return html`<div class=${box} @click=${this.point}><canvas role="img"
          aria-label=${`${this.label} ${t('exhibits.page', { page: this.page })}`}></canvas>
          ${dot}</div>`;
      case 'sound':
        return html`<audio controls preload="metadata" src=${url} aria-label=${this.label}></audio>`;
      default:
        return html`<video controls playsinline preload="metadata" src=${url}
          aria-label=${this.label}></video>`;
    }
  }
}
