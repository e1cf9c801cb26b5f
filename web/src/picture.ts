// SPDX-License-Identifier: Apache-2.0
/*
 * The picture of one tile: has it a frame, and what is seen until it has one. When the stream
 * is replaced, the last picture stays as a still for KEEP_MAX_MS at most. When the slot was
 * another's before, what still comes of the other is not shown.
 *
 * Owner   A tile, which calls show() after each of its updates. No video: nothing is kept.
 */
import type { ReactiveController, ReactiveControllerHost } from 'lit';

const KEEP_MAX_MS = 3000;
const STILL_MAX_PX = 1280;
/* Packets of the one before may come this long after the message. */
const UNDER_WAY_MS = 200;
/* The same, when the browser tells only when it shows a frame: it may have lain in a buffer. */
const BUFFERED_MS = 500;

/* Did this frame come after the slot had changed its owner? */
export function isOfOwner(frame: { presentationTime: number; receiveTime?: number },
  since_ms: number): boolean {
  if (since_ms === 0) return true;
  return frame.receiveTime === undefined
    ? frame.presentationTime >= since_ms + BUFFERED_MS
    : frame.receiveTime >= since_ms + UNDER_WAY_MS;
}

export class Picture implements ReactiveController {
  hasFrame = false;
  still: HTMLCanvasElement | null = null;
  private video: HTMLVideoElement | null = null;
  private stream: MediaStream | null = null;
  private since_ms = 0;
  private isOwn = false; /* a frame of the slot's owner was seen */
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  hostDisconnected(): void {
    this.show(null, null, 0, false);
  }

  show(video: HTMLVideoElement | null, stream: MediaStream | null, since_ms: number,
    mayKeep: boolean): void {
    if (video === this.video && stream === this.stream && since_ms === this.since_ms) return;
    const isSame = video !== null && video === this.video;
    if (!isSame || !mayKeep) this.dropStill();
    else if (this.hasFrame) this.keepStill(video);
    Object.assign(this, { video, stream, since_ms, isOwn: since_ms === 0, hasFrame: false });
    this.turn += 1;
    if (video && !isSame)
      for (const name of ['loadeddata', 'playing', 'resize', 'emptied'])
        video.addEventListener(name, () => this.look(video));
    if (video && video.srcObject !== stream) video.srcObject = stream;
    if (video && !this.isOwn) this.waitForOwner(video, this.turn);
    if (video) this.look(video);
    this.host.requestUpdate();
  }

  private look(video: HTMLVideoElement): void {
    if (video !== this.video) return;
    const hasFrame = this.isOwn && video.readyState >= 2;
    if (hasFrame) this.dropStill();
    if (hasFrame !== this.hasFrame) this.host.requestUpdate();
    this.hasFrame = hasFrame;
  }

  private waitForOwner(video: HTMLVideoElement, turn: number): void {
    const found = () => {
      if (turn !== this.turn) return;
      this.isOwn = true;
      this.look(video);
    };
    const see: VideoFrameRequestCallback = (_, frame) => {
      if (isOfOwner(frame, this.since_ms)) found();
      else if (turn === this.turn) video.requestVideoFrameCallback(see);
    };
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(see);
    else setTimeout(found, BUFFERED_MS); /* older browsers do not tell of frames */
  }

  private keepStill(video: HTMLVideoElement): void {
    const scale = Math.min(1, STILL_MAX_PX / Math.max(video.videoWidth, video.videoHeight, 1));
    const still = document.createElement('canvas');
    still.width = Math.round(video.videoWidth * scale);
    still.height = Math.round(video.videoHeight * scale);
    still.className = video.className;
    still.getContext('2d')?.drawImage(video, 0, 0, still.width, still.height);
    this.dropStill();
    this.still = still;
    this.timer = setTimeout(() => {
      this.dropStill();
      this.host.requestUpdate();
    }, KEEP_MAX_MS);
  }

  private dropStill(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.still = null;
  }
}
