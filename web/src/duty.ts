// SPDX-License-Identifier: Apache-2.0
/*
 * One duty screen's connection: the calls of the unit as the server pushes them, whole lists.
 *
 * Owner  The page element; stop() ends it. "change" says that something is different.
 */
import { summonsApi } from './api_summons';
import { language } from './i18n';
import { Signaling, type Connection, type SocketLike } from './signaling';
import type { DutyCall } from './summons';

interface List {
  server_time_ms: number;
  summonses: DutyCall[];
}

export class Duty extends EventTarget {
  calls: DutyCall[] = [];
  connection: Connection = 'connecting';
  closeCode = 0;
  private offset_ms = 0;
  private readonly signaling: Signaling;

  constructor() {
    super();
    this.signaling = new Signaling({
      connect: () => new WebSocket(summonsApi.dutyUrl(), 'heard.v1') as unknown as SocketLike,
      hello: () => ({ language: language(), slots: 0 }),
      onEvent: ({ type, data }) => {
        if (type === 'snapshot') this.take(data as List);
      },
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
  }

  stop(): void {
    removeEventListener('online', this.awake);
    document.removeEventListener('visibilitychange', this.awake);
    this.signaling.close();
  }

  /* Server time: the time to answer is the same for all. */
  now(): number {
    return Date.now() + this.offset_ms;
  }

  private readonly awake = () => this.signaling.retryNow();

  private take(list: List): void {
    this.calls = list.summonses;
    this.offset_ms = list.server_time_ms - Date.now();
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
