#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A third implementation: GStreamer's webrtcbin over WHIP or WHEP.

  webrtcbin_peer.py whip URL TOKEN SECONDS   publishes a test picture (VP8) and a tone (Opus)
  webrtcbin_peer.py whep URL TOKEN SECONDS   receives, decodes and counts
  webrtcbin_peer.py clap URL TOKEN SECONDS [PHASE_MS]   publishes a flash and a beep at one instant each 2 s,
                                             about PHASE_MS after an even second of the monotonic clock
  webrtcbin_peer.py say URL TOKEN SECONDS FILE   speaks a sound file, in its own time, with levels (RFC 6464)

TOKEN is a bearer token, or "cookie:" and a participant's cookie.

Prints one JSON line: {"state": …, "frames": n, "audio_rms_db": x, "base_us": when it clapped first,
"skew_us": how much later than its beep a flash stands, as sent}."""
import json
import sys
import time
import urllib.request
from urllib.parse import urljoin

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstWebRTC", "1.0")
gi.require_version("GstSdp", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

PUBLISH = (
    "webrtcbin name=peer bundle-policy=max-bundle "
    "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 ! "
    "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay pt=96 picture-id-mode=15-bit ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer. "
    "audiotestsrc is-live=true freq=440 ! audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay pt=111 ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! peer."
)

CLAP_NS = 2 * 10**9
FRAME_NS = 10**9 // 15
# audiotestsrc ticks one buffer early, all but the first time: a buffer is as long as a picture here.
CLAP = (
    "webrtcbin name=peer bundle-policy=max-bundle "
    "videotestsrc name=camera is-live=true pattern=white ! video/x-raw,width=320,height=240,framerate=15/1 ! "
    "vp8enc deadline=1 cpu-used=8 keyframe-max-dist=30 ! rtpvp8pay pt=96 picture-id-mode=15-bit ! "
    "application/x-rtp,media=video,encoding-name=VP8,payload=96 ! peer. "
    f"audiotestsrc name=voice is-live=true samplesperbuffer=3200 wave=ticks freq=1000 sine-periods-per-tick=100 tick-interval={CLAP_NS} ! "
    "audio/x-raw,rate=48000,channels=2 ! opusenc ! rtpopuspay pt=111 ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111 ! peer."
)

# How loud each packet is, as browsers tell; FILE is WAV.
SAY = (
    "webrtcbin name=peer bundle-policy=max-bundle "
    "filesrc location={file} ! wavparse ! clocksync ! audioconvert ! audioresample ! audio/x-raw,rate=48000,channels=1 ! "
    "level post-messages=false audio-level-meta=true ! opusenc bitrate=32000 ! rtpopuspay pt=111 ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,"
    'extmap-1=(string)<"","urn:ietf:params:rtp-hdrext:ssrc-audio-level","vad=on"> ! peer.'
)


class Clapper:
    """Has the camera white for three pictures at each clap; knows where both streams began."""

    def __init__(self, pipeline):
        self.first = {}
        for name in ("camera", "voice"):
            pad = pipeline.get_by_name(name).get_static_pad("src")
            pad.add_probe(Gst.PadProbeType.BUFFER, self.on_buffer, name)

    def on_buffer(self, pad, info, name):
        pts = info.get_buffer().pts
        since = pts - self.first.setdefault(name, pts)
        if name == "camera":  # the picture after this one
            white = (since + 2 * FRAME_NS + Gst.MSECOND) % CLAP_NS < 3 * FRAME_NS
            Gst.util_set_object_arg(pad.get_parent_element(), "pattern", "white" if white else "black")
        return Gst.PadProbeReturn.OK

    def skew_us(self):
        return (self.first["camera"] - self.first["voice"]) // 1000


class Peer:
    def __init__(self, mode, url, token, seconds, more="0"):
        self.mode, self.url, self.token, self.seconds = mode, url, token, seconds
        self.phase_ms, self.file = (0, more) if mode == "say" else (int(more), None)
        self.frames, self.rms, self.error, self.location, self.clapper = 0, None, None, None, None
        self.loop = GLib.MainLoop()

    def run(self):
        if self.mode != "whep":
            self.pipeline = Gst.parse_launch({"clap": CLAP, "say": SAY.format(file=self.file)}.get(self.mode, PUBLISH))
            self.peer = self.pipeline.get_by_name("peer")
            if self.mode == "clap":
                self.clapper = Clapper(self.pipeline)
                # Reports tell when a sample was taken, not when it went out.
                self.peer.get_by_name("rtpbin").set_property("rtcp-sync-send-time", False)
                time.sleep((self.phase_ms / 1000 - time.monotonic()) % (CLAP_NS / 10**9))
        else:
            self.pipeline = Gst.Pipeline.new()
            self.peer = Gst.ElementFactory.make("webrtcbin", "peer")
            self.peer.set_property("bundle-policy", "max-bundle")
            self.pipeline.add(self.peer)
            for caps in ("application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2",
                         "application/x-rtp,media=video,encoding-name=VP8,payload=96,clock-rate=90000,rtcp-fb-nack-pli=true"):
                self.peer.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps))
            self.peer.connect("pad-added", self.on_pad)
            GLib.idle_add(self.offer)
        if self.mode != "whep":
            self.peer.connect("on-negotiation-needed", lambda _: self.offer())
        self.peer.connect("notify::ice-gathering-state", lambda *_: GLib.idle_add(self.gathered))
        bus = self.pipeline.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.on_message)
        self.pipeline.set_state(Gst.State.PLAYING)
        GLib.timeout_add(self.seconds * 1000, self.loop.quit)
        self.loop.run()
        state = self.peer.get_property("connection-state").value_nick
        base_us = self.pipeline.get_base_time() // 1000
        self.pipeline.set_state(Gst.State.NULL)
        self.leave()
        print(json.dumps({"state": state, "frames": self.frames, "audio_rms_db": self.rms, "base_us": base_us,
                          "skew_us": self.clapper and self.clapper.skew_us(), "error": self.error}))
        return 0 if state == "connected" and not self.error else 1

    def offer(self):
        def made(promise, *_):
            promise.wait()
            reply = promise.get_reply()  # owns the description: keep it until it is used
            self.peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())
        self.peer.emit("create-offer", None, Gst.Promise.new_with_change_func(made))
        return False

    def gathered(self):
        if self.location is None and self.peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self.post(self.peer.get_property("local-description").sdp.as_text())
        return False

    def request(self, method, url, body=None):
        kind, _, cookie = self.token.partition("cookie:")
        headers = {"Content-Type": "application/sdp", **({"Cookie": cookie} if cookie else {"Authorization": "Bearer " + kind})}
        return urllib.request.urlopen(urllib.request.Request(url, data=body, method=method, headers=headers), timeout=10)

    def post(self, offer):
        self.location = ""
        try:
            with self.request("POST", self.url, offer.encode()) as reply:
                self.location = urljoin(self.url, reply.headers["Location"])
                answer = reply.read().decode()
        except OSError as error:
            self.error = f"{error} {error.read().decode() if hasattr(error, 'read') else ''}"
            self.loop.quit()
            return
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        description = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.peer.emit("set-remote-description", description, Gst.Promise.new())

    def leave(self):
        if self.location:
            try:
                self.request("DELETE", self.location).close()
            except OSError as error:
                self.error = f"DELETE: {error}"

    def on_pad(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        chain = ("queue ! rtpvp8depay ! vp8dec ! fakesink name=sink signal-handoffs=true sync=false" if kind == "video" else
                 "queue ! rtpopusdepay ! opusdec ! level post-messages=true ! fakesink sync=false")
        part = Gst.parse_bin_from_description(chain, True)
        if kind == "video":
            part.get_by_name("sink").connect("handoff", self.on_frame)
        self.pipeline.add(part)
        part.sync_state_with_parent()
        pad.link(part.get_static_pad("sink"))

    def on_frame(self, *_):
        self.frames += 1

    def on_message(self, _, message):
        if message.type == Gst.MessageType.ERROR:
            self.error = message.parse_error()[0].message
            self.loop.quit()
        elif message.type == Gst.MessageType.ELEMENT and message.get_structure().get_name() == "level":
            text = message.get_structure().to_string()
            self.rms = float(text.split("rms=")[1].split("< ")[1].split(",")[0].split(" ")[0].rstrip(">;"))


def main():
    if len(sys.argv) not in (5, 6) or sys.argv[1] not in ("whip", "whep", "clap", "say"):
        print(__doc__, file=sys.stderr)
        return 2
    Gst.init(None)
    return Peer(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]), *sys.argv[5:]).run()


if __name__ == "__main__":
    sys.exit(main())
