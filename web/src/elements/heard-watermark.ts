// SPDX-License-Identifier: Apache-2.0
/*
 * Who looks at it and when, tiled faintly over pictures, so that a photo of the screen says
 * whose it was. Drawn on a canvas of its own: it covers its parent and catches no clicks.
 */
import { css, html, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { formatDate } from '../format';
import { language, t } from '../i18n';

const AGAIN_MS = 30_000;
const GAP_X = 90;
const STEP_Y = 120;
const TILT = -0.35;

@customElement('heard-watermark')
export class HeardWatermark extends HeardElement {
  static override styles = css`
    :host { position: absolute; inset: 0; pointer-events: none; z-index: 3; overflow: hidden; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; }
  `;

  @property() name = '';
  @query('canvas') private canvas!: HTMLCanvasElement;
  private readonly sizes = new ResizeObserver(() => this.draw());
  private timer: ReturnType<typeof setInterval> | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    this.timer = setInterval(() => this.draw(), AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sizes.disconnect();
    if (this.timer) clearInterval(this.timer);
  }

  override updated(_changed: PropertyValues<this>): void {
    this.draw();
  }

  get text(): string {
    return `${this.name} ${formatDate(Date.now(), language())}`;
  }

  private draw(): void {
    const { canvas } = this;
    const pen = canvas?.getContext('2d');
    if (!pen) return;
    const scale = Math.min(2, devicePixelRatio || 1);
    const [width, height] = [this.clientWidth, this.clientHeight];
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    pen.scale(scale, scale);
    pen.rotate(TILT);
    pen.font = '15px system-ui, "Noto Sans CJK SC", sans-serif';
    /* Light with a dark edge: to be read on a white document and in a dark room. */
    pen.fillStyle = 'rgba(255, 255, 255, 0.2)';
    pen.strokeStyle = 'rgba(0, 0, 0, 0.12)';
    pen.lineWidth = 2;
    const reach = width + height;
    const { text } = this;
    const step = pen.measureText(text).width + GAP_X;
    for (let row = 0, y = -reach; y < reach; y += STEP_Y, row += 1) {
      for (let x = -reach + (row % 2) * (step / 2); x < reach; x += step) {
        pen.strokeText(text, x, y);
        pen.fillText(text, x, y);
      }
    }
  }

  override render(): TemplateResult {
    return html`<canvas role="img"
      aria-label=${t('review.watermark', { name: this.name })}></canvas>`;
  }
}
