// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSilent, levelOf } from '../src/media';
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
