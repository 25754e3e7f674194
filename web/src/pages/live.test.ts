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
