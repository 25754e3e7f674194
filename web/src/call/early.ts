/** Before anything else on the page of a visit: a call that a reload has cut asks for its ticket. */
import { readPage } from "./page";
import { inCallBefore } from "./tab";
import { fetchTicket, type TicketAnswer } from "./web";

let asked: Promise<TicketAnswer> | null = null;

if (document.getElementById("page")) {
  const page = readPage();
  if (page.mode === "visit" && inCallBefore(page.visit)) {
    asked = fetchTicket(page.urls, { move: false, unreachable: null });
    asked.catch(() => undefined); // the session, which takes it, hears the refusal
  }
}

/** What was asked for while the rest of the page was still being read; once. */
export function earlyTicket(): Promise<TicketAnswer> | null {
  const ticket = asked;
  asked = null;
  return ticket;
}
