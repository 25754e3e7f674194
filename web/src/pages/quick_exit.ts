/**
 * "Leave this site quickly" (the idea is GOV.UK's): blank at once, this page out of the history, somewhere dull.
 * The mark it leaves makes web send every older page of ours there too, so that Back shows nothing (C-38).
 */
const IN_A_ROW_MS = 2_000;
const MARK = "__Host-away=1; Secure; Path=/; SameSite=Lax";

function endSession(): void {
  const headers = { "Content-Type": "application/json", "X-Mooring": "1" };
  void fetch("/visit/away", { method: "POST", headers, body: "{}", keepalive: true }).catch(() => undefined);
}

export function leaveQuickly(where: string, tellWeb: () => void = endSession): void {
  document.documentElement.dataset.gone = "yes";
  document.title = "Loading";
  document.cookie = MARK;
  sessionStorage.clear();
  tellWeb();
  history.replaceState(null, "", "/");
  location.replace(where);
}

/** Shift three times in a row; with anything typed between it is somebody who writes in capitals. */
export function threeShifts(): (event: Pick<KeyboardEvent, "key" | "type" | "timeStamp">) => boolean {
  let shifts: number[] = [];
  return ({ key, type, timeStamp }) => {
    if (key !== "Shift") shifts = [];
    else if (type === "keyup") shifts = [...shifts.filter((at) => timeStamp - at < IN_A_ROW_MS), timeStamp];
    return key === "Shift" && type === "keyup" && shifts.length >= 3;
  };
}

/** A page that the browser kept whole for Back shows nothing and asks again. */
export function stayGone(persisted: boolean): void {
  if (!persisted || !document.querySelector('[data-action="quick-exit"]')) return;
  document.documentElement.dataset.gone = "yes";
  location.reload();
}
