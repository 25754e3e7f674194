/** The workspace around the call: note, live regions, forms, keys, and the plan for a lost line. */
import "../../styles/staff.css";
import "../../styles/workspace.css";
import { all, one, readPage } from "../call/page";
import { watchDrop } from "./drop";
import { listenToKeys, type Keys } from "./keys";
import { LivePage, runClocks } from "./live";
import { startNote } from "./note";
import { bindForms } from "./send";

function press(action: string): () => void {
  return () => one(`[data-action="${action}"]`)?.click();
}

/** Tabs of the chart: the frame navigates, the call and the note do not notice. */
function tab(number: number): () => void {
  return () => {
    const frame = one<HTMLIFrameElement>("iframe[name=chart]");
    const inside = frame?.contentDocument;
    const link = inside && one<HTMLAnchorElement>(`[data-tab="${number}"]`, inside);
    if (frame && link) frame.src = link.href;
  };
}

const keys: Keys = {
  n: () => one("[data-note-text]")?.focus(),
  m: press("mute"),
  v: press("camera"),
  a: () => one('[data-live="people"] [data-action="admit"]')?.click(),
  1: tab(1),
  2: tab(2),
  3: tab(3),
};

/** One primary act on the screen: let the patient in, else go in oneself, else end the visit. */
function onePrimary(): void {
  const admit = one('[data-live="people"] [data-first]');
  const panel = one(`.stage-panel[data-panel~="${document.documentElement.dataset.call ?? ""}"] [data-first]`);
  const acts = [admit, panel, one('[data-action="end"]')];
  const first = acts.find((act) => act);
  for (const act of all("[data-first]")) act.classList.toggle("primary", act === first);
}

const urls = readPage().urls as Record<string, string>;
bindForms();
startNote();
runClocks();
watchDrop();
listenToKeys(keys);
/** "Admit" on the day list was the tap: whoever has let somebody in goes in too. */
if (location.hash === "#in") {
  history.replaceState(null, "", location.pathname);
  if (document.documentElement.dataset.call === "idle") {
    press("join")();
    press("turn-on")();
  }
}
onePrimary();
new MutationObserver(onePrimary).observe(document.documentElement, { attributes: true, attributeFilter: ["data-call"] });
/** Boards hear of a change at once; whoever began to wait is heard by the call then, not at its next poll. */
const fresh = (): void => {
  onePrimary();
  document.dispatchEvent(new CustomEvent("mooring:fresh"));
};
new LivePage(urls.live ?? location.pathname, fresh).start();
