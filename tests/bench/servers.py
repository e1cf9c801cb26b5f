# SPDX-License-Identifier: Apache-2.0
"""The servers that tests/bench/run compares: each is started anew for a run, and ends with it."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
START_TIMEOUT_S = 20
STOP_TIMEOUT_S = 10
JANUS_FOLDERS = ("/usr/lib/x86_64-linux-gnu/janus", "/usr/lib/aarch64-linux-gnu/janus")


class CannotStart(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(ready, process, what, log):
    end = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        if ready():
            return
        time.sleep(0.05)
    with open(log, encoding="utf-8", errors="replace") as text:
        raise CannotStart(f"{what} does not start:\n" + "".join(text.readlines()[-8:]))


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


class Server:
    """Base: a folder for the run and the processes in it."""

    def __init__(self):
        self.processes = []
        self.folder = None

    def spawn(self, command, log):
        with open(log, "wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def start(self):
        """Returns (pids to measure, options for heard bench)."""
        self.folder = tempfile.mkdtemp(prefix="heard-bench-")
        try:
            return self.start_in(self.folder)
        except BaseException:
            self.stop()
            raise

    def stop(self):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.terminate()
        for process in self.processes:
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes = []
        shutil.rmtree(self.folder, ignore_errors=True)


class Heard(Server):
    def __init__(self, binary, address, rooms, recorded, name=None):
        super().__init__()
        self.name = name or ("heard-recorded" if recorded else "heard")
        self.binary, self.address, self.rooms, self.recorded = binary, address, rooms, recorded

    def start_in(self, folder):
        demo, log = os.path.join(folder, "demo.json"), os.path.join(folder, "log")
        command = [self.binary, "serve", "--data", folder, "--port", str(free_port()), "--http-port",
                   str(free_port()), "--address", self.address, "--load", str(self.rooms)]
        process = self.spawn(command + (["--load-recorded"] if self.recorded else []), log)
        wait_for(lambda: os.path.exists(demo), process, "heard", log)
        with open(demo, encoding="utf-8") as text:
            facts = json.load(text)
        wait_for(lambda: answers(facts["http"] + "/readyz"), process, "heard", log)
        base = facts["http"] + "/api/v1/hearings/load-{r}"
        return [process.pid], ["--whip", base + "/whip?label=p{q}", "--whep", base + "/whep?of=p{q}",
                               "--bearer", facts["token"]]


class Janus(Server):
    """Debian's janus with VideoRoom and HTTP only. It skips loopback interfaces: address must be another's."""

    def __init__(self, address, event_loops):
        super().__init__()
        self.name = f"janus-el{event_loops}"
        self.address, self.event_loops = address, event_loops

    def configure(self, folder, port):
        modules = next((f for f in JANUS_FOLDERS if os.path.isdir(f)), None)
        if not modules or not shutil.which("janus"):
            raise CannotStart("janus is missing: apt-get install --no-install-recommends janus")
        for kind, module in (("plugins", "libjanus_videoroom.so"), ("transports", "libjanus_http.so")):
            os.mkdir(os.path.join(folder, kind))
            os.symlink(os.path.join(modules, kind, module), os.path.join(folder, kind, module))
        files = {
            "janus.jcfg": f'general: {{ plugins_folder = "{folder}/plugins"\n'
                          f'transports_folder = "{folder}/transports"\n'
                          f'debug_level = 2\nevent_loops = {self.event_loops} }}\n'
                          f'media: {{ ipv6 = false }}\nnat: {{ ice_enforce_list = "{self.address}" }}\n',
            "janus.transport.http.jcfg": 'general: { json = "compact"\nbase_path = "/janus"\nhttp = true\n'
                                         f'port = {port}\nip = "127.0.0.1"\nhttps = false }}\n'
                                         'admin: { admin_http = false }\n',
            "janus.plugin.videoroom.jcfg": "general: { }\n",
        }
        for name, text in files.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)

    def start_in(self, folder):
        port, shim_port, log = free_port(), free_port(), os.path.join(folder, "log")
        shim_log = os.path.join(folder, "shim.log")
        self.configure(folder, port)
        janus = self.spawn(["janus", "-F", folder, "-C", os.path.join(folder, "janus.jcfg")], log)
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/janus/info"), janus, "janus", log)
        shim = self.spawn([sys.executable, os.path.join(HERE, "janus_shim.py"), "--port", str(shim_port),
                           "--janus-port", str(port)], shim_log)
        wait_for(lambda: open(shim_log, encoding="utf-8").read().startswith("ready"), shim, "the shim", shim_log)
        base = f"http://127.0.0.1:{shim_port}"
        return [janus.pid], ["--whip", base + "/whip/{r}/{p}", "--whep", base + "/whep/{r}/{p}",
                             "--whep-mode", "server"]


class Running(Server):
    """Any other server that runs already."""

    def __init__(self, name, pid, options):
        super().__init__()
        self.name, self.pid, self.options = name, pid, options

    def start(self):
        return ([self.pid] if self.pid else []), self.options

    def stop(self):
        pass
