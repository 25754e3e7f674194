/** Shows the state of the call in the page; it decides nothing. */
import { aloud } from "./announce";
import { showUnread } from "./chat";
import { all, one, say } from "./page";
import { phase, type Call, type Phase } from "./state";
import { ANNOUNCED, background, listed, nameOf, status } from "./words";

function press(action: string, isPressed: boolean): void {
  for (const button of all(`[data-action="${action}"]`)) button.setAttribute("aria-pressed", String(isPressed));
}

export function show(call: Call, before: Call | null): void {
  const root = document.documentElement;
  const now = phase(call);
  root.dataset.call = now;
  root.dataset.signaling = call.signaling ? "up" : "down";
  root.toggleAttribute("data-stuck", call.stuck);
  press("mute", !call.micOn);
  press("camera", !call.cameraOn);
  press("share", call.sharing);
  say("status", status(call));
  say("quality", call.quality);
  say("background", background(call));
  const people = Object.values(call.people).map((person) => nameOf(call, person));
  if (people.length > 0) say("who", listed(people));
  showCodes(call);
  showUnread(call.unread);
  if (call.over) {
    say("ended", call.over.words);
    if (call.over.next) say("next", call.over.next);
    for (const way of all("[data-come-back]")) way.hidden = call.over.mayComeBack !== true;
  }
  if (before && phase(before) !== now) turnTo(now);
}

/** The first code stands large; with more people each has their own line. */
function showCodes(call: Call): void {
  const coded = Object.values(call.people).filter((person) => person.codeState !== "none");
  const first = coded.find((person) => ["patient", "psychiatrist"].includes(person.role)) ?? coded[0];
  const isBroken = coded.some((person) => person.codeState === "mismatch");
  document.documentElement.toggleAttribute("data-code-mismatch", isBroken);
  say("safety-code", isBroken ? "Do not match" : (first?.code ?? ""));
  if (isBroken) {
    say("code-words", "Somebody may sit between you. Say nothing private here. Please go on by phone.");
  } else if (coded.length > 1) {
    say("code-words", coded.map((person) => `${nameOf(call, person)}: ${person.code} (${person.codeWords})`).join(". "));
  } else if (first) {
    say("code-words", `Read the numbers to each other, or these: ${first.codeWords}. If both see the same, nobody sits in between.`);
  }
}

/**
 * On a new panel the focus goes to its heading, so that nobody is left on a button that is gone.
 * With the frame that shows it: asked for at once it would have the page laid out twice.
 */
function turnTo(now: Phase): void {
  aloud(ANNOUNCED[now]);
  requestAnimationFrame(() => { if (document.documentElement.dataset.call === now) takeFocus(now); });
}

function takeFocus(now: Phase): void {
  const layer = one<HTMLDialogElement>("dialog[open]");
  if (!layer) focusHeading(now);
  // A layer keeps the focus while it is open and gives it back to its opener; when the call is over that is no place to be.
  else if (now === "ended") layer.addEventListener("close", () => focusHeading(now), { once: true });
}

function focusHeading(now: Phase): void {
  const panel = all(`[data-panel~="${now}"]`).find((each) => one("[data-focus]", each));
  if (panel && !panel.contains(document.activeElement)) one("[data-focus]", panel)?.focus({ preventScroll: false });
}

/** One's own picture: off on purpose, or there is none. */
export function showSelf(stream: MediaStream | null, cameraOn: boolean, facing: string): void {
  const hasCamera = (stream?.getVideoTracks() ?? []).some((track) => track.readyState === "live");
  for (const video of all<HTMLVideoElement>("video[data-self]")) {
    if (video.srcObject !== stream) video.srcObject = stream;
    video.muted = true;
    if (stream && video.paused) void video.play().catch(() => undefined);
  }
  for (const place of all("[data-self-view]")) {
    place.dataset.camera = !hasCamera ? "none" : cameraOn ? "on" : "off";
    place.dataset.facing = facing;
  }
}
