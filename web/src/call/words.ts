/** What the page says, in one place: plain words, short sentences, the fault is ours. */
import { phase, type Call, type Person, type Phase } from "./state";
import type { OwnState } from "./web";

const ROLES: Record<string, string> = {
  patient: "the patient", guardian: "the guardian", psychiatrist: "your doctor", therapist: "your therapist", trainee: "a therapist in training",
  interpreter: "the interpreter", support_person: "the support person", observer: "an observer",
};

export function nameOf(call: Call, person: Pick<Person, "peer" | "role">): string {
  const known = call.names[person.peer];
  if (known) return known;
  const role = ROLES[person.role] ?? "another person";
  return role[0]!.toUpperCase() + role.slice(1);
}

export function listed(names: string[]): string {
  if (names.length < 2) return names[0] ?? "";
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** The line under or over the faces: empty while everybody can see and hear each other. */
export function status(call: Call): string {
  const people = Object.values(call.people);
  const missing = people.filter((person) => person.link !== "connected").map((person) => nameOf(call, person));
  switch (phase(call)) {
    case "connecting":
      if (people.length === 0) {
        return call.everConnected
          ? "You are alone here for a moment. Please stay. They can come back."
          : "You are in the visit. The others are coming.";
      }
      return call.stuck
        ? "We cannot get sound and picture through. We keep trying. You can also talk by phone."
        : `Connecting you with ${listed(missing)}`;
    case "reconnecting":
      return call.stuck
        ? "The connection is lost. We keep trying. You can also talk by phone."
        : "The connection dropped. We are getting it back.";
    case "connected":
      return missing.length > 0 ? `Connecting you with ${listed(missing)}` : call.ladder;
    default:
      return "";
  }
}

/** Said aloud by a screen reader when the page turns. */
export const ANNOUNCED: Record<Phase, string> = {
  idle: "",
  testing: "Your camera and sound are being checked.",
  waiting: "You are in the waiting room. Nobody can see or hear you yet.",
  connecting: "You are being let in. Connecting.",
  connected: "You are connected.",
  reconnecting: "The connection dropped. We are getting it back.",
  moved: "Your visit is open somewhere else.",
  left: "You left the visit. It is still open.",
  ended: "The visit has ended.",
};

/** Who is in the background: their phone may have cut the sound, and they may not know. */
export function background(call: Call): string {
  const away = Object.values(call.people).filter((person) => person.hidden).map((person) => nameOf(call, person));
  if (away.length === 0) return "";
  return `${listed(away)} ${away.length === 1 ? "has" : "have"} another app in front`;
}

export function waiting(state: OwnState, clinician: string): string {
  switch (state.clinician?.presence) {
    case "free":
      return `${clinician} can see that you are here. You will be let in soon.`;
    case "busy":
      return `${clinician} is with someone now. You will be let in after that.`;
    case "late":
      return `${clinician} is running late. It may take about ${state.clinician.late_minutes} minutes.`;
    default:
      return "The clinic can see that you are here. You will be let in soon.";
  }
}

/** How long the visit has been going, as 24:10 or 1:02:05. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

const ENDED: Record<string, [string, string]> = {
  ended: ["Thank you for coming.", ""],
  unattended: ["The room closed, because your clinician was away for some time.", "Call the clinic if you still want to talk today."],
  removed: ["The clinic closed your place in this visit.", "If this is a mistake, please call the clinic."],
  "not-signed-in": ["Your place in this visit was closed.", "Do you work here? Sign in again. If not, please call the clinic."],
  cancelled: ["This visit was cancelled.", "The clinic will write to you about a new time."],
  "visit-cancelled": ["This visit was cancelled.", "The clinic will write to you about a new time."],
  "moved-to-new-time": ["This visit has a new time.", "Open the newest message from the clinic."],
  "not-open-yet": ["This visit is not open yet.", "Please come back closer to the time."],
  "on-hold": ["This visit is not open yet.", "Do you need somebody now? Please call the clinic."],
  "visit-over": ["The time for this visit is over.", "Call the clinic if you still want to talk today."],
};

export function ended(code: string): { words: string; next: string; mayComeBack: boolean } {
  const [words, next] = ENDED[code.replace(/^visit-ended$/, "ended")] ?? ["This visit is closed.", ""];
  return { words, next, mayComeBack: code === "unattended" };
}
