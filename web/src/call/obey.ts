/** What web's answer about this person means for the call; web stands above whatever signaling said. */
import type { Call, Over, RosterEntry, Stage } from "./state";
import type { OwnState, Refused } from "./web";
import { ended } from "./words";

export interface Orders {
  over: Over | null;
  /** People whom neither signaling seats nor web has admitted: their connection must close. */
  gone: string[];
  /** Web has us on another stage than signaling; only a fresh ticket settles it. */
  stage: Stage | null;
}

const NONE: Orders = { over: null, gone: [], stage: null };

/** `holdsSeat`: this page has had a ticket; before, the seat is another page's and that is no news. */
export function orders(state: OwnState, call: Call, seated: ReadonlySet<string>, holdsSeat: boolean): Orders {
  if (call.intent !== "in") return NONE;
  const { stage } = state.me;
  if (state.ended || stage === "ended" || stage === "removed" || stage === "cancelled") {
    const kind = stage === "removed" ? "removed" : "ended";
    if (!state.ended) return { ...NONE, over: { kind, ...ended(stage) } };
    const { words, next, may_come_back: mayComeBack = false } = state.ended;
    return { ...NONE, over: { kind, words, next, mayComeBack } };
  }
  if (call.over) return NONE;
  if (!holdsSeat) return NONE;
  if (stage === "moved") return { ...NONE, over: { kind: "moved", words: "", next: "" } };
  const isOther = call.stage !== null && stage !== call.stage && (stage === "waiting" || stage === "admitted");
  return { over: null, gone: gone(state, call, seated), stage: isOther ? (stage as Stage) : null };
}

/** Web gives no ticket any more, and says why in the clinic's words. */
export function overBy({ code, message }: Refused): Over {
  const { words, next } = ended(code);
  return { kind: code === "removed" ? "removed" : "ended", words: code === "not-signed-in" ? words : message || words, next };
}

function gone(state: OwnState, call: Call, seated: ReadonlySet<string>): string[] {
  if (!state.people) return [];
  return Object.values(call.people)
    .filter((person) => !seated.has(person.peer))
    .filter((person) => {
      const row = state.people!.find((each) => each.peer === person.peer);
      return row?.stage !== "admitted" || (person.link !== "connected" && !row.connected);
    })
    .map((person) => person.peer);
}

/**
 * Which connections outlive a new roster. After a restart of signaling the others may not be back yet:
 * media that flows is kept until web says no. A person with a new page has no connection any more:
 * `connections` says for which page each was made.
 */
export function seating(
  roster: readonly Pick<RosterEntry, "peer" | "page">[],
  call: Call,
  connections: ReadonlyMap<string, string | undefined>,
): { kept: string[]; stale: string[] } {
  const pageOf = (peer: string): string | undefined => roster.find((each) => each.peer === peer)?.page;
  const kept = Object.values(call.people)
    .filter((person) => pageOf(person.peer) === undefined && person.link === "connected")
    .map((person) => person.peer);
  const stale = [...connections.keys()].filter((peer) => {
    const page = pageOf(peer);
    if (page === undefined) return !kept.includes(peer);
    return page !== (connections.get(peer) ?? page);
  });
  return { kept, stale };
}
