import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepOpeners, LivePage, swap } from "./live";

let asked = 0;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  vi.spyOn(XMLHttpRequest.prototype, "send").mockImplementation(() => { asked += 1; });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const list = (): LivePage => new LivePage("/today/live", () => undefined);

it("looks once at many changes of a moment", () => {
  const page = list();
  for (let change = 0; change < 5; change++) page.soon();
  vi.advanceTimersByTime(200);
  expect(asked).toBe(1);
  page.soon();
  vi.advanceTimersByTime(200);
  expect(asked).toBe(2);
});

it("looks while changes go on coming", () => {
  const page = list();
  for (let ms = 0; ms < 1_000; ms += 100) {
    page.soon();
    vi.advanceTimersByTime(100);
  }
  expect(asked).toBeGreaterThanOrEqual(4);
});

it("lets a face come first that was on its way by then, and is late once for all of its news", () => {
  const page = list();
  page.soon();
  page.hold();
  vi.advanceTimersByTime(1_000);
  page.soon();
  expect(asked).toBe(0);
  vi.advanceTimersByTime(1_000);
  expect(asked).toBe(1);
});

it("is not put off for ever by faces that come and go", () => {
  const page = list();
  page.soon();
  for (let ms = 0; ms < 3_000; ms += 100) {
    page.hold();
    vi.advanceTimersByTime(100);
  }
  expect(asked).toBe(1);
});

/** The list with these rows, and in each the visit and the way to let somebody in. */
function rows(...visits: string[]): HTMLElement {
  const region = document.createElement("ul");
  region.dataset.live = "rows";
  for (const visit of visits) {
    const row = document.createElement("li");
    row.dataset.visit = visit;
    const [open, admit] = [`/visits/${visit}`, `/visits/${visit}/who`].map((href) => {
      const link = document.createElement("a");
      link.href = href;
      return link;
    });
    open!.dataset.open = "";
    row.append(open!, admit!);
    region.append(row);
  }
  return region;
}

const link = (href: string): HTMLElement => document.querySelector<HTMLElement>(`a[href="${href}"]`)!;
const focused = (): string | null => document.activeElement!.getAttribute("href");

it("leaves the focus on the same button of the same row when the list is replaced", () => {
  const region = rows("a", "b");
  document.body.replaceChildren(region);
  link("/visits/b/who").focus();
  swap(region, rows("c", "a", "b"));
  expect(focused()).toBe("/visits/b/who");
  swap(region, rows("c", "a"));
  expect(focused()).toBeNull();
});

it("goes to the row's own link when the button is gone", () => {
  const region = rows("a");
  document.body.replaceChildren(region);
  link("/visits/a/who").focus();
  const fresh = rows("a");
  fresh.querySelector("a:last-child")!.remove();
  swap(region, fresh);
  expect(focused()).toBe("/visits/a");
});

it("gives the focus back to the button that opened a dialog, though the list was replaced meanwhile", () => {
  const region = rows("a", "b");
  const dialog = document.createElement("dialog");
  const button = document.createElement("button");
  dialog.append(button);
  document.body.replaceChildren(region, dialog);
  keepOpeners();
  link("/visits/b/who").focus();
  button.focus();
  swap(region, rows("b"));
  dialog.dispatchEvent(new Event("close"));
  expect(focused()).toBe("/visits/b/who");
});
