// SPDX-License-Identifier: Apache-2.0
/*
 * The envelope of signaling/PROTOCOL.md: hello, resume, commands with replies, events in
 * order, coming back after a loss. It knows no message but hello.
 *
 * Units   *_ms are milliseconds.
 * Owner   One Signaling per hearing; close() ends it for good.
 * Errors  A command's failure is a CommandError with the server's code; a connection that
 *         went away before the reply gives code "unavailable".
 */
import { CLOSE, type EventMessage, type ReplyError, type ReplyMessage } from './protocol';

export class CommandError extends Error {
  constructor(readonly code: string, readonly detail = '', readonly reason = '') {
    super(code);
  }
}

export type Connection = 'connecting' | 'open' | 'reconnecting' | 'closed';

export interface SocketLike {
  send(text: string): void;
  close(code?: number): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  onerror: (() => void) | null;
}

export interface SignalingOptions {
  connect: () => SocketLike;
  hello: () => { language: string; slots: number };
  onEvent: (event: EventMessage) => void;
  onConnection: (state: Connection, closeCode: number) => void;
  random?: () => number;
  checkEveryMs?: number;
  checkWaitMs?: number;
}

export const REPLY_TIMEOUT_MS = 10_000;
export const BACKOFF_FIRST_MS = 500;
export const BACKOFF_LAST_MS = 8_000;
/* A network that changed leaves a socket open that leads nowhere, for minutes. */
export const CHECK_EVERY_MS = 10_000;
export const CHECK_WAIT_MS = 4_000;
const PENDING_MAX = 100;

/* Wait before try n (from 0): doubles, capped, with a quarter of jitter. */
export function backoffMs(attempt: number, random: number): number {
  const whole = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.round(whole * (0.75 + random * 0.25));
}

/* Codes after which coming back by itself would be wrong. */
export function isFinal(code: number): boolean {
  return code === CLOSE.done || code === CLOSE.replaced || code === CLOSE.broken
    || code === CLOSE.sessionEnded;
}

function refusal(error: ReplyError | undefined): CommandError {
  return new CommandError(error?.code ?? 'internal', error?.detail, error?.reason);
}

interface Pending {
  resolve: (data: unknown) => void;
  reject: (error: CommandError) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class Signaling {
  private socket: SocketLike | null = null;
  private pending = new Map<number, Pending>();
  private nextId = 1;
  private attempt = 0;
  private epoch = '';
  private seq = 0;
  private greeted = false;
  private ended = false;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lifeTimer: ReturnType<typeof setTimeout> | null = null;
  private isAsking = false;

  constructor(private readonly options: SignalingOptions) {}

  open(): void {
    if (this.ended || this.socket) return;
    this.greeted = false;
    this.options.onConnection(this.attempt ? 'reconnecting' : 'connecting', 0);
    const socket = this.options.connect();
    this.socket = socket;
    socket.onopen = () => void this.greet();
    socket.onmessage = (event) => this.receive(event.data);
    socket.onerror = () => undefined; /* a close always follows */
    socket.onclose = (event) => this.lost(event.code);
    this.expectLife();
  }

  /* Is the server still there? No word within the wait: this socket is given up. */
  check(): void {
    if (!this.socket || !this.greeted || this.isAsking) return;
    void this.send('ping').catch(() => undefined);
    this.isAsking = true;
    this.expectLife();
  }

  private expectLife(): void {
    if (this.lifeTimer) clearTimeout(this.lifeTimer);
    this.lifeTimer = setTimeout(() => this.giveUp(), this.options.checkWaitMs ?? CHECK_WAIT_MS);
  }

  private foundLife(): void {
    if (this.lifeTimer) clearTimeout(this.lifeTimer);
    this.isAsking = false;
    this.lifeTimer = setTimeout(() => this.check(), this.options.checkEveryMs ?? CHECK_EVERY_MS);
  }

  /* Closing politely would wait for an answer that does not come. */
  private giveUp(): void {
    const socket = this.socket;
    if (!socket) return;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
    this.lost(1006);
  }

  /* The network is there again, or another one: come back now, or see whether it still works. */
  retryNow(): void {
    if (this.ended) return;
    if (this.socket) {
      this.check();
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.open();
  }

  send(type: string, data: object = {}): Promise<unknown> {
    if (!this.socket || (!this.greeted && type !== 'hello'))
      return Promise.reject(new CommandError('unavailable'));
    if (this.pending.size >= PENDING_MAX) return Promise.reject(new CommandError('too_many'));
    const id = this.nextId++;
    const socket = this.socket;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new CommandError('unavailable', 'no reply'));
      }, REPLY_TIMEOUT_MS);
      this.pending.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ id, type, data }));
    });
  }

  close(): void {
    this.ended = true;
    if (this.timer) clearTimeout(this.timer);
    this.forgetLife();
    this.failPending();
    this.socket?.close(CLOSE.done);
    this.socket = null;
  }

  private async greet(): Promise<void> {
    const resume = this.epoch ? { resume: { epoch: this.epoch, seq: this.seq } } : {};
    try {
      const hello = this.send('hello', { ...this.options.hello(), ...resume });
      /* Events may follow in the same turn as the reply: be ready for commands by then. */
      this.greeted = true;
      await hello;
      this.attempt = 0;
      this.options.onConnection('open', 0);
    } catch {
      this.giveUp();
    }
  }

  private receive(text: unknown): void {
    this.foundLife();
    if (typeof text !== 'string') return;
    let message: Partial<ReplyMessage & EventMessage>;
    try {
      message = JSON.parse(text) as Partial<ReplyMessage & EventMessage>;
    } catch {
      return;
    }
    if (!message || typeof message !== 'object') return;
    if (typeof message.seq === 'number' && typeof message.type === 'string')
      this.takeEvent(message as EventMessage);
    else if (typeof message.re === 'number') this.takeReply(message as ReplyMessage);
  }

  private takeEvent(event: EventMessage): void {
    if (event.type === 'snapshot') {
      this.epoch = (event.data as { epoch: string }).epoch;
      this.seq = event.seq;
    } else if (event.seq <= this.seq) {
      return; /* a resumed event that we have already */
    } else {
      this.seq = event.seq;
    }
    this.options.onEvent(event);
  }

  private takeReply(reply: ReplyMessage): void {
    const pending = this.pending.get(reply.re as number);
    if (!pending) return;
    this.pending.delete(reply.re as number);
    clearTimeout(pending.timer);
    if (reply.ok) pending.resolve(reply.data);
    else pending.reject(refusal(reply.error));
  }

  private forgetLife(): void {
    if (this.lifeTimer) clearTimeout(this.lifeTimer);
    this.lifeTimer = null;
    this.isAsking = false;
  }

  private lost(code: number): void {
    this.socket = null;
    this.forgetLife();
    this.failPending();
    if (this.ended) return;
    if (isFinal(code)) {
      this.ended = true;
      this.options.onConnection('closed', code);
      return;
    }
    const random = (this.options.random ?? Math.random)();
    const wait = backoffMs(this.attempt++, random);
    this.options.onConnection('reconnecting', code);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.open();
    }, wait);
  }

  private failPending(): void {
    for (const pending of this.pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new CommandError('unavailable'));
    }
    this.pending.clear();
  }
}
