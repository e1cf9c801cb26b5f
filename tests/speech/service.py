#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A speech service for heard (server/app/SPEECH.md), by pocketsphinx and its en-US model: small, for tests
and as an example. It knows the words of grammar.jsgf beside it, in any order: with the model's own language model
of 20,000 words a synthetic voice is understood too badly, and ten times slower than it speaks. What is said between two
pauses is recognised as a whole; languages but English get no answer.

  service.py SOCKET [NOTES]      NOTES: a file that gets one JSON line for each frame, of sound its length only
"""
import json
import os
import socket
import struct
import sys
import threading

from pocketsphinx import Decoder

MODEL = "/usr/share/pocketsphinx/model/en-us/"
RATE = 16000
UTTERANCE_MAX = 20 * RATE * 2  # bytes; a speech without pauses is cut here
HEADER_MAX = BODY_MAX = 16 * 1024
NOISE = ("<s>", "</s>", "<sil>", "[")


def make_decoder():
    config = Decoder.default_config()
    config.set_string("-hmm", MODEL + "en-us")
    config.set_string("-jsgf", os.path.join(os.path.dirname(os.path.abspath(__file__)), "grammar.jsgf"))
    config.set_string("-dict", MODEL + "cmudict-en-us.dict")
    config.set_string("-logfn", os.devnull)
    return Decoder(config)


class Stream:
    def __init__(self, language):
        self.language, self.sound, self.at_ms = language, bytearray(), 0

    def add(self, at_ms, sound):
        end_ms = self.at_ms + len(self.sound) * 1000 // (2 * RATE)
        if not self.sound:
            self.at_ms = at_ms
        elif at_ms > end_ms + 20:  # what was lost, or not sent
            self.sound += bytes(min(at_ms - end_ms, 2000) * RATE // 1000 * 2)
        self.sound += sound


class Connection:
    def __init__(self, connection, decoder, lock, notes):
        self.connection, self.decoder, self.lock, self.notes = connection, decoder, lock, notes
        self.streams = {}

    def say(self, message):
        header = json.dumps(message).encode()
        self.connection.sendall(struct.pack(">II", len(header), 0) + header)

    def read(self, size):
        got = bytearray()
        while len(got) < size:
            part = self.connection.recv(size - len(got))
            if not part:
                raise EOFError
            got += part
        return bytes(got)

    def run(self):
        self.say({"type": "ready", "version": 1})
        while True:
            header, body = struct.unpack(">II", self.read(8))
            if header > HEADER_MAX or body > BODY_MAX:
                raise ValueError("a frame that is too large")
            message = json.loads(self.read(header))
            self.take(message, self.read(body))

    def take(self, message, sound):
        if self.notes:
            print(json.dumps({**message, "bytes": len(sound)}), file=self.notes, flush=True)
        kind, number = message["type"], message["stream"]
        if kind == "open":
            self.streams[number] = Stream(message["language"])
            return
        stream = self.streams[number]
        if kind == "audio":
            stream.add(message["at_ms"], sound)
        if kind != "audio" or len(stream.sound) > UTTERANCE_MAX:
            self.recognise(number, stream)
        if kind == "close":
            del self.streams[number]

    def recognise(self, number, stream):
        sound, stream.sound = bytes(stream.sound), bytearray()
        if not sound or not stream.language.startswith("en"):
            return
        with self.lock:
            self.decoder.start_utt()
            self.decoder.process_raw(sound, False, True)
            self.decoder.end_utt()
            hypothesis = self.decoder.hyp()
            words = [one for one in self.decoder.seg() if not one.word.startswith(NOISE)] if hypothesis else []
            confidence = self.decoder.get_logmath().exp(hypothesis.prob) if hypothesis else 0
        if not words:
            return
        begin_ms = stream.at_ms + words[0].start_frame * 10
        end_ms = max(begin_ms, stream.at_ms + words[-1].end_frame * 10)
        self.say({"type": "final", "stream": number, "begin_ms": begin_ms, "end_ms": end_ms,
                  "text": hypothesis.hypstr, "confidence": min(1.0, max(0.0, confidence))})


def serve(connection, decoder, lock, notes):
    with connection:
        try:
            Connection(connection, decoder, lock, notes).run()
        except (EOFError, OSError):
            return


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    path = sys.argv[1]
    notes = open(sys.argv[2], "a") if len(sys.argv) == 3 else None
    decoder, lock = make_decoder(), threading.Lock()
    if os.path.exists(path):
        os.unlink(path)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(16)
    print("ready", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, decoder, lock, notes), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
