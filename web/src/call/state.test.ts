import { describe, expect, it } from "vitest";
import { newCall, next, openStore, phase, type Call, type CallEvent, type RosterEntry } from "./state";

const RIVERA: RosterEntry = { peer: "p-rivera", role: "psychiatrist", page: "one", muted: false, camera: true, hidden: false };
const after = (...events: CallEvent[]): Call => events.reduce(next, newCall());
const roster = (...people: RosterEntry[]): CallEvent => ({ type: "roster", people, kept: [] });
const JOINED: CallEvent = { type: "joined", resumed: false };
const ADMITTED: CallEvent = { type: "staged", stage: "admitted" };
const CONNECTED: CallEvent = { type: "link", peer: "p-rivera", link: "connected" };
const LOST: CallEvent = { type: "link", peer: "p-rivera", link: "lost" };

describe("data-call tells the truth", () => {
  it.each<[string, CallEvent[]]>([
    ["idle", []],
    ["testing", [{ type: "test-started" }]],
    ["waiting", [JOINED]],
    ["waiting", [JOINED, { type: "staged", stage: "waiting" }]],
    ["connecting", [JOINED, ADMITTED]],
    ["connecting", [JOINED, ADMITTED, roster(RIVERA)]],
    ["connected", [JOINED, ADMITTED, roster(RIVERA), CONNECTED]],
    ["reconnecting", [JOINED, ADMITTED, roster(RIVERA), CONNECTED, LOST]],
    ["reconnecting", [JOINED, ADMITTED, roster(RIVERA), CONNECTED, roster({ ...RIVERA, page: "two" })]],
    ["connecting", [JOINED, ADMITTED, roster(RIVERA), CONNECTED, roster()]],
    ["waiting", [JOINED, ADMITTED, roster(RIVERA), CONNECTED, { type: "staged", stage: "waiting" }]],
    ["left", [JOINED, ADMITTED, { type: "left" }]],
    ["moved", [JOINED, { type: "over", over: { kind: "moved", words: "", next: "" } }]],
    ["ended", [JOINED, { type: "over", over: { kind: "removed", words: "", next: "" } }]],
    ["connecting", [{ type: "joined", resumed: true }]],
    ["waiting", [{ type: "joined", resumed: true }, { type: "staged", stage: "waiting" }]],
  ])("%s", (expected, events) => expect(phase(after(...events))).toBe(expected));
});

it("keeps a person and their code while signaling forgets them but media flows (R-01)", () => {
  const before = after(JOINED, ADMITTED, roster(RIVERA), CONNECTED,
    { type: "code", peer: "p-rivera", code: "417 092", words: "", state: "ready" });
  const empty = next(before, { type: "roster", people: [], kept: ["p-rivera"] });
  expect(phase(empty)).toBe("connected");
  expect(next(empty, roster(RIVERA)).people["p-rivera"]?.code).toBe("417 092");
});

it("forgets the code of a person whose page was reloaded: that is another connection", () => {
  const before = after(JOINED, ADMITTED, roster(RIVERA), CONNECTED,
    { type: "code", peer: "p-rivera", code: "417 092", words: "", state: "ready" });
  expect(next(before, roster({ ...RIVERA, page: "two" })).people["p-rivera"]?.code).toBe("");
});

it("shows listeners one change after the other, also those that listeners make", () => {
  const store = openStore(newCall());
  const seen: string[] = [];
  store.watch((call) => {
    seen.push(phase(call));
    if (call.intent === "testing") store.send(JOINED);
  });
  store.watch((call) => seen.push(`then ${phase(call)}`));
  store.send({ type: "test-started" });
  expect(seen).toEqual(["testing", "then testing", "waiting", "then waiting"]);
});
