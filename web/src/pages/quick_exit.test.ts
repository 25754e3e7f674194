import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { leaveQuickly, stayGone, threeShifts } from "./quick_exit";

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

it.each([
  ["three times in a row", ["Shift", "Shift", "Shift"], 300, true],
  ["twice", ["Shift", "Shift"], 300, false],
  ["slowly", ["Shift", "Shift", "Shift"], 1_100, false],
  ["for the capitals of a name", ["Shift+J", "Shift+R", "Shift+S", "Shift+T"], 300, false],
])("leaves by Shift %s or stays", (_, keys, apart, leaves) => {
  const isThird = threeShifts();
  let at = 0;
  const left = keys.some((key) => {
    at += apart;
    const downs = key.split("+").map((each) => ({ key: each, type: "keydown", timeStamp: at }));
    const ups = [...downs].reverse().map((each) => ({ ...each, type: "keyup" }));
    return [...downs, ...ups].map(isThird).some(Boolean);
  });
  expect(left).toBe(leaves);
});
