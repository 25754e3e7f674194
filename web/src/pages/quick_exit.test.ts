import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { leaveQuickly, stayGone } from "./quick_exit";

beforeEach(() => {
  delete document.documentElement.dataset.gone;
  document.body.replaceChildren();
});
afterEach(() => vi.restoreAllMocks());

it("blanks the page and its title before anything else, and leaves nothing to go back to", () => {
  const told = vi.fn();
  sessionStorage.setItem("mooring-tab", "0123");
  const went = vi.spyOn(location, "replace").mockImplementation(() => {
    expect(document.documentElement.dataset.gone).toBe("yes");
    expect(document.title).toBe("Loading");
    expect(location.pathname).toBe("/");
    expect(sessionStorage.length).toBe(0);
    expect(told).toHaveBeenCalledTimes(1);
  });
  leaveQuickly("https://www.weather.gov/", told);
  expect(went).toHaveBeenCalledWith("https://www.weather.gov/");
});

it("shows nothing of a page that the browser kept for Back", () => {
  const reload = vi.spyOn(location, "reload").mockImplementation(() => undefined);
  const exit = document.createElement("a");
  exit.dataset.action = "quick-exit";
  document.body.append(exit);
  stayGone(false);
  expect(reload).not.toHaveBeenCalled();
  stayGone(true);
  expect(reload).toHaveBeenCalledTimes(1);
  expect(document.documentElement.dataset.gone).toBe("yes");
});
