/** Runs by itself before the page is drawn: a call that a reload has cut begins to come back at once. */
import { KINDS, wish } from "../devices/wish";
import { HeldSocket } from "./held_socket";
import { readPage } from "./page";
import { inCallBefore, PAGE_ID, reloadedTab, socketBefore } from "./tab";
import { ask, ticketWish } from "./web";

function begin(tab: string): void {
  const page = readPage();
  if (page.mode !== "visit" || !inCallBefore(page.visit)) return;
  document.documentElement.dataset.call = "connecting"; // nothing else is drawn first
  const ticket = ask(page.urls.ticket ?? "", ticketWish(tab));
  // Behind the ticket: a browser that opens a camera has time for little else.
  const media = ticket.catch(() => undefined).then(() => navigator.mediaDevices.getUserMedia(wish(KINDS)));
  media.catch(() => undefined); // whoever takes it hears what went wrong
  const url = socketBefore();
  window.mooringBegun = { page: PAGE_ID, ticket, media, ...(url && { socket: new HeldSocket(url) }) };
}

const tab = reloadedTab();
if (tab) begin(tab);
