import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { inCallBefore, newId, rememberInCall, tabId } from "./tab";

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.unstubAllGlobals());

it("keeps the id of a tab over a reload", async () => {
  const before = await tabId();
  expect(before).toMatch(/^[0-9a-f]{32}$/);
  expect(await tabId()).toBe(before);
  expect(newId()).not.toBe(before);
});

it("knows a reload for the same tab while its former life still holds the lock (R-04)", async () => {
  const before = await tabId();
  const never = { request: () => new Promise(() => undefined) };
  vi.stubGlobal("navigator", { locks: never });
  vi.spyOn(performance, "getEntriesByType").mockReturnValue([{ type: "reload" } as unknown as PerformanceEntry]);
  expect(await tabId()).toBe(before);
});

it("brings back who was muted, and only into the same visit (R-04)", () => {
  rememberInCall({ visit: "visit-1", micOn: false, cameraOn: true });
  expect(inCallBefore("visit-1")).toEqual({ visit: "visit-1", micOn: false, cameraOn: true });
  expect(inCallBefore("visit-2")).toBeNull();
  rememberInCall(null);
  expect(inCallBefore("visit-1")).toBeNull();
});
