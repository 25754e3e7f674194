import { expect, it } from "vitest";
import { CHAT_LIMIT, parse } from "./channel";
import { inAppBrowser } from "./guards";
import { fingerprintOf, sessionOf } from "./sdp";
import { backoff, isFinal } from "./session";
import { Refused } from "./web";
import { clock, ended, listed, waiting } from "./words";

it("counts the time of a visit as people read it", () => {
  expect([0, 61_000, 3_725_000].map(clock)).toEqual(["00:00", "01:01", "1:02:05"]);
});

it("lists names as one says them", () => {
  expect([[], ["Ana"], ["Ana", "Sam"], ["Ana", "Sam", "Linh"]].map(listed)).toEqual(["", "Ana", "Ana and Sam", "Ana, Sam and Linh"]);
});

it("says honestly how long it may take, and never a name that a waiting person may not see", () => {
  const state = (clinician: object) => ({ me: { peer: "", role: "patient", stage: "waiting", seat: 1 }, clinician }) as never;
  expect(waiting(state({ presence: "late", late_minutes: 10 }), "Dr. Rivera")).toContain("about 10 minutes");
  expect(waiting(state({ presence: "busy", late_minutes: 0 }), "Dr. Rivera")).toContain("with someone");
});

it("has words for every way a visit can be closed", () => {
  for (const code of ["ended", "unattended", "removed", "visit-cancelled", "moved-to-new-time", "not-open-yet", "on-hold", "visit-over"]) {
    expect(ended(code).words).toMatch(/\.$/);
    expect(ended(code).words).not.toBe(ended("what-ever").words);
  }
});

it("shows the way back where nobody was there, and nowhere else", () => {
  const isBack = (code: string): boolean => ended(code).mayComeBack;
  expect(["unattended", "ended", "removed", "visit-over"].map(isBack)).toEqual([true, false, false, false]);
});

it.each<[unknown]>([["{"], ["null"], ["[]"], [7], [JSON.stringify({ t: "chat", text: "x".repeat(CHAT_LIMIT + 1) })],
  [JSON.stringify({ t: "chat", text: "  " })], [JSON.stringify({ t: "commit", role: 7, value: "" })], ["x".repeat(20_000)]])(
  "hears nothing in %s: the other side may be any program", (raw) => expect(parse(raw)).toBeNull());

it("keeps of a message only what it knows", () => {
  expect(parse(JSON.stringify({ t: "chat", text: "<b>hi</b>", extra: 1 }))).toEqual({ t: "chat", text: "<b>hi</b>" });
});

it("tells one connection from another by the browser's own number", () => {
  const sdp = "v=0\r\no=- 7214538911 2 IN IP4 127.0.0.1\r\ns=-\r\na=fingerprint:sha-256 AB:CD:01\r\n";
  expect([sessionOf(sdp), fingerprintOf(sdp)]).toEqual(["7214538911", "abcd01"]);
});

it("asks again when the server is away, and not when it said no", () => {
  expect([0, 429, 503, 409, 404].map((status) => isFinal(new Refused(status, "", "")))).toEqual([false, false, false, true, true]);
  expect([backoff(0, 0.5), backoff(9, 0.5)]).toEqual([500, 5_000]);
});

it.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 [FBAN/FBIOS]", "Safari"],
  ["Mozilla/5.0 (Linux; Android 14; Pixel 8; wv) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36", "Chrome"],
  ["Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156 Safari/537.36", null],
])("knows the browser inside another app (row 22)", (agent, better) => expect(inAppBrowser(agent)).toBe(better));
