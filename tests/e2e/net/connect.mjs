// SPDX-License-Identifier: Apache-2.0
// connect.mjs PORT: standard input and output as one TCP connection to 127.0.0.1. For lib/door.mjs,
// which runs it in another namespace.
import { connect } from "node:net";

const socket = connect(Number(process.argv[2]), "127.0.0.1");
socket.setNoDelay(true);
socket.on("error", () => process.exit(1));
socket.on("close", () => process.exit(0));
process.stdin.pipe(socket);
socket.pipe(process.stdout);
