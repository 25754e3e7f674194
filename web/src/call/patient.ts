/** The patient's page of a visit, from the camera test to goodbye; also a guardian's, an interpreter's. */
import "../../styles/call.css";
import { startDevices } from "../devices";
import { allowSound } from "../devices/sound";
import { aloud, badge, chime, toast, vibrate } from "./announce";
import { closeDialog, openDialog } from "./dialogs";
import { offerEscape } from "./guards";
import { all, one, readPage, say } from "./page";
import { bind, Room, type Actions } from "./room";
import { phase } from "./state";
import { fetchState, post, type OwnState } from "./web";
import { waiting } from "./words";

const page = readPage();
const stage = startDevices(page);
const room = new Room(page, stage);
const { store } = room.call;
const shown = new Set<string>();

async function joinWithoutCamera(): Promise<void> {
  room.call.own.setCamera(false);
  await room.devices.renew("audio");
  stage.endTest();
  room.enter({ resumed: false, move: false });
}

const visitActions: Actions = {
  join: () => {
    stage.endTest();
    room.enter({ resumed: false, move: false });
  },
  "join-without": () => joinWithoutCamera(),
  rejoin: async () => {
    room.enter({ resumed: true, move: false });
    await stage.turnOn();
  },
  write: () => openDialog("write"),
  breathe: () => openDialog("breathe"),
  phone: () => openDialog("phone"),
  "phone-now": () => callMe(),
};

async function callMe(): Promise<void> {
  try {
    await post("/visit/phone-instead");
    closeDialog("phone");
    toast("The clinic knows. They will call you. Please keep your phone near.", 20_000);
  } catch (refusal) {
    toast(refusal instanceof Error && refusal.message ? refusal.message : "That did not work. Please call the clinic.");
  }
}

function writeToClinic(form: HTMLFormElement): void {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const field = one<HTMLTextAreaElement>("[name=text]", form);
    const text = field?.value.trim() ?? "";
    if (!field || text === "") return;
    post(page.urls.message ?? "/visit/message", { text }).then(
      () => {
        field.value = "";
        closeDialog("write");
        toast("Your words are with the front desk.");
      },
      () => toast("Not sent. Your words are still here. Please try again."),
    );
  });
}

/** Words from the clinic and how long it may take; said aloud when they are new. */
function showWaiting(state: OwnState): void {
  if (phase(store.call) === "waiting" && state.clinician) {
    say("waiting", waiting(state, clinicianName(state)));
  }
  for (const { id, text } of state.messages ?? []) {
    if (shown.has(id)) continue;
    shown.add(id);
    const line = document.createElement("li");
    line.textContent = text;
    all("[data-messages]")[0]?.append(line);
    chime();
    aloud(`The clinic writes: ${text}`);
  }
}

function clinicianName(state: OwnState): string {
  const clinician = (state.people ?? []).find((person) => person.role === "psychiatrist" || person.role === "therapist");
  return clinician?.name ?? page.names.clinician ?? Object.values(page.names)[0] ?? "Your clinician";
}

/** The first picture is on its way by then, and nothing is taken from it. */
const CHIME_MS = 600;

/** Somebody who was let in may be looking elsewhere: sound, vibration, title. */
function announceAdmission(): void {
  store.watch((call, before) => {
    if (call.stage !== "admitted" || before.stage !== "waiting") return;
    setTimeout(chime, CHIME_MS);
    vibrate();
    if (document.hidden) badge("●");
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) badge(""); });
}

/** A closed tab or an empty battery in mid-call: the same link leads straight back into it. */
async function returnIfAdmitted(): Promise<void> {
  const state = await fetchState(page.urls, "").catch(() => null);
  if (state?.me.stage !== "admitted" || store.call.intent !== "idle") return;
  room.enter({ resumed: true, move: false });
  await stage.turnOn();
}

room.onState = showWaiting;
bind({ ...room.actions(), ...(page.mode === "visit" ? visitActions : {}) });
addEventListener("pointerdown", allowSound, { once: true });
offerEscape();
if (page.mode === "visit") {
  announceAdmission();
  for (const form of all<HTMLFormElement>("[data-message-form]")) writeToClinic(form);
  if (!room.resume()) void returnIfAdmitted();
}
