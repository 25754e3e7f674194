/** The day list and the board: live, with a soft sound and a mark in the title when somebody waits. */
import "../../styles/staff.css";
import { aloud, badge, chime } from "../call/announce";
import { allowSound } from "../devices/sound";
import { openDialog } from "../call/dialogs";
import { all, one } from "../call/page";
import { followEmergency, offerPrinting } from "./emergency";
import { listenToKeys, passKeysUp, rowKeys } from "./keys";
import { LivePage, runClocks } from "./live";
import { bindForms } from "./send";

const SOUND = "mooring-sound";

/** Who needs somebody now: rows with somebody waiting, and calls nobody has taken. */
function needy(): Set<string> {
  const rows = all("[data-waiting]").map((row) => `${row.dataset.visit}:${row.dataset.waiting}`);
  return new Set([...rows, ...all(".call[data-task]").map((call) => call.dataset.task ?? "")]);
}

function waiting(): number {
  return all("[data-waiting]").reduce((sum, row) => sum + Number(row.dataset.waiting), 0);
}

function isSoundOn(): boolean {
  return one("[data-sound]")?.getAttribute("aria-pressed") === "true";
}

function watch(page: HTMLElement): void {
  let known = needy();
  const look = (): void => {
    const now = needy();
    const isNew = [...now].some((each) => !known.has(each));
    known = now;
    const count = waiting();
    badge(count > 0 ? `(${count})` : "");
    if (!isNew) return;
    if (isSoundOn()) chime();
    aloud(count > 0 ? `${count} waiting` : "Somebody needs you");
  };
  look();
  new LivePage(page.dataset.livePage ?? "", look).start();
}

function rememberSound(): void {
  const button = one("[data-sound]");
  if (!button) return;
  const kept = localStorage.getItem(SOUND);
  if (kept) button.setAttribute("aria-pressed", String(kept === "on"));
  button.addEventListener("click", () => {
    const isOn = !isSoundOn();
    button.setAttribute("aria-pressed", String(isOn));
    localStorage.setItem(SOUND, isOn ? "on" : "off");
    if (isOn) chime();
  });
}

/** The confirm-who card is a page of its own; here it opens over the list. */
function askWho(link: HTMLAnchorElement): void {
  const dialog = one<HTMLDialogElement>('dialog[data-dialog="who"]');
  if (!dialog) return location.assign(link.href);
  const ask = new XMLHttpRequest();
  ask.open("GET", link.href);
  ask.responseType = "document";
  ask.onload = () => {
    const card = ask.responseXML && one("[data-who-card]", ask.responseXML);
    if (ask.status !== 200 || !card) return location.assign(link.href);
    dialog.replaceChildren(...document.importNode(card, true).childNodes);
    openDialog("who");
    one<HTMLElement>("[data-action=admit]", dialog)?.focus();
  };
  ask.onerror = () => location.assign(link.href);
  ask.send();
}

document.addEventListener("click", (event) => {
  allowSound();
  const link = (event.target as Element | null)?.closest<HTMLAnchorElement>("a[data-who]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  askWho(link);
});
document.addEventListener("keydown", () => allowSound(), { once: true });
const copy = one("[data-copy]");
copy?.addEventListener("click", () => {
  const text = one<HTMLInputElement>("[data-copy-text]");
  text?.select();
  void navigator.clipboard.writeText(text?.value ?? "").then(() => { copy.textContent = "Copied"; });
});

bindForms();
runClocks();
followEmergency();
offerPrinting();
rememberSound();
listenToKeys(rowKeys);
passKeysUp();
const page = one("[data-live-page]");
if (page) watch(page);
