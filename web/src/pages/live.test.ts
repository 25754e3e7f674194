import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { LivePage } from "./live";

let asked = 0;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  vi.spyOn(XMLHttpRequest.prototype, "send").mockImplementation(() => { asked += 1; });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  delete document.documentElement.dataset.call;
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

it("lets a face come first, and yet tells the clinician alone in the room who has come", () => {
  document.documentElement.dataset.call = "connecting";
  list().soon();
  vi.advanceTimersByTime(500);
  expect(asked).toBe(0);
  vi.advanceTimersByTime(500);
  expect(asked).toBe(1);
});
