import { expect, it } from "vitest";
import { orders, seating } from "./obey";
import { newCall, next, type Call, type CallEvent } from "./state";
import type { OwnState } from "./web";

const SAM = { peer: "p-sam", role: "support_person", page: "one", muted: false, camera: true, hidden: false };
const IN: CallEvent[] = [
  { type: "joined", resumed: false }, { type: "staged", stage: "admitted" },
  { type: "roster", people: [SAM], kept: [] }, { type: "link", peer: "p-sam", link: "connected" },
];
const call: Call = IN.reduce(next, newCall());
const NOBODY = new Set<string>();
const state = (stage: string, more: Partial<OwnState> = {}): OwnState =>
  ({ me: { peer: "p-morgan", role: "patient", stage, seat: 1 }, ...more });
const person = (stage: string, connected = true) => ({ peer: "p-sam", role: "support_person", name: "Sam Taylor", stage, connected });

it.each([["ended", "ended"], ["removed", "removed"], ["moved", "moved"], ["cancelled", "ended"]])("obeys %s", (stage, kind) => {
  expect(orders(state(stage), call, NOBODY, true).over?.kind).toBe(kind);
});

it("says the clinic's own words at the end", () => {
  const ended = { words: "Thank you, Morgan.", next: "We call you on Tuesday." };
  expect(orders(state("ended", { ended }), call, NOBODY, true).over).toEqual({ kind: "ended", mayComeBack: false, ...ended });
});

it("knows from web whether the room may be opened again", () => {
  const ended = { words: "The room was closed.", next: "", may_come_back: true };
  expect(orders(state("ended", { ended }), call, NOBODY, true).over?.mayComeBack).toBe(true);
});

it("does not take another page's seat for news before it has asked for one", () => {
  expect(orders(state("moved"), call, NOBODY, false).over).toBeNull();
});

it("closes the connection to somebody whom web sent out or back to waiting", () => {
  for (const row of ["waiting", "removed"]) {
    expect(orders(state("admitted", { people: [person(row)] }), call, NOBODY, true).gone).toEqual(["p-sam"]);
  }
  expect(orders(state("admitted", { people: [] }), call, NOBODY, true).gone).toEqual(["p-sam"]);
});

it("keeps media that flows while a restarted signaling has not seen them yet (R-01)", () => {
  expect(orders(state("admitted", { people: [person("admitted", false)] }), call, NOBODY, true).gone).toEqual([]);
  expect(orders(state("admitted", { people: [] }), call, new Set(["p-sam"]), true).gone).toEqual([]);
});

it("settles a stage that signaling does not know of", () => {
  expect(orders(state("waiting"), call, NOBODY, true).stage).toBe("waiting");
  expect(orders(state("admitted"), call, NOBODY, true).stage).toBeNull();
});

it("keeps flowing media over an empty roster, and drops it when the person has a new page", () => {
  const made = new Map([["p-sam", SAM.page]]);
  expect(seating([], call, made)).toEqual({ kept: ["p-sam"], stale: [] });
  expect(seating([SAM], call, made)).toEqual({ kept: [], stale: [] });
  expect(seating([{ ...SAM, page: "two" }], call, made)).toEqual({ kept: [], stale: ["p-sam"] });
  const lost = next(call, { type: "link", peer: "p-sam", link: "lost" });
  expect(seating([], lost, made)).toEqual({ kept: [], stale: ["p-sam"] });
});

it("knows the page a connection was made for before the page is drawn", () => {
  const reloaded = { ...SAM, page: "two" };
  expect(seating([reloaded], call, new Map([["p-sam", "two"]])).stale).toEqual([]);
  expect(seating([reloaded], call, new Map([["p-sam", undefined]])).stale).toEqual([]);
});
