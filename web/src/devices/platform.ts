/** Which browser on which system: only to choose words that fit, never to refuse anybody. */

export type System = "ios" | "android" | "mac" | "windows" | "other";
export interface Platform {
  system: System;
  browser: "Safari" | "Chrome" | "Edge" | "Firefox" | "Samsung Internet" | "your browser";
  /** A window inside another app, which often has no camera (ASKS 22). */
  inApp: boolean;
}

const APPS = /FBA[NV]|FB_IAB|Instagram|\bLine\/|MicroMessenger|LinkedInApp|Snapchat|Twitter|Bytedance|TikTok|Pinterest|\bGSA\/|; wv\)/;

export function platformOf(agent: string, touchPoints = 0): Platform {
  const ios = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touchPoints > 1);
  const system: System = ios ? "ios" : /Android/.test(agent) ? "android"
    : /Macintosh/.test(agent) ? "mac" : /Windows/.test(agent) ? "windows" : "other";
  const browser = /SamsungBrowser/.test(agent) ? "Samsung Internet"
    : /Edg(e|A|iOS)?\//.test(agent) ? "Edge"
    : /Firefox|FxiOS/.test(agent) ? "Firefox"
    : /Chrome|CriOS/.test(agent) ? "Chrome"
    : /Safari/.test(agent) ? "Safari" : "your browser";
  // On iOS a window inside an app leaves "Safari" out of its name.
  return { system, browser, inApp: APPS.test(agent) || (ios && !/Safari\//.test(agent)) };
}
