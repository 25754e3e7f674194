/** A record opened in an emergency: the minutes left in words; when they are over the page goes away by itself. */
import { all, one } from "../call/page";

function wordsOf(milliseconds: number): string {
  const minutes = Math.max(1, Math.ceil(milliseconds / 60_000));
  return `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** No second hand: the words change once a minute (UX 2.4, no countdown). */
function follow(banner: HTMLElement, until: number): void {
  const left = until - Date.now();
  if (left <= 0) return location.replace("/emergency-access?closed=1");
  for (const words of all("[data-minutes-left]", banner)) words.textContent = wordsOf(left);
  setTimeout(() => follow(banner, until), Math.min(left, 60_000));
}

export function followEmergency(): void {
  const banner = one("[data-seconds-left]");
  // Counted from the server's word, as this clock may be wrong.
  if (banner) follow(banner, Date.now() + Number(banner.dataset.secondsLeft) * 1000);
}

/** A page to print shows its button only where a script can press it. */
export function offerPrinting(): void {
  const button = one<HTMLButtonElement>("[data-print]");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
