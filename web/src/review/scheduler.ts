// SPDX-License-Identifier: Apache-2.0
/*
 * At most four range requests at a time, the tile in focus first: a browser allows six
 * connections to one host, and the sound needs one of them (recording.md 1.6).
 */
export const IN_FLIGHT_MAX = 4;

interface Job<T> {
  priority: number;
  order: number;
  signal: AbortSignal;
  run: () => Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
}

export class Scheduler {
  private queue: Job<unknown>[] = [];
  private running = 0;
  private order = 0;

  constructor(private readonly max = IN_FLIGHT_MAX) {}

  /* Lower priority numbers go first; equal ones in the order they came. */
  add<T>(priority: number, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const job: Job<T> = { priority, order: this.order++, signal, run, resolve, reject };
      this.queue.push(job as Job<unknown>);
      this.queue.sort((a, b) => a.priority - b.priority || a.order - b.order);
      this.pump();
    });
  }

  get inFlight(): number {
    return this.running;
  }

  private pump(): void {
    while (this.running < this.max) {
      const job = this.queue.shift();
      if (!job) return;
      if (job.signal.aborted) {
        job.reject(new DOMException('aborted', 'AbortError'));
        continue;
      }
      this.running += 1;
      void job.run().then(job.resolve, job.reject).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }
}
