// SPDX-License-Identifier: Apache-2.0
// A port of this namespace's loopback that leads to the same port on the loopback of another: the
// wires between them may be cut meanwhile. Puppeteer speaks with Firefox by TCP, not by a pipe.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const CONNECT = fileURLToPath(new URL("../net/connect.mjs", import.meta.url));

export async function openDoor(stage, space) {
  const passing = new Set();
  const door = createServer((socket) => {
    const { port } = door.address();
    const child = spawn("ip", ["netns", "exec", space, process.execPath, CONNECT, String(port)], { stdio: ["pipe", "pipe", "inherit"] });
    const end = () => {
      passing.delete(end);
      child.kill("SIGTERM");
      socket.destroy();
    };
    passing.add(end);
    for (const side of [socket, child.stdin, child.stdout, child]) side.on("error", end);
    child.on("exit", end);
    socket.on("close", end);
    socket.setNoDelay(true);
    socket.pipe(child.stdin);
    child.stdout.pipe(socket);
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  stage.atEnd(async () => {
    door.close();
    for (const end of [...passing]) end();
  });
  return door.address().port;
}
