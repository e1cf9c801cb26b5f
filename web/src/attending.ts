// SPDX-License-Identifier: Apache-2.0
/*
 * One attendee of a training: his events and what he hears and sees. He sends nothing, so there
 * are neither devices nor commands.
 *
 * Owner   The page element; stop() ends everything. Elements read the fields after "change".
 * Errors  A medium that cannot be joined is tried again; mediaState says how it is.
 */
import { language } from './i18n';
import { Media, type MediaState } from './media';
import type { EventMessage, Slot } from './protocol';
import { Signaling, type Connection, type SocketLike } from './signaling';
import { trainingApi, type Attendance, type House, type OwnPart } from './training';

const PICTURES = 2;
const JOIN_AGAIN_MS = [1000, 2000, 4000, 8000];

interface Told extends House {
  server_time_ms: number;
  attendance: Attendance | null;
  slots: Slot[];
}

export class Attending extends EventTarget {
  connection: Connection = 'connecting';
  closeCode = 0;
  house: House | null = null;
  attendance: Attendance | null = null;
  own: OwnPart | null = null;
  slots: readonly Slot[] = [];
  streams: readonly (MediaStream | null)[] = [];
  mediaState: MediaState = 'idle';
  hasEnded = false;

  private readonly signaling: Signaling;
  private media: Media | null = null;
  private offset_ms = 0;
  private tries = 0;
  private again: ReturnType<typeof setTimeout> | null = null;

  constructor(readonly hearing: string) {
    super();
    this.signaling = new Signaling({
      connect: () =>
        new WebSocket(trainingApi.eventsUrl(hearing), 'heard.v1') as unknown as SocketLike,
      hello: () => ({ language: language(), slots: PICTURES }),
      onEvent: (event) => this.take(event),
      onConnection: (state, code) => {
        this.connection = state;
        this.closeCode = code;
        this.changed();
      },
    });
  }

  start(): void {
    addEventListener('online', this.awake);
    document.addEventListener('visibilitychange', this.awake);
    this.signaling.open();
    void this.refresh();
  }

  stop(): void {
    removeEventListener('online', this.awake);
    document.removeEventListener('visibilitychange', this.awake);
    if (this.again) clearTimeout(this.again);
    this.media?.close();
    this.media = null;
    this.signaling.close();
  }

  now(): number {
    return Date.now() + this.offset_ms;
  }

  async refresh(): Promise<void> {
    this.own = await trainingApi.me(this.hearing).catch(() => this.own);
    this.changed();
  }

  private readonly awake = () => {
    if (document.visibilityState === 'visible') this.signaling.retryNow();
  };

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }

  private take(event: EventMessage): void {
    switch (event.type) {
      case 'snapshot': {
        const told = event.data as unknown as Told;
        this.offset_ms = told.server_time_ms - Date.now();
        this.house = told;
        this.attendance = told.attendance;
        this.slots = told.slots;
        void this.refresh();
        if (!this.media) void this.join();
        break;
      }
      case 'house.changed':
        this.house = event.data as unknown as House;
        break;
      case 'attendance.changed':
        this.takeAttendance(event.data as unknown as Attendance);
        break;
      case 'slots.changed':
        this.slots = (event.data as { slots: Slot[] }).slots;
        break;
      case 'question.changed':
      case 'seat.offered':
        void this.refresh();
        break;
      case 'hearing.ended':
        this.hasEnded = true;
        this.stop();
        break;
      default:
        return;
    }
    this.changed();
  }

  /* What is shown, and what was until now, may be one's own. */
  private takeAttendance(now: Attendance): void {
    const shown = [this.attendance?.question?.id, now.question?.id];
    const isOther = shown[0] !== shown[1];
    this.attendance = now;
    if (isOther && this.own?.questions.some(({ id }) => shown.includes(id))) void this.refresh();
  }

  private async join(): Promise<void> {
    const media = new Media({
      hearing: this.hearing,
      room: '',
      slots: PICTURES,
      publishes: false,
      offer: (sdp) => trainingApi.offer(this.hearing, sdp),
      tracks: { microphone: null, camera: null, screen: null },
      onState: (state) => this.takeMedia(media, state),
      onStreams: (streams) => { this.streams = streams; this.changed(); },
      onLevel: () => undefined,
    });
    this.media = media;
    try {
      await media.start();
      this.tries = 0;
    } catch {
      this.lose(media);
    }
  }

  private takeMedia(media: Media, state: MediaState): void {
    if (this.media !== media) return;
    this.mediaState = state;
    if (state === 'failed') this.lose(media);
    this.changed();
  }

  private lose(media: Media): void {
    if (this.media !== media) return;
    this.media = null;
    media.close(false);
    if (this.hasEnded) return;
    const wait = JOIN_AGAIN_MS[Math.min(this.tries++, JOIN_AGAIN_MS.length - 1)];
    this.again = setTimeout(() => {
      if (!this.media && this.connection === 'open') void this.join();
    }, wait);
  }
}
