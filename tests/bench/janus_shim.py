#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""WHIP and WHEP before Janus' VideoRoom, so that `heard bench` can load it beside our server.

POST /whip/ROOM/FEED with an offer -> 201 with the answer; POST /whep/ROOM/FEED without a body -> 201 with Janus' own
offer (its subscribers are always offered to), then PATCH /session/HANDLE with the answer; DELETE /session/HANDLE.
Rooms are made at first use. Only for the measuring machine: no authentication, loopback, standard library."""
import argparse
import http.client
import http.server
import itertools
import json
import queue
import threading

EVENT_TIMEOUT_S = 20
HTTP_TIMEOUT_S = 60
BODY_MAX = 256 * 1024
ROOM = {"request": "create", "permanent": False, "publishers": 1000, "bitrate": 0, "audiocodec": "opus",
        "videocodec": "vp8", "notify_joining": False, "audiolevel_ext": False, "transport_wide_cc_ext": False,
        "playoutdelay_ext": False, "videoorient_ext": False}
ROOM_EXISTS = 427


class Refused(Exception):
    """Janus said no, or nothing."""


class Session:
    """One Janus session; a thread of its own collects the events of all handles by long poll."""

    def __init__(self, port):
        self.port = port
        self.connections = threading.local()
        self.numbers = itertools.count(1)
        self.awaited = {}
        self.made_rooms = set()
        self.room_lock = threading.Lock()
        self.path = "/janus"
        self.path = f"/janus/{self.send({'janus': 'create'})['data']['id']}"
        threading.Thread(target=self.collect_events, daemon=True).start()
        self.admin = self.attach()

    def exchange(self, method, path, message=None):
        """One request on this thread's connection; once more on a new one if Janus closed it meanwhile."""
        for last in (False, True):
            connection = getattr(self.connections, "kept", None)
            if not connection:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=HTTP_TIMEOUT_S)
                self.connections.kept = connection
            try:
                connection.request(method, path, json.dumps(message) if message else None,
                                   {"Content-Type": "application/json"})
                return json.loads(connection.getresponse().read())
            except (OSError, ValueError, http.client.HTTPException):
                connection.close()
                self.connections.kept = None
                if last:
                    raise

    def send(self, message, handle=None, transaction=None):
        message["transaction"] = transaction or f"t{next(self.numbers)}"
        reply = self.exchange("POST", f"{self.path}/{handle}" if handle else self.path, message)
        if reply.get("janus") not in ("success", "ack"):
            raise Refused(json.dumps(reply))
        return reply

    def collect_events(self):
        while True:
            events = self.exchange("GET", f"{self.path}?maxev=100")
            for event in events if isinstance(events, list) else [events]:
                waiting = self.awaited.get(event.get("transaction"))
                if waiting:
                    waiting.put(event)

    def attach(self):
        return self.send({"janus": "attach", "plugin": "janus.plugin.videoroom"})["data"]["id"]

    def ask(self, handle, body, jsep=None):
        """A plugin request; its answer comes at once or as an event. Returns (data, sdp or None)."""
        transaction = f"t{next(self.numbers)}"
        message = {"janus": "message", "body": body}
        if jsep:
            message["jsep"] = jsep
        self.awaited[transaction] = queue.SimpleQueue()
        try:
            reply = self.send(message, handle, transaction)
            if reply["janus"] == "ack":
                reply = self.awaited[transaction].get(timeout=EVENT_TIMEOUT_S)
        except queue.Empty:
            raise Refused("no event in time") from None
        finally:
            del self.awaited[transaction]
        data = reply.get("plugindata", {}).get("data", {})
        if "error" in data and data.get("error_code") != ROOM_EXISTS:
            raise Refused(json.dumps(data))
        return data, reply.get("jsep", {}).get("sdp")

    def need_room(self, room):
        with self.room_lock:
            if room not in self.made_rooms:
                self.ask(self.admin, {**ROOM, "room": room})
                self.made_rooms.add(room)

    def publish(self, room, feed, offer):
        self.need_room(room)
        handle = self.attach()
        body = {"request": "joinandconfigure", "ptype": "publisher", "room": room, "id": feed}
        return handle, self.ask(handle, body, {"type": "offer", "sdp": offer, "trickle": False})[1]

    def subscribe(self, room, feed):
        handle = self.attach()
        body = {"request": "join", "ptype": "subscriber", "room": room, "streams": [{"feed": feed}]}
        return handle, self.ask(handle, body)[1]

    def start(self, handle, answer):
        self.ask(handle, {"request": "start"}, {"type": "answer", "sdp": answer, "trickle": False})

    def detach(self, handle):
        self.send({"janus": "detach"}, handle)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    session = None

    def log_message(self, *_):
        pass

    def answer(self, status, text="", location=None):
        body = text.encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if body:
            self.send_header("Content-Type", "application/sdp" if status == 201 else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self, act):
        try:
            body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_MAX)).decode()
            act(self.path.strip("/").split("/"), body)
        except (Refused, OSError, ValueError, KeyError, IndexError, http.client.HTTPException) as error:
            self.answer(502, f"{type(error).__name__}: {error}")

    def do_POST(self):
        def act(parts, body):
            kind, room, feed = parts[0], int(parts[1]) + 1, int(parts[2]) + 1  # Janus knows no id 0
            if kind == "whip":
                handle, sdp = self.session.publish(room, feed, body)
            elif kind == "whep" and not body:
                handle, sdp = self.session.subscribe(room, feed)
            else:
                return self.answer(404, "POST /whip/ROOM/FEED with an offer, /whep/ROOM/FEED without a body")
            if not sdp:
                raise Refused("no SDP in the event")
            return self.answer(201, sdp, f"/session/{handle}")
        self.serve(act)

    def do_PATCH(self):
        def act(parts, body):
            self.session.start(int(parts[1]), body)
            self.answer(204)
        self.serve(act)

    def do_DELETE(self):
        def act(parts, _):
            self.session.detach(int(parts[1]))
            self.answer(200)
        self.serve(act)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--janus-port", type=int, required=True)
    options = parser.parse_args()
    Handler.session = Session(options.janus_port)
    server = Server(("127.0.0.1", options.port), Handler)
    print("ready", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
