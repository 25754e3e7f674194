/** From a cause to words that fit this browser on this system. Pure. */
import type { Cause } from "./cause";
import type { Platform } from "./platform";

export interface Help {
  title: string;
  steps: string[];
}

/** `what` is "camera", "microphone" or "camera and microphone". */
export function helpFor(cause: Cause, what: string, on: Platform): Help {
  const tap = on.system === "ios" || on.system === "android" ? "Tap" : "Click";
  const again = `Come back here and ${tap.toLowerCase()} “Try again”.`;
  switch (cause) {
    case "dismissed":
      return { title: "The question was closed", steps: [`${tap} “Try again”.`, "When your browser asks, choose Allow."] };
    case "site":
      return { title: `This page may not use your ${what}`, steps: [...unblock(on, tap), again] };
    case "browser":
      return { title: `Your browser blocks the ${what}`, steps: ["Open the link in another browser, such as Safari or Chrome.", "At work, a rule may block it. Try your own phone."] };
    case "system":
      return { title: `Your ${device(on)} does not let ${on.browser} use the ${what}`, steps: [...systemSteps(on), again] };
    case "busy":
      return { title: `Another app is using your ${what}`, steps: ["Close other calls: Zoom, Teams, FaceTime, WhatsApp.", again] };
    case "absent":
      return { title: `We found no ${what}`, steps: ["If it has a cable or a switch, check it.", again] };
    case "in-app":
      return { title: "This app cannot show the visit", steps: leaveApp(on) };
    case "insecure":
      return { title: "This page is not safe enough for video", steps: ["Open the link from our message again. It starts with https."] };
    case "unknown":
      return { title: `Your ${what} did not start`, steps: ["Close other apps that may use it.", again, "If it still fails, restart your phone or computer. Your place is kept."] };
  }
}

/** How to get from an app's built-in window into a real browser: by the link, for this page's address is nobody's. */
export function leaveApp(on: Platform): string[] {
  const browser = on.system === "ios" ? "Safari" : "Chrome";
  return ["Go back to the message with your link.", `Hold the link. Then choose “Open in ${browser}” or “Open in browser”.`];
}

function unblock(on: Platform, tap: string): string[] {
  if (on.system === "ios" && on.browser !== "Safari") return systemSteps(on);
  if (on.system === "ios") return ["Tap the sign beside the address.", "Tap “Website Settings”, or the three dots.", "Set Camera and Microphone to Allow."];
  if (on.browser === "Safari") return ["In the menu bar choose Safari, then “Settings for This Website”.", "Set Camera and Microphone to Allow."];
  if (on.browser === "Firefox") return [`${tap} the sign left of the address.`, "Take away the block beside Camera and Microphone."];
  if (on.system === "android") return ["Tap the sign left of the address.", "Tap Permissions.", "Allow Camera and Microphone."];
  return ["Click the sign left of the address.", "Switch on Camera and Microphone."];
}

function systemSteps(on: Platform): string[] {
  switch (on.system) {
    case "ios": return ["Open Settings on your device.", `Find ${on.browser} and open it.`, "Switch on Camera and Microphone."];
    case "android": return ["Open Settings, then Apps.", `Choose ${on.browser}, then Permissions.`, "Allow Camera and Microphone."];
    case "mac": return ["Open System Settings, then Privacy & Security.", `Choose Camera, and switch on ${on.browser}.`, "Do the same for Microphone."];
    case "windows": return ["Open Settings, then Privacy.", "Choose Camera, and let desktop apps use it.", "Do the same for Microphone."];
    case "other": return ["Open the privacy settings of your system.", "Allow Camera and Microphone."];
  }
}

const device = (on: Platform): string => (on.system === "android" ? "phone" : on.system === "ios" ? "device" : "computer");
