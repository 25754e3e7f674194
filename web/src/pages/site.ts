/** On every page: "Get help now", "Leave this site quickly", and the small kindnesses of forms. */
import "../../styles/base.css";
import "../../styles/forms.css";
import "../../styles/site.css";
import "../../styles/patient.css";
import { leaveQuickly, stayGone, threeShifts } from "./quick_exit";
import { tellQuietly } from "./quietly";

function openHelp(event: Event): void {
  const dialog = document.querySelector<HTMLDialogElement>('dialog[data-dialog="help"]');
  if (!dialog) return; // the link goes to /help
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
}

document.addEventListener("click", (event) => {
  const pressed = (event.target as Element | null)?.closest?.("[data-action]");
  if (pressed?.getAttribute("data-action") === "help") openHelp(event);
  if (pressed instanceof HTMLAnchorElement && pressed.dataset.action === "quick-exit") {
    event.preventDefault();
    leaveQuickly(pressed.href);
  }
});

const isThirdShift = threeShifts();
function leaveByKeys(event: KeyboardEvent): void {
  const exit = document.querySelector<HTMLAnchorElement>('[data-action="quick-exit"]');
  // In a call it is there and not shown: no key of the chat may end one.
  if (isThirdShift(event) && exit?.checkVisibility()) leaveQuickly(exit.href);
}
document.addEventListener("keydown", leaveByKeys);
document.addEventListener("keyup", leaveByKeys);

// The first page of a link, inside another app: how to get out, while the address is still the link.
const inApp = document.querySelector<HTMLElement>(".landing [data-in-app]");
const agent = navigator.userAgent;
const isApple = /iPhone|iPad/.test(agent);
if (inApp && (/FBA[NV]|Instagram|LinkedInApp|GSA\/|; wv\)/.test(agent) || (isApple && !agent.includes("Safari/")))) {
  inApp.hidden = false;
  for (const words of inApp.querySelectorAll<HTMLElement>("[data-in-app-on]")) words.hidden = (words.dataset.inAppOn === "ios") !== isApple;
  inApp.querySelector('[data-action="copy-link"]')?.addEventListener("click", () => {
    void navigator.clipboard.writeText(location.href).then(() => {
      const copied = inApp.querySelector("[data-copied]");
      if (copied) copied.textContent = "Copied. Paste it into your browser.";
    });
  });
}

// A slow network must not send an answer twice.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.id === "with-me") {
    event.preventDefault();
    return void tellQuietly(form, event.submitter);
  }
  if (form.method === "dialog" || event.defaultPrevented) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", (event) => {
  stayGone(event.persisted);
  for (const form of document.forms) delete form.dataset.sent;
  document.querySelector<HTMLElement>("[data-errors]")?.focus();
});
