/** What is true of this call, as one value; every change is an event, and the phase follows from the facts. */

export type Phase =
  | "idle" | "testing" | "waiting" | "connecting" | "connected"
  | "reconnecting" | "moved" | "left" | "ended";
export type Stage = "waiting" | "admitted";
export type Link = "new" | "connected" | "lost";
export type CodeState = "none" | "ready" | "mismatch";

/** One other person of the visit, as this page knows them. */
export interface Person {
  peer: string;
  role: string;
  page: string;
  muted: boolean;
  camera: boolean;
  hidden: boolean;
  link: Link;
  sharing: boolean;
  code: string;
  codeWords: string;
  codeState: CodeState;
}

export type RosterEntry = Pick<Person, "peer" | "role" | "page" | "muted" | "camera" | "hidden">;

export interface Over {
  kind: "moved" | "ended" | "removed";
  words: string;
  next: string;
  /** The room closed without a clinician: the patient may open it again. */
  mayComeBack?: boolean;
}

export interface Call {
  intent: "idle" | "testing" | "in" | "left";
  over: Over | null;
  stage: Stage | null;
  resumed: boolean;
  signaling: boolean;
  everConnected: boolean;
  micOn: boolean;
  cameraOn: boolean;
  sharing: boolean;
  hidden: boolean;
  people: Readonly<Record<string, Person>>;
  names: Readonly<Record<string, string>>;
  quality: string;
  ladder: string;
  stuck: boolean;
  unread: number;
}

export type CallEvent =
  | { type: "test-started" }
  | { type: "joined"; resumed: boolean }
  | { type: "left" }
  | { type: "over"; over: Over }
  | { type: "staged"; stage: Stage }
  | { type: "signaling"; up: boolean }
  | { type: "roster"; people: RosterEntry[]; kept: string[] }
  | { type: "gone"; peer: string }
  | { type: "link"; peer: string; link: Link }
  | { type: "code"; peer: string; code: string; words: string; state: CodeState }
  | { type: "peer-sharing"; peer: string; on: boolean }
  | { type: "mic"; on: boolean }
  | { type: "camera"; on: boolean }
  | { type: "sharing"; on: boolean }
  | { type: "hidden"; hidden: boolean }
  | { type: "named"; names: Record<string, string> }
  | { type: "quality"; words: string }
  | { type: "ladder"; words: string }
  | { type: "stuck"; stuck: boolean }
  | { type: "chat-came"; seen: boolean }
  | { type: "chat-seen" };

export function newCall(names: Record<string, string> = {}): Call {
  return {
    intent: "idle", over: null, stage: null, resumed: false, signaling: false, everConnected: false,
    micOn: true, cameraOn: true, sharing: false, hidden: false, people: {}, names,
    quality: "", ladder: "", stuck: false, unread: 0,
  };
}

/** The one word the whole page follows (`data-call`). */
export function phase(call: Call): Phase {
  if (call.over?.kind === "moved") return "moved";
  if (call.over) return "ended";
  if (call.intent !== "in") return call.intent;
  if (call.stage === null) return call.resumed ? "connecting" : "waiting";
  if (call.stage === "waiting") return "waiting";
  const people = Object.values(call.people);
  if (people.some((person) => person.link === "connected")) return "connected";
  return call.everConnected && people.length > 0 ? "reconnecting" : "connecting";
}

function changed(call: Call, peer: string, facts: Partial<Person>): Call {
  const person = call.people[peer];
  if (!person) return call;
  return { ...call, people: { ...call.people, [peer]: { ...person, ...facts } } };
}

/** A person who came back with a new page starts over; one who kept it keeps link and code. */
function seated(call: Call, event: Extract<CallEvent, { type: "roster" }>): Call {
  const people: Record<string, Person> = {};
  for (const peer of event.kept) {
    const person = call.people[peer];
    if (person) people[peer] = person;
  }
  for (const entry of event.people) {
    const known = call.people[entry.peer];
    people[entry.peer] = known && known.page === entry.page
      ? { ...known, ...entry }
      : { link: "new", sharing: false, code: "", codeWords: "", codeState: "none", ...entry };
  }
  return { ...call, stage: "admitted", people };
}

export function next(call: Call, event: CallEvent): Call {
  switch (event.type) {
    case "test-started":
      return call.intent === "idle" ? { ...call, intent: "testing" } : call;
    case "joined":
      return { ...call, intent: "in", over: null, stage: null, everConnected: false, resumed: event.resumed };
    case "left":
      return { ...call, intent: "left", stage: null, people: {}, sharing: false, signaling: false };
    case "over":
      return { ...call, over: event.over, stage: null, people: {}, sharing: false, signaling: false };
    case "staged":
      return event.stage === "waiting"
        ? { ...call, stage: "waiting", resumed: false, everConnected: false, people: {}, sharing: false }
        : { ...call, stage: "admitted" };
    case "signaling":
      return { ...call, signaling: event.up };
    case "roster":
      return seated(call, event);
    case "gone": {
      const { [event.peer]: _, ...people } = call.people;
      return { ...call, people };
    }
    case "link": {
      const linked = changed(call, event.peer, { link: event.link });
      return event.link === "connected" ? { ...linked, everConnected: true, stuck: false } : linked;
    }
    case "code":
      return changed(call, event.peer, { code: event.code, codeWords: event.words, codeState: event.state });
    case "peer-sharing":
      return changed(call, event.peer, { sharing: event.on });
    case "mic":
      return { ...call, micOn: event.on };
    case "camera":
      return { ...call, cameraOn: event.on };
    case "sharing":
      return { ...call, sharing: event.on };
    case "hidden":
      return { ...call, hidden: event.hidden };
    case "named":
      return { ...call, names: { ...call.names, ...event.names } };
    case "quality":
      return { ...call, quality: event.words };
    case "ladder":
      return { ...call, ladder: event.words };
    case "stuck":
      return { ...call, stuck: event.stuck };
    case "chat-came":
      return event.seen ? call : { ...call, unread: call.unread + 1 };
    case "chat-seen":
      return { ...call, unread: 0 };
  }
}

export interface Store {
  readonly call: Call;
  send(event: CallEvent): void;
  watch(listener: (call: Call, before: Call) => void): void;
}

/** Holds the one value; an event sent by a listener waits until everybody has seen the one before. */
export function openStore(first: Call): Store {
  let call = first;
  let busy = false;
  const waiting: CallEvent[] = [];
  const listeners: ((call: Call, before: Call) => void)[] = [];
  return {
    get call() { return call; },
    send(event) {
      waiting.push(event);
      if (busy) return;
      busy = true;
      try {
        for (let one = waiting.shift(); one; one = waiting.shift()) {
          const before = call;
          call = next(call, one);
          if (call !== before) for (const listener of listeners) listener(call, before);
        }
      } finally {
        busy = false;
      }
    },
    watch(listener) { listeners.push(listener); },
  };
}
