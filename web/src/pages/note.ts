/** The note beside the call: it lives in the workspace's own page, so the chart may navigate as it likes. */
import { all, one } from "../call/page";
import { newId } from "../call/tab";
import { NoteSaver, type Outcome, type Saving } from "./note_saver";

const PATIENCE_MS = 10_000;
/** Browsers keep a request alive after the page only up to this size. */
const KEEPALIVE_LIMIT = 60_000;

const minutes = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hour12: false });

async function put(url: string, saving: Saving): Promise<Outcome> {
  const body = JSON.stringify(saving);
  try {
    const response = await fetch(url, {
      method: "PUT", body, credentials: "same-origin", keepalive: body.length < KEEPALIVE_LIMIT,
      headers: { "Content-Type": "application/json", "X-Mooring": "1" }, signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json().catch(() => ({}))) as {
      revision?: number; saved_at?: string; theirs?: { text: string; revision: number }; error?: { message?: string };
    };
    if (response.ok && answer.revision !== undefined) {
      return { kind: "saved", revision: answer.revision, savedAt: minutes.format(new Date(answer.saved_at ?? Date.now())) };
    }
    if (response.status === 409 && answer.theirs) return { kind: "conflict", theirs: answer.theirs };
    if (response.status === 401) return { kind: "signed-out" };
    if (response.status >= 400 && response.status < 500 && response.status !== 429) {
      return { kind: "refused", words: answer.error?.message ?? "The note could not be saved. Please copy your words." };
    }
  } catch {
    // offline, or the server is starting again
  }
  return { kind: "unreachable" };
}

export function startNote(): void {
  const panel = one("[data-note]");
  const area = panel && one<HTMLTextAreaElement>("[data-note-text]", panel);
  if (!panel || !area) return;
  const write = (name: string, words: string): void => {
    const place = one(`[data-note-${name}]`, panel);
    if (!place) return;
    if (place.textContent !== words) place.textContent = words;
    if (name === "warning") place.hidden = words === "";
  };
  const saver = new NoteSaver(area.value, Number(panel.dataset.revision), (saving) => put(panel.dataset.url ?? "", saving), {
    status: (words) => write("status", words),
    warning: (words) => write("warning", words),
    conflict: (mine, theirs) => {
      const both = one("[data-note-conflict]", panel);
      if (!both) return;
      both.hidden = theirs === null;
      write("mine", mine);
      write("theirs", theirs?.text ?? "");
      if (theirs) one("[data-note-choose]", both)?.focus();
    },
  }, newId);
  area.addEventListener("input", () => saver.typed(area.value));
  area.addEventListener("blur", () => void saver.flush());
  area.addEventListener("keydown", (event) => { if (event.key === "Escape") area.blur(); });
  for (const button of all<HTMLButtonElement>("[data-note-choose]", panel)) {
    button.addEventListener("click", () => {
      area.value = saver.choose(button.dataset.noteChoose as "mine" | "theirs" | "both");
      area.focus();
    });
  }
  addEventListener("online", () => void saver.flush());
  addEventListener("pagehide", () => void saver.flush());
  document.addEventListener("visibilitychange", () => { if (document.hidden) void saver.flush(); });
  addEventListener("beforeunload", (event) => { if (saver.isUnsaved) event.preventDefault(); });
  document.addEventListener("mooring:reload", () => void saver.flush().then(() => location.reload()));
}
