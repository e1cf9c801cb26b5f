// SPDX-License-Identifier: Apache-2.0
/* A box in which a name is written with the finger. Tells "drawn" after each stroke. */
import { css, html, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { HeardElement } from '../base';
import { t } from '../i18n';
import { Strokes } from '../signings';
import { base } from '../styles';

const PEN_PX = 3.5;

@customElement('heard-pad')
export class HeardPad extends HeardElement {
  static override styles = [base, css`
    :host { display: block; min-height: 160px; position: relative; }
    canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none;
      border: 2px dashed #8b9299; border-radius: 8px; background: #fffef9; cursor: crosshair; }
  `];

  @property() label = '';
  @query('canvas') private canvas!: HTMLCanvasElement;
  strokes = new Strokes(0, 0);
  private pointer: number | null = null;

  /* Measured when the first stroke begins: what was written keeps its size when the phone turns. */
  private fit(): void {
    const { clientWidth, clientHeight } = this.canvas;
    if (this.strokes.list.length && this.strokes.width) return;
    this.strokes = new Strokes(clientWidth, clientHeight);
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(clientWidth * scale);
    this.canvas.height = Math.round(clientHeight * scale);
    this.canvas.getContext('2d')?.scale(scale, scale);
  }

  clear(): void {
    this.strokes = new Strokes(0, 0);
    this.fit();
    this.tell('drawn');
  }

  undo(): void {
    this.strokes.undo();
    this.draw();
    this.tell('drawn');
  }

  private place(event: PointerEvent): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  private down(event: PointerEvent): void {
    if (this.pointer !== null || event.button > 0) return;
    event.preventDefault();
    this.fit();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.begin(...this.place(event));
    this.draw();
  }

  private move(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    /* A slow phone puts several places into one event. */
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const one of parts.length ? parts : [event]) this.strokes.add(...this.place(one));
    this.draw();
  }

  private up(event: PointerEvent): void {
    if (event.pointerId !== this.pointer) return;
    this.pointer = null;
    this.tell('drawn');
  }

  private draw(): void {
    const pen = this.canvas.getContext('2d');
    if (!pen) return;
    pen.clearRect(0, 0, this.strokes.width, this.strokes.height);
    Object.assign(pen, { lineWidth: PEN_PX, lineCap: 'round', lineJoin: 'round',
      strokeStyle: '#1c252e' });
    for (const one of this.strokes.list) drawStroke(pen, one);
  }

  override render(): TemplateResult {
    return html`<canvas role="img" aria-label=${this.label || t('sign.pad')}
      @pointerdown=${this.down} @pointermove=${this.move} @pointerup=${this.up}
      @pointercancel=${this.up}></canvas>`;
  }
}

/* As server/hearing/strokes.c draws it: through the middles. */
function drawStroke(pen: CanvasRenderingContext2D, one: readonly number[]): void {
  const end = one.length - 2;
  pen.beginPath();
  pen.moveTo(one[0]!, one[1]!);
  for (let i = 2; i < end; i += 2)
    pen.quadraticCurveTo(one[i]!, one[i + 1]!, (one[i]! + one[i + 2]!) / 2,
      (one[i + 1]! + one[i + 3]!) / 2);
  pen.lineTo(one[end]!, one[end + 1]!);
  pen.stroke();
}
