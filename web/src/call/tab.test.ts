import { beforeEach, expect, it } from "vitest";
import { inCallBefore, newId, rememberInCall, tabId } from "./tab";

beforeEach(() => sessionStorage.clear());

it("keeps the id of a tab over a reload", async () => {
  const before = await tabId();
  expect(before).toMatch(/^[0-9a-f]{32}$/);
  expect(await tabId()).toBe(before);
  expect(newId()).not.toBe(before);
});

it("brings back who was muted, and only into the same visit (R-04)", () => {
  rememberInCall({ visit: "visit-1", micOn: false, cameraOn: true });
  expect(inCallBefore("visit-1")).toEqual({ visit: "visit-1", micOn: false, cameraOn: true });
  expect(inCallBefore("visit-2")).toBeNull();
  rememberInCall(null);
  expect(inCallBefore("visit-1")).toBeNull();
});
