/** The clinician's page of a visit: the same call, and the say over who is in it. */
import "../../styles/call.css";
import { startDevices } from "../devices";
import { aloud, badge, chime, toast } from "./announce";
import { dockResizes } from "./dock";
import { all, readPage } from "./page";
import { Floating, isPossible } from "./pip";
import { bind, Room, type Actions } from "./room";
import { pause } from "./session";
import { phase, type Person } from "./state";
import { post, type OwnState } from "./web";

/** A list that does not come keeps nobody from pressing again. */
const LISTED_MS = 2_000;

const page = readPage();
const stage = startDevices(page);
const room = new Room(page, stage);
const { store } = room.call;
let waitingBefore = new Set<string>();
/** The list on the page is as new as the state that is being asked for. */
let isListed = false;

function goIn(): void {
  stage.endTest();
  room.enter({ resumed: false, move: false });
}

/** Letting somebody in from outside the room would leave them alone in it: go in first. */
function goInIfOutside(): void {
  const now = phase(store.call);
  if (now !== "idle" && now !== "testing" && now !== "left") return;
  goIn();
  if (!stage.stream) void stage.turnOn();
}

/** The list of people has come anew: it tells who is in now, and has us ask for our own state. */
function listed(): Promise<unknown> {
  const fresh = new Promise((resolve) => document.addEventListener("mooring:fresh", resolve, { once: true }));
  return Promise.race([fresh, pause(LISTED_MS)]);
}

/** The buttons beside a person carry where to ask; web decides, and tells signaling. */
async function ask(pressed: HTMLElement): Promise<void> {
  const { url, peer = "" } = pressed.dataset;
  if (!url) return;
  pressed.setAttribute("aria-busy", "true");
  try {
    await post(url, {});
    document.dispatchEvent(new CustomEvent("mooring:changed"));
    await listed();
  } catch (refusal) {
    room.call.unexpect(peer);
    toast(refusal instanceof Error && refusal.message ? refusal.message : "That did not work. Please try again.");
  } finally {
    pressed.removeAttribute("aria-busy");
  }
}

/** Somebody comes, or comes back: what is not their face can wait. */
function faceComes(): void {
  document.dispatchEvent(new CustomEvent("mooring:face"));
}

const floating = new Floating((isOn) => {
  for (const button of all('[data-action="pip"]')) button.setAttribute("aria-pressed", String(isOn));
});

const actions: Actions = {
  join: goIn,
  "join-without": async () => {
    room.call.own.setCamera(false);
    await room.devices.renew("audio");
    goIn();
  },
  rejoin: async () => {
    room.enter({ resumed: true, move: false });
    await stage.turnOn();
  },
  admit: (pressed) => {
    goInIfOutside();
    faceComes();
    const asked = ask(pressed);
    room.call.expect(pressed.dataset.peer ?? "");
    return asked;
  },
  wait: ask,
  remove: ask,
  pip: () => floating.toggle(),
};

/** Once for each person who begins to wait: a soft sound, a mark in the title, a sentence. */
function noticeWaiting(state: OwnState): void {
  const people = (state.people ?? []).filter((person) => person.stage === "waiting" && person.here !== false);
  const now = new Set(people.map((person) => person.peer));
  const arrived = people.filter((person) => !waitingBefore.has(person.peer));
  if (arrived.length > 0) {
    chime();
    aloud(`${arrived.map((person) => person.name).join(", ")}: waiting`);
  }
  const isSame = now.size === waitingBefore.size && arrived.length === 0;
  waitingBefore = now;
  badge(now.size > 0 ? `(${now.size})` : "");
  if (!isSame && !isListed) document.dispatchEvent(new CustomEvent("mooring:changed"));
}

store.watch((call, before) => {
  const isNews = (person: Person): boolean => person.link !== "connected" && before.people[person.peer]?.link !== person.link;
  if (Object.values(call.people).some(isNews)) faceComes();
});
room.onState = noticeWaiting;
document.addEventListener("mooring:fresh", () => {
  isListed = true;
  void room.call.poll.now().then(() => { isListed = false; });
});
bind({ ...room.actions(), ...actions });
dockResizes();
for (const button of all('[data-action="pip"]')) button.hidden = !isPossible();
room.call.poll.start();
room.resume();
void room.call.poll.now();
