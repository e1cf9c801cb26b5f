// SPDX-License-Identifier: Apache-2.0
/*
 * Camera, microphone and speaker: asking for them, naming what went wrong, the level.
 * Problems are codes with a text of their own in the catalogue (device.*).
 */

export type DeviceProblem =
  | '' | 'denied' | 'in_use' | 'none' | 'insecure' | 'unknown';

export interface Local {
  camera: MediaStreamTrack | null;
  microphone: MediaStreamTrack | null;
  cameraProblem: DeviceProblem;
  microphoneProblem: DeviceProblem;
}

export interface Choice {
  camera: string;
  microphone: string;
  speaker: string;
}

const KEY = 'heard.devices';
const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25, max: 30 } };

/* What the browser calls it → what we call it. Names differ between browsers. */
export function problemOf(error: unknown): DeviceProblem {
  switch ((error as { name?: string } | null)?.name) {
    case 'NotAllowedError':
    case 'SecurityError':
    case 'PermissionDeniedError':
      return 'denied';
    case 'NotReadableError':
    case 'TrackStartError':
    case 'AbortError':
      return 'in_use';
    case 'NotFoundError':
    case 'DevicesNotFoundError':
    case 'OverconstrainedError':
      return 'none';
    default:
      return 'unknown';
  }
}

export function loadChoice(): Choice {
  const none = { camera: '', microphone: '', speaker: '' };
  try {
    return { ...none, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Choice>) };
  } catch {
    return none;
  }
}

export function saveChoice(choice: Choice): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(choice));
  } catch {
    /* A browser that keeps nothing asks again next time: no harm. */
  }
}

export function canCapture(): boolean {
  return !!navigator.mediaDevices?.getUserMedia;
}

async function ask(constraints: MediaStreamConstraints): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia(constraints);
}

/* A chosen device that is gone falls back to any other one. */
async function askOne(kind: 'camera' | 'microphone', id: string): Promise<MediaStreamTrack> {
  const rest: MediaTrackConstraints = kind === 'camera'
    ? SIZE
    : { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  const made = (constraints: MediaTrackConstraints) =>
    ask(kind === 'camera' ? { video: constraints } : { audio: constraints });
  let stream: MediaStream;
  try {
    stream = await made(id ? { ...rest, deviceId: { exact: id } } : rest);
  } catch (error) {
    if (!id || problemOf(error) !== 'none') throw error;
    stream = await made(rest);
  }
  const track = stream.getTracks()[0];
  if (!track) throw new DOMException('no track', 'NotFoundError');
  return track;
}

export async function openCamera(id: string): Promise<MediaStreamTrack> {
  return askOne('camera', id);
}

export async function openMicrophone(id: string): Promise<MediaStreamTrack> {
  return askOne('microphone', id);
}

export async function openScreen(): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    video: { frameRate: { ideal: 10, max: 15 } },
    audio: false,
  });
  const track = stream.getVideoTracks()[0];
  if (!track) throw new DOMException('no track', 'NotFoundError');
  track.contentHint = 'detail';
  return track;
}

/*
 * Both at once, so that the browser asks one question; if that fails, one after the other,
 * so that a person without a camera still joins with sound.
 */
export async function openBoth(choice: Choice): Promise<Local> {
  const local: Local = {
    camera: null, microphone: null, cameraProblem: '', microphoneProblem: '',
  };
  if (!canCapture()) {
    const problem = globalThis.isSecureContext ? 'unknown' : 'insecure';
    return { ...local, cameraProblem: problem, microphoneProblem: problem };
  }
  if (!choice.camera && !choice.microphone) {
    try {
      const stream = await ask({ audio: true, video: SIZE });
      local.camera = stream.getVideoTracks()[0] ?? null;
      local.microphone = stream.getAudioTracks()[0] ?? null;
      return local;
    } catch {
      /* find out below which of the two it was */
    }
  }
  await openMicrophone(choice.microphone).then(
    (track) => { local.microphone = track; },
    (error) => { local.microphoneProblem = problemOf(error); });
  await openCamera(choice.camera).then(
    (track) => { local.camera = track; },
    (error) => { local.cameraProblem = problemOf(error); });
  return local;
}

/*
 * A moving picture of nothing, for measuring a line without a camera. Random blocks, so
 * that an encoder cannot make it small; stop() on the track ends the drawing too.
 */
export function openStandIn(): MediaStreamTrack {
  const [columns, rows, size, every_ms] = [32, 18, 20, 66];
  const canvas = document.createElement('canvas');
  canvas.width = columns * size;
  canvas.height = rows * size;
  const pen = canvas.getContext('2d');
  const draw = () => {
    for (let cell = 0; pen && cell < columns * rows; cell += 1) {
      const grey = Math.floor(Math.random() * 256);
      pen.fillStyle = `rgb(${grey}, ${grey}, ${grey})`;
      pen.fillRect((cell % columns) * size, Math.floor(cell / columns) * size, size, size);
    }
  };
  draw();
  const track = canvas.captureStream(15).getVideoTracks()[0];
  if (!track) throw new DOMException('no track', 'NotFoundError');
  const timer = setInterval(() => {
    if (track.readyState === 'live') draw();
    else clearInterval(timer);
  }, every_ms);
  return track;
}

export function canShareScreen(): boolean {
  return !!navigator.mediaDevices && 'getDisplayMedia' in navigator.mediaDevices
    && matchMedia('(pointer: fine)').matches;
}

export async function listDevices(): Promise<MediaDeviceInfo[]> {
  if (!canCapture()) return [];
  const list = await navigator.mediaDevices.enumerateDevices();
  return list.filter((device) => device.deviceId !== '');
}

/* Root mean square of a waveform (−1 … 1) as 0 … 1 on a scale that ears would draw. */
export function levelOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  const rms = Math.sqrt(sum / Math.max(1, samples.length));
  const db = 20 * Math.log10(Math.max(rms, 1e-5));
  return Math.min(1, Math.max(0, (db + 60) / 54));
}

/* Watches one microphone; stop() frees the audio graph. */
export class LevelMeter {
  private context: AudioContext | null = null;
  private analyser: AnalyserNode | null = null;
  private samples: Float32Array<ArrayBuffer> = new Float32Array(1024);

  start(track: MediaStreamTrack): void {
    this.stop();
    const context = new AudioContext();
    this.context = context;
    this.analyser = context.createAnalyser();
    this.analyser.fftSize = this.samples.length;
    context.createMediaStreamSource(new MediaStream([track])).connect(this.analyser);
    void context.resume().catch(() => undefined);
  }

  read(): number {
    if (!this.analyser) return 0;
    this.analyser.getFloatTimeDomainData(this.samples);
    return levelOf(this.samples);
  }

  stop(): void {
    void this.context?.close().catch(() => undefined);
    this.context = null;
    this.analyser = null;
  }
}

/* A soft two-tone sound, so that a person hears whether the speaker works. */
export async function playTestSound(speaker: string): Promise<void> {
  const context = new AudioContext();
  const sinkable = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
  if (speaker && sinkable.setSinkId) await sinkable.setSinkId(speaker).catch(() => undefined);
  await context.resume();
  [523.25, 659.25].forEach((frequency, index) => {
    const start = context.currentTime + index * 0.35;
    const tone = context.createOscillator();
    const gain = context.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(0.25, start + 0.05);
    gain.gain.linearRampToValueAtTime(0, start + 0.6);
    tone.connect(gain).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.65);
  });
  setTimeout(() => void context.close().catch(() => undefined), 1500);
}
