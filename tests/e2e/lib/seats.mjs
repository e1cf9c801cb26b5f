// SPDX-License-Identifier: Apache-2.0
// A hearing with these seats, planned by the API as the demo's clerk; whoever has no account comes by link.

export async function planSeats(server, kind, seats, more = {}) {
  const { http, accounts, case: id } = server.demo;
  const json = { "Content-Type": "application/json" };
  const login = await fetch(`${http}/api/v1/login`, { method: "POST", headers: json, body: JSON.stringify(accounts.clerk) });
  const cookie = login.headers.get("set-cookie").split(";")[0];
  const path = more.title ? "/api/v1/hearings" : `/api/v1/cases/${id}/hearings`;
  const made = await fetch(`${http}${path}`, { method: "POST", headers: { ...json, Cookie: cookie },
    body: JSON.stringify({ kind, planned_start_ms: Date.now(), seats, ...more }) });
  if (made.status !== 201) throw new Error(`schedule: ${made.status} ${await made.text()}`);
  return (await made.json()).links.map(({ url }) => url.replace(/^https:[/][/][^/]*/, http));
}
