import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { followEmergency } from "./emergency";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-23T09:00:00Z") });
  document.body.replaceChildren();
  const banner = document.createElement("aside");
  banner.dataset.secondsLeft = "125";
  const words = document.createElement("span");
  words.dataset.minutesLeft = "";
  banner.append(words);
  document.body.append(banner);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const said = (): string | null | undefined => document.querySelector("[data-minutes-left]")?.textContent;

it("says the minutes left in words, once a minute", () => {
  followEmergency();
  expect(said()).toBe("3 minutes");
  vi.advanceTimersByTime(60_000);
  expect(said()).toBe("2 minutes");
  vi.advanceTimersByTime(60_000);
  expect(said()).toBe("1 minute");
});

it("leaves the record when its time is over, also on a clock that is wrong", () => {
  const gone = vi.spyOn(location, "replace").mockImplementation(() => undefined);
  vi.setSystemTime(new Date("2031-01-01T00:00:00Z"));
  followEmergency();
  vi.advanceTimersByTime(124_000);
  expect(gone).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1_000);
  expect(gone).toHaveBeenCalledWith("/emergency-access?closed=1");
});
