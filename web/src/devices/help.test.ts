import { describe, expect, it } from "vitest";
import { causeOf, troubleOf, type Cause, type Refusal } from "./cause";
import { helpFor, leaveApp } from "./help";
import { platformOf } from "./platform";

const AGENTS = {
  iphone: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1",
  iphoneChrome: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1",
  ipad: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
  facebook: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 [FBAN/FBIOS;FBAV/500.0]",
  mailView: "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  androidView: "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/140.0 Mobile Safari/537.36",
  android: "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36",
  samsung: "Mozilla/5.0 (Linux; Android 15; SM-S928B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
  macSafari: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Safari/605.1.15",
  macFirefox: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:145.0) Gecko/20100101 Firefox/145.0",
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
  edge: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
};
const on = (name: keyof typeof AGENTS) => platformOf(AGENTS[name], name === "ipad" ? 5 : 0);
const refusal = (given: Partial<Refusal>): Refusal => ({ name: "NotAllowedError", message: "", permission: null, tookMs: 20, secure: true, ...given });

describe("platformOf", () => {
  it.each([
    ["iphone", "ios", "Safari", false], ["iphoneChrome", "ios", "Chrome", false], ["ipad", "ios", "Safari", false],
    ["facebook", "ios", "your browser", true], ["mailView", "ios", "your browser", true],
    ["androidView", "android", "Chrome", true], ["android", "android", "Chrome", false],
    ["samsung", "android", "Samsung Internet", false], ["macSafari", "mac", "Safari", false],
    ["macFirefox", "mac", "Firefox", false], ["windows", "windows", "Chrome", false], ["edge", "windows", "Edge", false],
  ] as const)("knows %s", (name, system, browser, inApp) => {
    expect(on(name)).toEqual({ system, browser, inApp });
  });
});

describe("causeOf", () => {
  it.each<[string, Partial<Refusal>, keyof typeof AGENTS, Cause]>([
    ["a stored no in Chrome", { permission: "denied" }, "windows", "site"],
    ["a question closed in Chrome", { message: "Permission dismissed", permission: "prompt" }, "android", "dismissed"],
    ["macOS says no to Chrome", { message: "Permission denied by system" }, "macFirefox", "system"],
    ["allowed for the site, refused below it", { permission: "granted" }, "edge", "system"],
    ["Safari says prompt though denied", { permission: "prompt", tookMs: 15 }, "iphone", "site"],
    ["Safari: a person pressed Don't Allow", { permission: "prompt", tookMs: 3000 }, "iphone", "dismissed"],
    ["Safari's query is never believed", { permission: "granted", tookMs: 15 }, "macSafari", "site"],
    ["blocked by a policy", { message: "Permission denied by permissions policy" }, "windows", "browser"],
    ["switched off in the browser", { name: "SecurityError" }, "macFirefox", "browser"],
    ["Zoom holds the camera", { name: "NotReadableError" }, "windows", "busy"],
    ["Android's camera starts and dies", { name: "AbortError" }, "android", "busy"],
    ["no camera at all", { name: "NotFoundError" }, "windows", "absent"],
    ["nothing fits", { name: "OverconstrainedError" }, "samsung", "absent"],
    ["refused inside Facebook", {}, "facebook", "in-app"],
    ["no camera API in a mail app's window", { name: "" }, "androidView", "in-app"],
    ["busy inside an app is still busy", { name: "NotReadableError" }, "androidView", "busy"],
    ["plain http", { name: "", secure: false }, "android", "insecure"],
    ["no camera API in a real browser", { name: "" }, "windows", "browser"],
    ["a new error", { name: "InvalidStateError" }, "windows", "unknown"],
  ])("%s", (_, given, agent, cause) => {
    expect(causeOf(refusal(given), on(agent))).toBe(cause);
  });
});

describe("helpFor", () => {
  const causes: Cause[] = ["dismissed", "site", "browser", "system", "busy", "absent", "in-app", "insecure", "unknown"];
  it("has a title and steps for each cause on each browser, in short sentences", () => {
    for (const cause of causes) {
      for (const name of Object.keys(AGENTS) as (keyof typeof AGENTS)[]) {
        const help = helpFor(cause, "camera", on(name));
        expect(help.title).not.toBe("");
        expect(help.steps.length).toBeGreaterThan(0);
        for (const sentence of [help.title, ...help.steps].flatMap((words) => words.split(/(?<=\.) /))) {
          expect(sentence.split(" ").length, sentence).toBeLessThanOrEqual(15);
        }
      }
    }
  });
  it("never sends a person with a phone to a menu bar", () => {
    for (const name of ["iphone", "iphoneChrome", "android", "samsung"] as const) {
      expect(helpFor("site", "camera", on(name)).steps.join(" ")).not.toMatch(/menu bar|Click/);
    }
  });
  it("names the browser that the system keeps away", () => {
    expect(helpFor("system", "camera", on("macFirefox")).steps.join(" ")).toContain("switch on Firefox");
  });
  it("says to leave the app, and where to go", () => {
    expect(helpFor("in-app", "camera", on("facebook")).title).toBe("This app cannot show the visit");
    expect(leaveApp(on("facebook")).join(" ")).toContain("Safari");
    expect(leaveApp(on("androidView")).join(" ")).toContain("Chrome");
  });
  it("gives the call one of its own words for every cause", () => {
    expect(causes.map(troubleOf)).toEqual(["denied", "denied", "denied", "denied-by-system", "busy", "absent", "unsupported", "unsupported", "failed"]);
  });
});
