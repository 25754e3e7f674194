/** "Somebody is with me": told without a sound, and answered like anything that was kept (T-10). */
const SHOWN_FOR_MS = 4_000;
const KEPT = "Saved";
const NOT_KEPT = "Not saved. Try again.";

type Send = (form: HTMLFormElement) => Promise<boolean>;

async function post(form: HTMLFormElement): Promise<boolean> {
  const how: RequestInit = { method: "POST", body: new FormData(form), credentials: "same-origin", keepalive: true };
  return fetch(form.action, how).then((answer) => answer.ok, () => false);
}

/** The button says "Saved" for a moment; nothing sounds, opens or moves. */
export async function tellQuietly(form: HTMLFormElement, button: HTMLElement | null, send: Send = post): Promise<void> {
  const place = button?.querySelector<HTMLElement>("[data-words]");
  if (!button || !place || button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const words = place.textContent ?? "";
  const said = (await send(form)) ? KEPT : NOT_KEPT;
  place.textContent = said;
  const status = document.querySelector("[data-with-me]");
  if (status) status.textContent = said;
  setTimeout(() => {
    place.textContent = words;
    if (status) status.textContent = "";
    button.ariaBusy = "false";
  }, SHOWN_FOR_MS);
}
