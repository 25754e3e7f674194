/** Forms and buttons that act without leaving the page, so that a call is never cut by a form. */
import { toast } from "../call/announce";
import { closeDialog, openDialog } from "../call/dialogs";
import { one } from "../call/page";
import { post, Refused } from "../call/web";

type Body = Record<string, unknown>;

/** `identity` and `identity_because` are one statement. */
export function bodyOf(entries: Iterable<[string, FormDataEntryValue]>): Body {
  const typed = new Map<string, string>();
  for (const [name, value] of entries) if (typeof value === "string") typed.set(name, value);
  const body: Body = {};
  for (const [name, value] of typed) {
    if (name.endsWith("_because")) continue;
    const because = typed.get(`${name}_because`);
    body[name] = because === undefined ? value : { answer: value, because };
  }
  return body;
}

function done(place: HTMLElement, answer: Body): void {
  const words = typeof answer.words === "string" ? answer.words : (place.dataset.said ?? "Done.");
  const isWarning = typeof answer.code === "string";
  toast(words, isWarning ? 15_000 : 5_000);
  document.dispatchEvent(new CustomEvent("mooring:changed"));
  if (place.dataset.then === "reload") document.dispatchEvent(new CustomEvent("mooring:reload"));
}

async function send(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  if (form.ariaBusy === "true") return;
  const body = bodyOf(new FormData(form));
  if (submitter instanceof HTMLButtonElement && submitter.name) body[submitter.name] = submitter.value;
  const problem = one("[data-problem]", form);
  if (problem) problem.hidden = true;
  form.ariaBusy = "true";
  try {
    const answer = await post<Body>(form.action, body);
    const dialog = form.closest("dialog");
    if (dialog) closeDialog(dialog.dataset.dialog ?? "");
    form.reset();
    done(form, answer);
  } catch (refusal) {
    const words = refusal instanceof Refused && refusal.message ? refusal.message : "That did not work. Please try again.";
    if (!problem) return toast(words);
    problem.textContent = words;
    problem.hidden = false;
  } finally {
    form.ariaBusy = "false";
  }
}

async function press(button: HTMLElement): Promise<void> {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  try {
    done(button, await post<Body>(button.dataset.post ?? "", {}));
  } catch (refusal) {
    toast(refusal instanceof Refused && refusal.message ? refusal.message : "That did not work. Please try again.");
  } finally {
    button.ariaBusy = "false";
  }
}

export function bindForms(): void {
  // In the capture phase: before the guard against sending twice marks the form.
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("form[data-send]")) return;
    event.preventDefault();
    void send(form, event.submitter);
  }, true);
  document.addEventListener("click", (event) => {
    const target = event.target as Element | null;
    const opener = target?.closest<HTMLElement>("[data-dialog-open]");
    if (opener) return void openDialog(opener.dataset.dialogOpen ?? "");
    const button = target?.closest<HTMLElement>("[data-post]");
    if (button) return void press(button);
    const dismiss = target?.closest<HTMLElement>('[data-action="dismiss"]');
    if (dismiss) {
      event.preventDefault();
      dismiss.closest("dialog")?.close();
    }
  });
}
