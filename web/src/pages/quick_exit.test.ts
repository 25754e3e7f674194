import { afterEach, expect, it, vi } from "vitest";
import { leaveQuickly } from "./quick_exit";

afterEach(() => vi.restoreAllMocks());

it("blanks the page and its title before anything else, and leaves nothing to go back to", () => {
  const went = vi.spyOn(location, "replace").mockImplementation(() => {
    expect(document.documentElement.dataset.gone).toBe("yes");
    expect(document.title).toBe("Loading");
    expect(location.pathname).toBe("/");
  });
  leaveQuickly("https://www.weather.gov/");
  expect(went).toHaveBeenCalledWith("https://www.weather.gov/");
});
