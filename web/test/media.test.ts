// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSilent, levelOf, Media } from '../src/media';
import {
  chooseAudio, chooseVideo, credentialsOf, layersFor, restartFragment, withCredentials,
} from '../src/sdp';

const sdp = [
  'v=0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', 'a=ice-ufrag:abcd', 'a=ice-pwd:secret1',
  'm=video 9 UDP/TLS/RTP/SAVPF 96', 'a=mid:1', 'a=ice-ufrag:abcd', 'a=ice-pwd:secret1', '',
].join('\r\n');

test('a restart fragment has the credentials and the first line of the bundle', () => {
  assert.equal(restartFragment(sdp), ['a=ice-ufrag:abcd', 'a=ice-pwd:secret1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111', 'a=mid:0', ''].join('\r\n'));
  assert.equal(restartFragment('v=0\r\n'), null);
});

test('new credentials reach every section and nothing else changes', () => {
  const fresh = withCredentials(sdp, { ufrag: 'new', pwd: 'word' });
  assert.deepEqual(credentialsOf(fresh), { ufrag: 'new', pwd: 'word' });
  assert.equal(fresh.match(/ice-ufrag:new/g)?.length, 2);
  assert.equal(fresh.split('\n').length, sdp.split('\n').length);
});

test('VP8 first, baseline H.264, repair; no others', () => {
  const all = [
    { mimeType: 'video/VP9' }, { mimeType: 'video/rtx' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=64001f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=0;profile-level-id=42e01f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
    { mimeType: 'video/AV1' }, { mimeType: 'video/VP8' }, { mimeType: 'video/red' },
  ];
  assert.deepEqual(chooseVideo(all).map((codec) => codec.mimeType),
    ['video/VP8', 'video/H264', 'video/rtx']);
  assert.match(chooseVideo(all)[1]?.sdpFmtpLine ?? '', /mode=1.*42e01f/);
  const sound = [{ mimeType: 'audio/red' }, { mimeType: 'audio/G722' }, { mimeType: 'audio/opus' }];
  assert.deepEqual(chooseAudio(sound), [{ mimeType: 'audio/opus' }, { mimeType: 'audio/red' }]);
});

test('a small picture keeps its full size where a browser drops layers', () => {
  const scales = (width: number, height: number, drops: boolean) =>
    layersFor(width, height, drops).map((one) => (one.active ? one.scaleResolutionDownBy : 0));
  assert.deepEqual(scales(1280, 720, true), [4, 2, 1]);
  assert.deepEqual(scales(480, 640, true), [2, 1, 0]);
  assert.deepEqual(scales(480, 640, false), [4, 2, 1]);
  assert.deepEqual(scales(960, 540, true), [4, 2, 1]);
});

test('what this side sees of the line follows loss and delay', () => {
  assert.equal(levelOf(0.03, 0.05), 'good');
  assert.equal(levelOf(0.1, 0.05), 'weak');
  assert.equal(levelOf(0, 1), 'weak');
});

test('a path is silent when checks go out and nothing comes', () => {
  const before = { id: 'a', bytes: 100, sent: 0, asked: 10, answered: 10 };
  assert.equal(isSilent(before, { ...before, asked: 13 }), true);
  assert.equal(isSilent(before, { ...before, asked: 12 }), false);
  assert.equal(isSilent(before, { ...before, asked: 13, bytes: 101 }), false);
  assert.equal(isSilent(before, { ...before, asked: 13, answered: 11 }), false);
  assert.equal(isSilent(before, { ...before, asked: 13, id: 'b' }), false);
  assert.equal(isSilent(before, { ...before, sent: 9000 }), false);
  assert.equal(isSilent(null, before), false);
});

test('where checks are not counted, a path is silent when media go out and nothing comes', () => {
  const before = { id: 'a', bytes: 100, sent: 5000, asked: null, answered: 0 };
  assert.equal(isSilent(before, { ...before, sent: 9000 }), true);
  assert.equal(isSilent(before, { ...before, sent: 5200 }), false);
  assert.equal(isSilent(before, { ...before, sent: 9000, bytes: 101 }), false);
  assert.equal(isSilent(before, { ...before, sent: 9000, answered: 1 }), false);
});

/* A connection as the browser's, without a network; time runs fifty times as fast. */
class FakePeer {
  static all: FakePeer[] = [];
  connectionState = 'new';
  localDescription: unknown = null;
  remoteDescription: unknown = null;
  onconnectionstatechange = () => undefined;
  ontrack = (_event: object) => undefined;
  constructor() { FakePeer.all.push(this); }
  addTransceiver = () => ({
    sender: { replaceTrack: async () => undefined, getParameters: () => ({}) },
  });
  createOffer = async () => ({ type: 'offer', sdp: 'v=0\r\n' });
  setLocalDescription = async (one: unknown) => { this.localDescription = one; };
  setRemoteDescription = async (one: unknown) => {
    this.remoteDescription = one;
    this.ontrack({
      track: { kind: 'video' }, streams: [{ id: 'slot0', of: FakePeer.all.indexOf(this) }],
    });
  };
  setConfiguration = () => undefined;
  getConfiguration = () => ({});
  getStats = async () => new Map();
  close = () => { this.connectionState = 'closed'; };
  become(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange();
  }
}

let opened: Media[] = [];

async function withFakes(story: (calls: string[]) => Promise<void>): Promise<void> {
  const before = { ...globalThis, setTimeout, performance: performance.now.bind(performance) };
  const calls: string[] = [];
  FakePeer.all = [];
  opened = [];
  Object.assign(globalThis, {
    RTCPeerConnection: FakePeer, RTCRtpReceiver: {}, MediaStream: class {},
    setTimeout: (run: () => void, ms = 0) => before.setTimeout(run, ms / 50),
    fetch: async (url: string, { method = 'GET' }: RequestInit = {}) => {
      calls.push(`${method} ${url}`);
      return method === 'POST'
        ? new Response('v=0\r\n', { status: 201, headers: { Location: `/p${calls.length}` } })
        : new Response('{"ice_servers":[],"expires_at":0}');
    },
  });
  performance.now = () => before.performance() * 50;
  try {
    await story(calls);
  } finally {
    for (const media of opened) media.close();
    Object.assign(globalThis, { setTimeout: before.setTimeout, fetch: before.fetch });
    performance.now = before.performance;
  }
}

async function until(what: () => unknown): Promise<void> {
  for (let i = 0; i < 3000 && !what(); i += 1) await new Promise((done) => setTimeout(done, 50));
  assert.ok(what());
}

/* On another network, with a connection in use. */
async function movedMedia(seen: unknown[]): Promise<{ media: Media; first: FakePeer }> {
  const media = new Media({
    hearing: 'h', room: '', slots: 1, publishes: true,
    tracks: { microphone: null, camera: null, screen: null },
    onState: () => undefined, onLevel: () => undefined,
    onStreams: (streams) => seen.push((streams[0] as unknown as { of: number })?.of),
  });
  opened.push(media);
  await media.start();
  const first = FakePeer.all[0] as FakePeer;
  first.become('connected');
  media.networkChanged();
  await until(() => FakePeer.all.length === 2 && FakePeer.all[1]?.remoteDescription);
  return { media, first };
}

test('the connection in use stays until the new one stands', () => withFakes(async () => {
  const seen: unknown[] = [];
  const { media, first } = await movedMedia(seen);
  assert.equal(first.connectionState, 'connected');
  assert.deepEqual(seen, [0]);
  FakePeer.all[1]?.become('connected');
  assert.equal(first.connectionState, 'closed');
  assert.deepEqual(seen, [0, 1]);
  media.close();
}));

test('one that never stands goes, and what is in use stays', () => withFakes(async (calls) => {
  const seen: unknown[] = [];
  const { media, first } = await movedMedia(seen);
  await until(() => FakePeer.all[1]?.connectionState === 'closed');
  assert.equal(first.connectionState, 'connected');
  assert.deepEqual(seen, [0]);
  const posts = calls.filter((call) => call.startsWith('POST')).length;
  assert.equal(posts, 2);
  assert.equal(calls.filter((call) => call.startsWith('DELETE')).length, 1);
  media.close();
  assert.equal(first.connectionState, 'closed');
  assert.equal(calls.filter((call) => call.startsWith('DELETE')).length, 2);
}));

test('who leaves meanwhile leaves both', () => withFakes(async (calls) => {
  const { media, first } = await movedMedia([]);
  media.close();
  assert.equal(first.connectionState, 'closed');
  assert.equal(FakePeer.all[1]?.connectionState, 'closed');
  await until(() => calls.filter((call) => call.startsWith('DELETE')).length === 2);
}));
