/** Which browser on which system: only to choose words that fit, never to refuse anybody. */

export type System = "ios" | "android" | "mac" | "windows" | "other";
export interface Platform {
  system: System;
  browser: "Safari" | "Chrome" | "Edge" | "Firefox" | "Samsung Internet" | "your browser";
  /** The name of the app whose built-in window this is, or null in a real browser (ASKS 22). */
  inApp: string | null;
}

const APPS: [RegExp, string][] = [
  [/FBAN|FBAV|FB_IAB/, "Facebook"], [/Instagram/, "Instagram"], [/\bLine\//, "Line"], [/MicroMessenger/, "WeChat"],
  [/LinkedInApp/, "LinkedIn"], [/Snapchat/, "Snapchat"], [/Twitter/, "X"], [/BytedanceWebview|musical_ly|TikTok/, "TikTok"],
  [/Pinterest/, "Pinterest"], [/\bGSA\//, "the Google app"],
];

export function platformOf(agent: string, touchPoints = 0): Platform {
  const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1);
  const system: System = ios ? "ios" : /Android/.test(agent) ? "android"
    : /Macintosh/.test(agent) ? "mac" : /Windows/.test(agent) ? "windows" : "other";
  const browser = /SamsungBrowser/.test(agent) ? "Samsung Internet"
    : /Edg(e|A|iOS)?\//.test(agent) ? "Edge"
    : /Firefox|FxiOS/.test(agent) ? "Firefox"
    : /Chrome|CriOS/.test(agent) ? "Chrome"
    : /Safari/.test(agent) ? "Safari" : "your browser";
  const named = APPS.find(([mark]) => mark.test(agent))?.[1];
  // A window inside an app: Android says "wv"; on iOS it leaves "Safari" out of its name.
  const nameless = (system === "android" && /; wv\)/.test(agent)) || (ios && /AppleWebKit/.test(agent) && !/Safari\//.test(agent));
  return { system, browser, inApp: named ?? (nameless ? "this app" : null) };
}
